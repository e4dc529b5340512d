import { parseArgs } from "node:util";
import { DEFAULT_COLLECTOR } from "../collector-client.ts";
import { type Command, UsageError } from "../command.ts";
import { checkLinks, type Link } from "../init/check-links.ts";
import { readHttpUrl } from "../input/read-http-url.ts";
import { readNumber } from "../input/read-number.ts";
import { wrap } from "../output/wrap.ts";

const HELP = `usage: faultline verify --url URL [--fails PATH] [--collector URL] [--wait SECONDS] [--json]

Sends one test failure through a running app and says which link holds: app reached, guard active, request id returned, collector reachable,
record arrived, secrets redacted.

  --url URL           where the app listens
  --fails PATH        a path on which it fails with a 5xx; without one the last two links cannot be tested
  --collector URL     default ${DEFAULT_COLLECTOR}
  --wait SECONDS      how long the record may take, 0 to 60; default 10
  --json              the links as JSON

exit codes: 0 every link that was tested holds, 1 a link is broken, 2 wrong usage

example: faultline verify --url http://127.0.0.1:3000 --fails /boom
`;

const MARKS = { holds: "ok", broken: "BROKEN", "not tested": "-" } as const;

const LABEL_WIDTH = 29;

/** Formats a link. Its explanation stands in a column of its own, or on lines of its own where the terminal is too narrow. */
function formatLink({ name, state, told, next }: Link, columns: number): string {
  const label = `${MARKS[state].padEnd(7)} ${name.padEnd(20)} `;
  const indent = " ".repeat(columns < 2 * LABEL_WIDTH ? 4 : LABEL_WIDTH);
  const [first = "", ...rest] = [told, ...(next === undefined ? [] : [next])].flatMap((text) => wrap(`${indent}${text}`, columns));
  const head = indent.length < LABEL_WIDTH ? [label.trimEnd(), first] : [`${label}${first.trimStart()}`];
  return `${[...head, ...rest].join("\n")}\n`;
}

/** `faultline verify` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        url: { type: "string" },
        fails: { type: "string" },
        collector: { type: "string", default: DEFAULT_COLLECTOR },
        wait: { type: "string", default: "10" },
        json: { type: "boolean", default: false },
      },
    });
    const waitMs = readNumber("wait", values.wait, { from: 0, to: 60 }) * 1000;
    if (values.url === undefined) throw new UsageError("say where the app listens with --url URL, as http://127.0.0.1:3000");
    const links = await checkLinks({
      app: readHttpUrl("url", values.url).origin,
      fails: values.fails,
      collector: readHttpUrl("collector", values.collector).origin,
      waitMs,
    });
    io.stdout.write(values.json ? `${JSON.stringify(links)}\n` : links.map((link) => formatLink(link, io.stdout.columns ?? 80)).join(""));
    return links.some((link) => link.state === "broken") ? 1 : 0;
  },
};
