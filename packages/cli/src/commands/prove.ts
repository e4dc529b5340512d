import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createRedactor } from "@faultline/guard/redact";
import type { Proof, RecordedRequest } from "@faultline/model";
import { findRecordedFailure, PROOF_FORMS, type ProofForm, proveFailure, type RecordedFailure } from "@faultline/playbook/prove";
import { DEFAULT_COLLECTOR } from "../collector-client.ts";
import { type Command, type CommandIo, UsageError } from "../command.ts";
import { fetchFailure, readFailure } from "../prove/find-failure.ts";

const HELP = `usage: faultline prove FAILURE [--as RUNNER] [--out FILE] [--collector URL | --file FILE ...]

Writes a regression test from a recorded failing request: the same input, redacted; red while the bug is there, green once it is fixed.
FAILURE is a trace id or a fault's fingerprint, as the dashboard and "faultline diagnose" show them; with --file also "latest".

  --as RUNNER         node:test (default), vitest, jest, curl or hurl
  --out FILE          where to write it; a directory gets a name made from the route. Default: standard output
  --force             write over a file that exists
  --app MODULE        module that exports the app; the test starts it by itself. Default: FAULTLINE_APP, or a server at FAULTLINE_TARGET
  --service NAME      the exchange of this service, when several of the trace failed
  --collector URL     default ${DEFAULT_COLLECTOR}
  --file FILE         OTLP/JSON lines instead of a collector, plain or compressed; may be repeated; "-" is standard input
  --json              the whole Proof as JSON

The test sends unsafe methods to this machine only, unless FAULTLINE_ALLOW_UNSAFE=1, and never credentials: it takes those from
FAULTLINE_HEADER_AUTHORIZATION and so on, when they are set.

exit codes: 0 written; 1 the failure is known but its request was not recorded; 2 wrong usage, no such failure, no collector

example: faultline prove 4bf92f3577b34da6a3ce929d0e0e4736 --app ./server.js --out test/
`;

const EXIT_UNRECORDED = 1;

function parseForm(value: string): ProofForm {
  const form = PROOF_FORMS.find((each) => each === value);
  if (form === undefined) throw new UsageError(`--as takes ${PROOF_FORMS.join(", ")}; got "${value}"`);
  return form;
}

/** Redacts once more, because the telemetry of other senders arrives as they recorded it. */
function redactRecorded(recorded: RecordedFailure): RecordedFailure {
  const redactor = createRedactor();
  const { request, failure } = recorded;
  const body = request.body === undefined ? undefined : redactor.redactBody(request.body, request.headers["content-type"]);
  const redacted: RecordedRequest = {
    method: request.method,
    target: redactor.redactUrl(request.target),
    headers: redactor.redactHeaders(request.headers),
    ...(body === undefined ? {} : { body: body.text }),
    bodyTruncated: request.bodyTruncated || body?.truncated === true,
  };
  return {
    failure: { ...failure, route: redactor.redactUrl(failure.route) },
    request: redacted,
    dependencies: recorded.dependencies.map((each) => redactor.redactText(each)),
  };
}

function writeProof(proof: Proof, { out, force }: { out: string; force: boolean }): string {
  const path = statSync(out, { throwIfNoEntry: false })?.isDirectory() === true ? join(out, proof.fileName) : out;
  try {
    writeFileSync(path, proof.source, { flag: force ? "w" : "wx", mode: path.endsWith(".sh") ? 0o755 : 0o644 });
  } catch (error) {
    const exists = error instanceof Error && "code" in error && error.code === "EEXIST";
    throw new UsageError(
      exists
        ? `${path} exists; choose another --out, or --force to write over it`
        : `cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return path;
}

function report(proof: Proof, io: CommandIo): void {
  for (const caveat of proof.caveats) io.stderr.write(`faultline prove: note: ${caveat}\n`);
}

/** `faultline prove` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        as: { type: "string", default: "node:test" },
        out: { type: "string" },
        force: { type: "boolean", default: false },
        app: { type: "string" },
        service: { type: "string" },
        collector: { type: "string" },
        file: { type: "string", multiple: true },
        json: { type: "boolean", default: false },
      },
    });
    const [name, ...rest] = positionals;
    if (name === undefined || rest.length > 0) throw new UsageError("name one failure: a trace id or a fault's fingerprint");
    if (values.file !== undefined && values.collector !== undefined) throw new UsageError("choose --file or --collector, not both");
    const as = parseForm(values.as);
    const trace =
      values.file === undefined
        ? await fetchFailure(values.collector ?? DEFAULT_COLLECTOR, name)
        : await readFailure(values.file, name, io);
    const recorded = findRecordedFailure(trace, values.service);
    if (!recorded.ok) {
      io.stderr.write(`faultline prove: ${recorded.error}\n`);
      return EXIT_UNRECORDED;
    }
    const proof = proveFailure(redactRecorded(recorded.value), { as, ...(values.app === undefined ? {} : { app: values.app }) });
    const text = values.json ? `${JSON.stringify(proof)}\n` : proof.source;
    if (values.out === undefined) io.stdout.write(text);
    else io.stderr.write(`faultline prove: wrote ${writeProof({ ...proof, source: text }, { out: values.out, force: values.force })}\n`);
    report(proof, io);
    return 0;
  },
};
