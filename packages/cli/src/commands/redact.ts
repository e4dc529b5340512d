import { once } from "node:events";
import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import { createRedactor, type RedactionPolicy } from "@faultline/guard/redact";
import { type Command, type CommandIo, UsageError } from "../command.ts";
import { describeFileError } from "../input/file-error.ts";
import { redactStream, type StreamForm } from "../redact/redact-stream.ts";

const HELP = `usage: faultline redact [FILE ...] [--json] [--check]

Takes secrets and personal data out of text, the same way as the guard does before anything leaves a process. Reads the files, or
standard input when there are none or for "-", and writes the redacted text to standard output as it goes, in bounded memory. What was
replaced is counted by kind on standard error.

  --json              treat each line as a JSON document (NDJSON)
  --check             write no text, only the counts; exit code 1 when there is anything to redact
  --emails keep       leave email addresses
  --ips WHICH         keep (default), public or all
  --key NAME          one more name whose values are secret; may be repeated
  --pseudonym-key K   makes pseudonyms agree between several runs; keep it as secret as what it hides
  --quiet             no counts

exit codes: 0 done, 1 --check found something, or something could not be read and was dropped, 2 wrong usage or an unreadable file

example: kubectl logs deploy/shop | faultline redact > shop.log
`;

type Words = { json: boolean; check: boolean; quiet: boolean; emails?: string; ips?: string; key?: string[]; "pseudonym-key"?: string };

function readChoice<T extends string>(option: string, value: string | undefined, choices: readonly T[]): T | undefined {
  const choice = choices.find((each) => each === value);
  if (value !== undefined && choice === undefined) throw new UsageError(`--${option} takes ${choices.join(", ")}; got "${value}"`);
  return choice;
}

function toPolicy(words: Words): RedactionPolicy {
  const emails = readChoice("emails", words.emails, ["keep", "pseudonym"]);
  const ipAddresses = readChoice("ips", words.ips, ["keep", "public", "all"]);
  const pseudonymKey = words["pseudonym-key"];
  return {
    maxBodyLength: 1_048_576,
    maxMembers: 100_000,
    keys: words.key ?? [],
    ...(emails === undefined ? {} : { emails }),
    ...(ipAddresses === undefined ? {} : { ipAddresses }),
    ...(pseudonymKey === undefined ? {} : { pseudonymKey }),
  };
}

async function* readInput(path: string, io: CommandIo): AsyncGenerator<Uint8Array> {
  if (path === "-") {
    yield* io.stdin;
    return;
  }
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Uint8Array; // A stream without an encoding yields bytes.
  } catch (error) {
    throw describeFileError(path, error);
  }
}

/** Writes, and waits for a slow reader, so that unread output does not pile up in memory. */
async function write(io: CommandIo, text: string): Promise<void> {
  const isFull = io.stdout.write(text) === false;
  if (isFull && io.stdout instanceof process.stdout.constructor) await once(process.stdout, "drain");
}

function formatCounts(counts: Readonly<Record<string, number>>): string {
  const rows = Object.entries(counts).filter(([kind]) => kind !== "encoded");
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const byKind = rows.sort(([, one], [, other]) => other - one).map(([kind, count]) => `${count} ${kind}`);
  return total === 0 ? "faultline redact: nothing to replace\n" : `faultline redact: ${total} replaced: ${byKind.join(", ")}\n`;
}

/** `faultline redact` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: "boolean", default: false },
        check: { type: "boolean", default: false },
        quiet: { type: "boolean", default: false },
        emails: { type: "string" },
        ips: { type: "string" },
        key: { type: "string", multiple: true },
        "pseudonym-key": { type: "string" },
      },
    });
    const redactor = createRedactor(toPolicy(values));
    const form: StreamForm = values.json ? "json" : "text";
    for (const path of positionals.length === 0 ? ["-"] : positionals) {
      for await (const piece of redactStream(readInput(path, io), redactor, form)) if (!values.check) await write(io, piece);
    }
    const counts = redactor.counts();
    if (!values.quiet) io.stderr.write(formatCounts(counts));
    const isFailed = values.check ? Object.keys(counts).length > 0 : counts["unscanned"] !== undefined;
    return isFailed ? 1 : 0;
  },
};
