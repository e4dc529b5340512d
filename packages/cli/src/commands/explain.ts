import { parseArgs } from "node:util";
import { wrap } from "../output/wrap.ts";
import { findNearestWord } from "../nearest-word.ts";
import { toVisible } from "../output/visible.ts";
import { type Command, type CommandIo, UsageError } from "../command.ts";
import type { Explanation } from "../explain/explanation.ts";
import { findExplanations, listWords } from "../explain/find-explanations.ts";

const HELP = `usage: faultline explain STATUS | CAUSE | CODE | HEADER | BODY

What a status, a cause, a vendor's code or flag, a header or an error body means: who makes it, who says so, what it is mistaken for, what to check.

  502                                    a status code
  gateway-timeout                        one of Faultline's causes
  H12, UF, sH--, Target.Timeout          a code or flag of a log
  x-envoy-upstream-service-time          a header, with or without its value
  "no healthy upstream"                  an error body or a line of an error log; - reads it from standard input

  --json    the explanations as JSON

exit codes: 0 explained, 1 nothing is known of it, 2 wrong usage
`;

const EXIT_UNKNOWN = 1;
const INPUT_BYTES = 1 << 20;

/** `faultline explain` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean", default: false } },
    });
    if (positionals.length === 0) throw new UsageError("say what: a status, a cause, a code, a header or a body");
    const words = positionals.join(" ");
    const query = words === "-" ? await readInput(io) : words;
    const found = findExplanations(query);
    if (values.json) io.stdout.write(`${JSON.stringify(found)}\n`);
    else if (found.length > 0)
      io.stdout.write(
        `${tellOnce(found)
          .map((each) => format(each, io.stdout.columns))
          .join("\n\n")}\n`,
      );
    if (found.length === 0) io.stderr.write(`faultline explain: ${describeUnknown(query)}\n`);
    return found.length === 0 ? EXIT_UNKNOWN : 0;
  },
};

function describeUnknown(query: string): string {
  const asked = toVisible(query.trim().slice(0, 60));
  if (asked === "") return "there is nothing to explain in an empty text";
  const meant = findNearestWord(query.trim(), listWords());
  const hint = meant === undefined ? "try a status, a cause, a code, a header or a body" : `did you mean ${meant}?`;
  return `nothing is known of "${asked}"; ${hint}`;
}

async function readInput(io: CommandIo): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of io.stdin) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > INPUT_BYTES) throw new UsageError(`standard input is longer than ${INPUT_BYTES >> 20} MiB`);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Leaves out what was already said of an earlier maker and holds for this one too, and names that maker instead. */
function tellOnce(found: readonly Explanation[]): readonly Explanation[] {
  return found.map((each, index) => {
    const isSaid = (name: "mistakenFor" | "nextCheck") => {
      const first = found.slice(0, index).find((other) => other[name] !== undefined && other[name] === each[name]);
      return first === undefined ? {} : { [name]: `as for ${first.title}` };
    };
    return { ...each, ...isSaid("mistakenFor"), ...isSaid("nextCheck") };
  });
}

const LABEL_WIDTH = 14;
const LEAST_WIDTH = 40;
const MOST_WIDTH = 100;

function format({ title, meaning, madeBy, cause, mistakenFor, nextCheck, source }: Explanation, columns = 80): string {
  const width = Math.min(MOST_WIDTH, Math.max(LEAST_WIDTH, columns));
  const lines: readonly (readonly [string, string | undefined])[] = [
    ["made by", madeBy],
    ["cause", cause],
    ["mistaken for", mistakenFor],
    ["next", nextCheck],
    ["source", source],
  ];
  return [
    title,
    ...wrapAt(2, meaning, width),
    ...lines.flatMap(([name, text]) => {
      if (text === undefined || text === "") return [];
      const [first = "", ...rest] = wrapAt(2 + LABEL_WIDTH, text, width);
      return [`  ${`${name}:`.padEnd(LABEL_WIDTH)}${first.trimStart()}`, ...rest];
    }),
  ].join("\n");
}

/** A text in lines that all begin at one column. */
function wrapAt(column: number, text: string, width: number): readonly string[] {
  return wrap(text, width - column).map((line) => " ".repeat(column) + line.trimStart());
}
