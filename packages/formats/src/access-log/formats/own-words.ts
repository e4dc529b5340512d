/**
 * What servers say about themselves when they start, stop, are tested or lose a client, in lines without a time or a level. Only the exact
 * words of their sources are recognised. Sources: nginx core/nginx.c; HAProxy src/haproxy.c, proxy.c and server.c; puma lib/puma; railties'
 * server command; Django runserver.py; werkzeug serving.py and Flask cli.py; uvicorn server.py; Spring Boot's banner; docker compose; npm;
 * nodemon; Node's warnings; AWS Lambda's runtime; syslogd's wall messages; std/src/panicking.rs.
 */
import { anyOf, anyWord } from "@faultline/model";
import type { ParsedLine, TextFormat } from "../line.ts";
import { readSeverity } from "../values/severity.ts";

/** Servers' words about themselves. */
export const ownWords: TextFormat = { id: "own-words", create: () => readOwnWords };

type Speaker = {
  readonly format: string;
  /** All of a server's words, each from the start of the line. */
  readonly says: RegExp;
  /** Those of its words that report trouble. */
  readonly complains?: RegExp;
};

/** Matches a line that starts with any of these. */
function startsWith(...beginnings: readonly (RegExp | string)[]): RegExp {
  return new RegExp(`^${anyOf(...beginnings)}`);
}

const MONTH = anyWord`January February March April May June July August September October November December`;

/** The items that puma lists after an asterisk. */
const PUMA_LISTED = anyOf(
  "Puma version",
  "Ruby version",
  "Version",
  "Min threads",
  "Max threads",
  "Environment",
  "Listening on",
  "Workers",
  "PID",
  "Master PID",
  "Restarts",
  "Phased restart",
  "Preloading application",
  "Cycling",
  "Activated",
  "Daemonizing",
  "Inherited",
  "Starting control server",
  "Restarting",
);

const SPEAKERS: readonly Speaker[] = [
  {
    format: "nginx-error",
    says: /^nginx: (?:\[(?:emerg|alert|crit|error|warn|notice)\] |(?:the )?configuration file |invalid option|could not open)/,
    complains: /^nginx: (?:\[(?:emerg|alert|crit|error)\] |configuration file .* test failed|invalid|could not)/,
  },
  {
    format: "haproxy",
    says: startsWith(
      /(?:Backup )?(?:[Ss]erver|Health check for (?:backup )?server) [^\s/]+\/\S+ (?:is |was |failed|succeeded|has |changed |remains |administratively )/,
      /(?:backend|proxy) \S+ has no server available!/,
      /Proxy \S+ (?:started|stopped|paused|resumed)\b/,
      /(?:Pausing|Stopping|Enabling|Resuming) (?:frontend|backend|proxy|listen|GLOBAL|log-forward)\b/,
      anyOf(
        "New worker",
        "Loading success",
        "Initializing new worker",
        "Exiting Master process",
        "Current worker",
        "Former worker",
        "All workers exited",
        "Reexecuting Master",
        "Proxies stopped",
        "config : ",
        "Configuration file is valid",
      ),
    ),
    complains: /\b(?:is DOWN|has no server available|failed)\b/,
  },
  {
    format: "puma",
    says: new RegExp(
      String.raw`^(?:\[\d+\] )?${anyOf(
        /Puma starting in (?:single|cluster) mode\.\.\./,
        String.raw`\* {1,2}${PUMA_LISTED}\b`,
        /Use Ctrl-C to stop$/,
        /=== puma (?:startup|shutdown): /,
        /- (?:Gracefully (?:stopping|shutting down)|Goodbye!|Worker \d+ \(PID: \d+\) booted)/,
        /=> (?:Booting |Rails \d|Run `|Ctrl-C to shutdown|Call with -d)/,
        /\*{3} SIG\w+ not implemented/,
        /Early termination of worker/,
      )}`,
    ),
  },
  {
    format: "django",
    says: startsWith(
      /Performing system checks\.\.\./,
      /System check identified /,
      /Watching for file changes with /,
      /Django version \d/,
      /Starting (?:ASGI\/\S+ version \S+ |ASGI\/Channels version \S+ )?development server at /,
      /Quit the server with C(?:ONTROL|TRL)-(?:C|BREAK)/,
      String.raw`${MONTH} \d{1,2}, \d{4} - \d\d:\d\d:\d\d$`,
      /You have \d+ unapplied migration/,
      /Run 'python manage\.py migrate'/,
      /Not checking /,
      /\S+\.py changed, reloading\./,
    ),
  },
  {
    format: "werkzeug",
    says: startsWith(
      / ?\* (?:Serving Flask app|Running on |Debug mode: |Debugger (?:is active!|PIN: )|Restarting with |Environment: |Tip: |Detected change in |Use a production )/,
      /Press CTRL\+C to quit/,
      /WARNING: This is a development server/,
    ),
  },
  { format: "spring", says: /^(?: \/\\\\ \/ ___'|\( \( \)\\___ \|| \\\\\/ {2}___\)\||  '  \|____\|| =+\|_\|=)/ },
  {
    format: "docker-compose",
    says: /^(?:Attaching to [\w.-]+(?:, |$)|[\w.-]{1,80} exited with code \d+|Gracefully stopping\.\.\. |(?:Starting|Creating|Recreating|Stopping|Removing) [\w.-]{1,80} \.{3})/,
    complains: /exited with code [1-9]/,
  },
  { format: "npm", says: /^npm (?:ERR!|error|WARN|warn|notice|info|verb)(?: |$)/, complains: /^npm (?:ERR!|error)/ },
  { format: "nodemon", says: /^\[nodemon\] \S/, complains: /app crashed/ },
  {
    format: "node",
    says: /^(?:\(node:\d+\) (?:\[\w+\] )?\w*(?:Warning|Error)\b|\(Use `node --trace-|Node\.js v\d+\.\d+\.\d+$)/,
    complains: /Error/,
  },
  {
    format: "lambda",
    says: /^(?:(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22} Task timed out after |RequestId: [0-9a-f-]{36} (?:Error: |Process exited))/,
    complains: /./,
  },
  { format: "syslog", says: /^Message from syslogd@\S+ at / },
  { format: "rust", says: /^thread '[^']{1,120}'(?: \(\d+\))? panicked at \S/, complains: /./ },
];

function readOwnWords(line: string): ParsedLine | undefined {
  const speaker = SPEAKERS.find(({ says }) => says.test(line));
  if (speaker === undefined) return undefined;
  const severity = readSeverity(speaker.complains?.test(line) === true ? "error" : "info");
  return { kind: "message", format: speaker.format, message: { severity, text: line } };
}
