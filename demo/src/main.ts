/**
 * The demo as one process tree: starts the shop and its switchboard, and writes one line of JSON per event to standard output:
 * `{"event":"ready","gateway":URL,"switchboard":URL}`, or `{"event":"failed","because":…}` before it ends with code 1.
 * Ends, with everything it started, on SIGINT, SIGTERM, or when the process that started it closes standard input.
 */
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { startShop } from "./shop/shop.ts";
import { createSwitchboardServer, Switchboard } from "./switchboard/switchboard.ts";

const { values } = parseArgs({
  options: {
    otlp: { type: "string", default: "http://127.0.0.1:4318" },
    "otlp-json": { type: "boolean", default: false },
    switchboard: { type: "string", default: "4319" },
    rate: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
  },
});

function write(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

function describe(error: unknown): string {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    return `port ${values.switchboard} for the switchboard is in use; stop the other demo or choose one with --switchboard PORT`;
  }
  return error instanceof Error ? error.message : String(error);
}

async function start(): Promise<() => Promise<void>> {
  const shop = await startShop({
    otlpEndpoint: values.otlp,
    otlpProtocol: values["otlp-json"] ? "http/json" : "http/protobuf",
    rate: Number(values.rate),
    seed: Number(values.seed),
    ...(process.env.DATABASE_URL === undefined ? {} : { databaseUrl: process.env.DATABASE_URL }),
  });
  const server = createSwitchboardServer(new Switchboard(shop));
  try {
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(Number(values.switchboard), "127.0.0.1", resolve));
  } catch (error) {
    await shop.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  write({ event: "ready", gateway: shop.gatewayUrl, switchboard: `http://127.0.0.1:${port}` });
  return async () => {
    server.close();
    await shop.close();
  };
}

let isEnding = false;
const starting = start();
const end = (): void => {
  if (isEnding) return;
  isEnding = true;
  void starting.then((close) => close()).finally(() => process.exit());
};
process.on("SIGINT", end);
process.on("SIGTERM", end);
process.stdin.on("end", end).on("error", end).resume();
starting.catch((error: unknown) => {
  write({ event: "failed", because: describe(error) });
  process.exit(1);
});
