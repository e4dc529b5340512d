/** `faultline`: finds the command, runs it, turns what went wrong into one sentence and an exit code. */
import { type Command, type CommandIo, UsageError } from "./command.ts";

type Entry = { readonly summary: string; readonly load: () => Promise<{ readonly command: Command }> };

/** Commands in the order of the help text. Each is loaded only when it runs, so that a cold start stays short. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  explain: { summary: "what a status, cause, code, header or error body means", load: () => import("./commands/explain.ts") },
  triage: {
    summary: "which hop answers this URL, curl command or HAR file with a 500, and why",
    load: () => import("./commands/triage.ts"),
  },
  up: { summary: "start the collector and the dashboard on one port", load: () => import("./commands/up.ts") },
  demo: { summary: "a shop of real services with faults to switch on, beside a collector", load: () => import("./commands/demo.ts") },
  deploy: { summary: "tell the collector that something changed", load: () => import("./commands/deploy.ts") },
  diagnose: { summary: "which hop made the failure in these telemetry files, and why", load: () => import("./commands/diagnose.ts") },
  init: {
    summary: "guard this app: shows the change, makes it with --yes, takes it back with --undo",
    load: () => import("./commands/init.ts"),
  },
  verify: {
    summary: "send a test failure through a running app and say which link is broken",
    load: () => import("./commands/verify.ts"),
  },
  gate: { summary: "may a version have more traffic? promote, roll back or wait", load: () => import("./commands/gate.ts") },
  prove: { summary: "turn a failing request into a regression test", load: () => import("./commands/prove.ts") },
  redact: { summary: "take secrets out of text: a filter for files and streams", load: () => import("./commands/redact.ts") },
  logs: { summary: "server errors out of log files: which route, which hop, why", load: () => import("./commands/logs.ts") },
  version: { summary: "print the version", load: () => import("./commands/version.ts") },
};

const EXIT_USAGE = 2;
const EXIT_BUG = 70;

function formatHelp(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return `faultline: from a 500 to its cause\n\nusage: faultline COMMAND [ARGUMENT ...]\n\n${rows.join("\n")}\n\nfaultline COMMAND --help says more.\n`;
}

/** Runs one command line (without `node` and the script) and resolves to its exit code. */
export async function runFaultline(words: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...args] = words;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    io.stdout.write(formatHelp());
    return name === undefined ? EXIT_USAGE : 0;
  }
  const entry = Object.hasOwn(COMMANDS, name === "--version" ? "version" : name)
    ? COMMANDS[name === "--version" ? "version" : name]
    : undefined;
  if (entry === undefined) {
    io.stderr.write(`faultline: there is no command "${name}"; "faultline help" lists them\n`);
    return EXIT_USAGE;
  }
  const { command } = await entry.load();
  try {
    if (args.includes("--help") || args.includes("-h")) {
      io.stdout.write(command.help);
      return 0;
    }
    return await command.run(args, io);
  } catch (error) {
    if (error instanceof UsageError || isOptionError(error)) {
      io.stderr.write(`faultline ${name}: ${error.message}\n`);
      return command.usageExitCode ?? EXIT_USAGE;
    }
    io.stderr.write(
      `faultline ${name}: this is a defect in Faultline: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return EXIT_BUG;
  }
}

/** An error of `util.parseArgs`: an unknown option, a missing value. */
function isOptionError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("ERR_PARSE_ARGS_");
}

/** Runs this process's own command line; the exit code is set, never forced, so that output drains. */
export async function main(): Promise<void> {
  const { stdout, stderr, env } = process;
  const io: CommandIo = {
    stdout,
    stderr,
    env,
    stdinFd: 0,
    // Looking at it alone would make the descriptor non-blocking.
    get stdin() {
      return process.stdin;
    },
  };
  process.exitCode = await runFaultline(process.argv.slice(2), io);
}
