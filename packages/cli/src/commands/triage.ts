import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parseProxyStatus } from "@faultline/formats/proxy-status";
import { createRedactor, type Redactor } from "@faultline/guard/redact";
import type { Window } from "@faultline/model";
import type { Signature } from "@faultline/playbook/signatures";
import { findJudged, triageProbes, type Probe } from "@faultline/playbook/triage";
import { type Command, type CommandIo, UsageError } from "../command.ts";
import { readHttpUrl } from "../input/read-http-url.ts";
import { readNumber } from "../input/read-number.ts";
import { readSignatures } from "../input/read-signatures.ts";
import { findBodyIds, findIds, findOwnId, type FoundId } from "../triage/find-ids.ts";
import { formatFindings, formatMarkdown, formatProbe, formatRequest, toExcerpt, type TriageReport } from "../triage/format-triage.ts";
import { redactProbe, redactRequest } from "../triage/redact-probe.ts";
import { type ProbePlan, type ProbeRun, runProbes } from "../triage/run-probes.ts";
import type { SentProbe } from "../triage/send-request.ts";
import { isIdempotent, isUrl, readTarget, type TriageRequest } from "../triage/target.ts";
import { toSavedHar } from "../triage/saved-har.ts";
import { wrap } from "../output/wrap.ts";

const HELP = `usage: faultline triage TARGET [OPTION ...]

TARGET is a URL, a pasted request in quotes (curl of any shell, PowerShell's Invoke-WebRequest, a call of fetch), or a .har file. Sends the
failing request, once more with the same input, and one simple request to the same host; over TLS it looks at the certificate too. Says who
wrote the response, why, and what to do next. Secrets never reach the output.

  --direct URL       also send it straight to the backend, past the gateway
  --simple PATH      the simple endpoint; default: /health, /healthz, /version and / in turn
  --repeat N         N more repetitions (at most 50) and one over an idle connection: finds one bad backend and keep-alive races
  --probe-body       find the size above which bodies fail, by halving
  --unsafe           send methods again that are not idempotent (POST, PATCH); without it they are sent once
  --allow-files      a pasted command may use files and sockets of this machine (-d @FILE, -F, --cert, --cacert, --unix-socket, -InFile)
  --entry N          which entry of a HAR file, from 0; default: the first that failed
  --insecure         do not check certificates
  --timeout S        for everything together, 0.5 to 300; default 9.3. What takes 3 s holds up nothing more: the next goes beside it
  --json             the verdict and every probe as JSON
  --markdown         an incident report to paste
  --save FILE        keep the exchange, redacted, as HAR
  --signatures FILE  answers of your own gateways, as JSON, before the known ones (docs/playbook/isolate.md)

exit codes: 0 diagnosed; 1 inconclusive, or nothing failed; 2 the question could not be asked

example: faultline triage https://api.example.com/cart --direct http://127.0.0.1:8080
`;

const EXIT = { diagnosed: 0, inconclusive: 1 } as const;

/** `faultline triage` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        direct: { type: "string" },
        simple: { type: "string" },
        repeat: { type: "string", default: "0" },
        "probe-body": { type: "boolean", default: false },
        unsafe: { type: "boolean", default: false },
        "allow-files": { type: "boolean", default: false },
        entry: { type: "string" },
        insecure: { type: "boolean", default: false },
        timeout: { type: "string", default: "9.3" },
        json: { type: "boolean", default: false },
        markdown: { type: "boolean", default: false },
        save: { type: "string" },
        signatures: { type: "string" },
      },
    });
    const [target] = positionals;
    if (target === undefined)
      throw new UsageError("name a URL, a pasted curl command, Invoke-WebRequest or fetch call in quotes, or a .har file");
    if (positionals.length > 1) throw new UsageError("one target at a time; put a curl command in quotes, so that it is one word");
    const entry = values.entry === undefined ? undefined : Math.round(readNumber("entry", values.entry, { from: 0, to: 1e6 }));
    const read = readTarget(target, { allowFiles: values["allow-files"], ...(entry === undefined ? {} : { entry }) });
    const plan: ProbePlan = {
      timeoutMs: readNumber("timeout", values.timeout, { from: 0.5, to: 300 }) * 1000,
      allowsUnsafe: values.unsafe,
      repeat: Math.round(readNumber("repeat", values.repeat, { from: 0, to: 50 })),
      probesBody: values["probe-body"],
      ...(values.direct === undefined ? {} : { direct: readHttpUrl("direct", values.direct).href }),
      ...(values.simple === undefined ? {} : { simple: readPath(values.simple) }),
    };
    const request = { ...read, isInsecure: read.isInsecure || values.insecure };
    const report = await triage(request, plan, {
      io,
      isQuiet: values.json || values.markdown,
      signatures: readSignatures(values.signatures),
      target,
    });
    if (values.save !== undefined) save(values.save, report, io);
    if (values.json) io.stdout.write(`${JSON.stringify(report)}\n`);
    else if (values.markdown) io.stdout.write(`${formatMarkdown(report)}\n`);
    else io.stdout.write(formatFindings(report, io.stdout.columns ?? 80));
    return EXIT[report.triage.diagnosis.verdict];
  },
};

async function triage(
  request: TriageRequest,
  plan: ProbePlan,
  { io, isQuiet, signatures, target }: { io: CommandIo; isQuiet: boolean; signatures: readonly Signature[]; target: string },
): Promise<TriageReport> {
  const redactor = createRedactor();
  const say = (text: string): void => void (isQuiet || io.stdout.write(`${text}\n`));
  const tell = (text: string): void => say(wrap(text, io.stdout.columns ?? 80).join("\n"));
  const shown = redactRequest(request, redactor);
  say(`REQUEST, exactly as sent\n${formatRequest(shown)}`);
  for (const note of request.notes) tell(`  note: ${note}`);
  if (!isIdempotent(request.method) && !plan.allowsUnsafe)
    tell(`  note: ${request.method} is not idempotent; it is sent once (--unsafe sends it again)`);
  say("\nPROBES, in turn");
  const fromMs = Date.now();
  const run = await runProbes(request, plan, {
    onSent: (each) => say(formatProbe(redactProbe(each, redactor), io.stdout.columns)),
    onWaiting: (waitedMs) => tell(`  no answer for ${(waitedMs / 1000).toFixed(1)} s: it is waited for, and the next goes beside it`),
    onGivenUp: (count) => tell(`  it redirects: of what went beside it, ${count} ${count === 1 ? "is" : "are"} not waited for`),
  });
  const { tls } = run;
  if (tls !== undefined) say(`  ${tls.length === 1 ? "a handshake" : `${tls.length} handshakes`} over TLS, with nothing sent after`);
  // An address without more asks the same, but where an option said how the server is to be trusted.
  const isWhole = isUrl(target) && !request.isInsecure && request.headers.length === 0;
  return toReport(run, { redactor, signatures, target: isWhole ? request.url : undefined, window: { fromMs, toMs: Date.now() + 1 } });
}

type Reported = {
  readonly redactor: Redactor;
  readonly signatures: readonly Signature[];
  /** The address that names the whole request; undefined where it takes more. */
  readonly target: string | undefined;
  readonly window: Window;
};

function toReport({ sent, tls, undone }: ProbeRun, { redactor, signatures, target, window }: Reported): TriageReport {
  const probes = sent.map((each) => redactProbe(each, redactor)) as [Probe, ...Probe[]]; // the first request is always sent
  const judged = sent[probes.indexOf(findJudged(probes))] as SentProbe; // it is one of them
  const raw = judged.probe.response;
  const field =
    raw?.headers
      .filter(([name]) => name.toLowerCase() === "proxy-status")
      .map(([, value]) => value)
      .join(", ") ?? "";
  const proxyStatus = parseProxyStatus(field);
  const handshakes = tls === undefined ? {} : { tls };
  const shown = findAllIds(findJudged(probes).response?.headers, redactor.redactText(raw?.body ?? ""));
  const found = new Set(findAllIds(raw?.headers, raw?.body ?? "").map(({ value }) => value));
  // An id that the redactor altered finds nothing.
  const ids = shown.filter(({ value }) => found.has(value));
  const own = findOwnId(ids);
  const triaged = triageProbes(
    {
      probes,
      proxyStatus: proxyStatus.ok ? proxyStatus.value : [],
      signatures,
      ...handshakes,
      ...(own === undefined ? {} : { requestId: own }),
      ...(target === undefined || redactor.redactUrl(target) !== target ? {} : { target }),
    },
    window,
  );
  return {
    request: redactRequest(judged.request, redactor),
    probes: probes.map((probe) => hideBody(probe, redactor)) as [Probe, ...Probe[]],
    ids,
    ...(raw?.body === undefined ? {} : { bodyExcerpt: toExcerpt(redactor.redactText(raw.body)) }),
    triage: triaged,
    undone,
    ...handshakes,
  };
}

/** Ids of headers and body; one that stands in both is one. */
function findAllIds(headers: readonly (readonly [string, string])[] = [], body: string): readonly FoundId[] {
  const ids = [...findIds(headers), ...findBodyIds(body)];
  return ids.filter(({ value }, index) => ids.findIndex((each) => each.value === value) === index);
}

/** Bodies were matched as they came; what is shown or kept is redacted. */
function hideBody(probe: Probe, redactor: Redactor): Probe {
  if (probe.response?.body === undefined) return probe;
  return { ...probe, response: { ...probe.response, body: redactor.redactText(probe.response.body) } };
}

function save(path: string, report: TriageReport, io: CommandIo): void {
  try {
    writeFileSync(path, toSavedHar(report), { flag: "wx" });
    io.stderr.write(`faultline triage: kept the exchange, redacted, in ${path}\n`);
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}; nothing was written over`);
  }
}

function readPath(text: string): string {
  if (!text.startsWith("/") || text.startsWith("//")) throw new UsageError(`--simple takes a path that begins with /; got "${text}"`);
  return text;
}
