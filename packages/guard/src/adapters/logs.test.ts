import { PassThrough } from "node:stream";
import pino from "pino";
import { afterEach, describe, expect, it } from "vitest";
import winston from "winston";
import { createGuard, type Guard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { guardFetch } from "./fetch.ts";
import { recordConsole, recordPino, recordWinston } from "./logs.ts";

const open: Guard[] = [];
afterEach(() => Promise.all(open.splice(0).map((guard) => guard.close())));

type Line = { readonly text: string; readonly severity: unknown; readonly traceId: unknown };

/** Logs in a request that fails and in one that does not; gives the lines that were sent. */
async function record(createLogger: (guard: Guard) => (text: string) => void): Promise<{ sent: readonly Line[]; traceId: unknown }> {
  const collected = createCollected();
  const guard = createGuard({ service: "logs", transport: collected, spool: false, announce: false });
  open.push(guard);
  const log = createLogger(guard);
  const ends: Record<string, () => Response> = {
    "/fine": () => new Response("fine"),
    "/fails": () => {
      throw new Error("no");
    },
  };
  const handler = guardFetch(guard, (request) => {
    const { pathname } = new URL(request.url);
    log(`on the way ${pathname} password=hunter2secret`);
    return (ends[pathname] as () => Response)();
  });
  log("outside of any request");
  for (const path of Object.keys(ends)) await handler(new Request(`http://localhost${path}`));
  await guard.flush();
  const lines = collected.logs.filter((each) => each["eventName"] === undefined);
  const sent = lines.map((each) => ({
    text: (each["body"] as { stringValue: string }).stringValue,
    severity: each["severityNumber"],
    traceId: each["traceId"],
  }));
  return { sent, traceId: collected.spans[0]?.["traceId"] };
}

const LOGGERS: readonly { readonly name: string; readonly severity: number; readonly create: (guard: Guard) => (text: string) => void }[] =
  [
    {
      name: "pino",
      severity: 5,
      create: (guard) => {
        const logger = pino({ ...recordPino(guard), level: "debug" }, new PassThrough());
        return (text) => logger.debug({ cart: 3 }, text);
      },
    },
    {
      name: "winston",
      severity: 13,
      create: (guard) => {
        const transport = new winston.transports.Stream({ stream: new PassThrough().resume() });
        const logger = winston.createLogger({
          format: winston.format.combine(recordWinston(guard)),
          transports: [transport],
        });
        return (text) => void logger.warn(text);
      },
    },
    {
      name: "console",
      severity: 17,
      create: (guard) => {
        const silent = { debug() {}, log() {}, info() {}, warn() {}, error() {} };
        recordConsole(guard, silent);
        return (text) => (silent as Console).error(text);
      },
    },
  ];

describe.each(LOGGERS)("the flight recorder behind $name", ({ create, severity }) => {
  it("sends the lines of the failing request, redacted and with its trace, and no others", async () => {
    const { sent, traceId } = await record(create);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ severity, traceId });
    expect(sent[0]?.text).toMatch(/^on the way \/fails/);
    expect(sent[0]?.text).not.toContain("hunter2");
  });
});

describe("a line of a request", () => {
  it("is stamped with its ids by pino", async () => {
    const out = new PassThrough();
    await record((guard) => {
      const logger = pino({ ...recordPino(guard), level: "debug" }, out);
      return (text) => logger.info(text);
    });
    const lines = String(out.read())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => typeof line["trace_id"])).toEqual(["undefined", "string", "string"]);
  });
});
