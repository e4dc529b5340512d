import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Collector, startCollector, StartError } from "@faultline/collector";
import type { FaultListing } from "@faultline/model";
import { callCollector } from "../collector-client.ts";
import { type Command, type CommandIo, UsageError } from "../command.ts";
import { findDashboard } from "../find-dashboard.ts";
import { readWholeNumber } from "../input/read-number.ts";
import { PACE, playFaults } from "../demo/play-faults.ts";
import { findFreePort, isDemoHere, ShopError, type ShopProcess, startShop } from "../demo/shop-process.ts";
import { callSwitchboard, DEFAULT_SWITCHBOARD } from "../demo/switches.ts";
import { listenForStop } from "../stop-listener.ts";

const HELP = `usage: faultline demo [--port 4318] [--rate 20] [--no-play]
       faultline demo faults
       faultline demo fault NAME on|off

Starts a small shop of real services beside a collector and plays ten faults in turn. Works in a checkout of the repository.

  --port N           of the collector and the dashboard, default 4318; 0 takes a free one
  --rate N           ordinary requests per second, default 20
  --no-play          only start; you switch the faults yourself
  --switchboard URL  for "faults" and "fault": where the switches are, default ${DEFAULT_SWITCHBOARD}

DATABASE_URL names a PostgreSQL to use; without it the shop brings an embedded one.

exit codes: 0 stopped by Ctrl-C or done, 1 could not start, 2 wrong usage

example: npm start, and in another terminal: npx faultline demo fault cascade on
`;

const EXIT_CANNOT_START = 1;
const SWITCHBOARD_PORT = 4319;

/** `faultline demo` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        port: { type: "string", default: "4318" },
        rate: { type: "string", default: "20" },
        "no-play": { type: "boolean", default: false },
        switchboard: { type: "string", default: DEFAULT_SWITCHBOARD },
      },
    });
    const [word, ...rest] = positionals;
    if (word === "faults" && rest.length === 0) return listSwitches(values.switchboard, io);
    if (word === "fault") return turnSwitch(values.switchboard, rest, io);
    if (word !== undefined)
      throw new UsageError(`"${positionals.join(" ")}" is nothing the demo knows; "faultline demo --help" says what it does`);
    if (!isDemoHere()) {
      throw new UsageError("the demo comes with the repository, not with the package: clone it, then run npm ci && npm start");
    }
    return runDemo(
      {
        port: readWholeNumber("port", values.port, { from: 0, to: 65_535 }),
        rate: readWholeNumber("rate", values.rate, { from: 0, to: 500 }),
        play: !values["no-play"],
      },
      io,
    );
  },
};

async function listSwitches(switchboard: string, io: CommandIo): Promise<number> {
  for (const { id, title, on } of await callSwitchboard(switchboard)) io.stdout.write(`${on ? "on " : "off"}  ${id.padEnd(20)} ${title}\n`);
  return 0;
}

async function turnSwitch(switchboard: string, [name, state, ...more]: readonly string[], io: CommandIo): Promise<number> {
  if (name === undefined || (state !== "on" && state !== "off") || more.length > 0) {
    throw new UsageError('say which fault and how: faultline demo fault NAME on|off; "faultline demo faults" lists the names');
  }
  await callSwitchboard(switchboard, { id: name, on: state === "on" });
  io.stdout.write(`${name} is ${state}\n`);
  return 0;
}

type DemoOptions = { readonly port: number; readonly rate: number; readonly play: boolean };

/** Starts the collector, then the shop; on a signal it ends both and removes everything they wrote. */
async function runDemo(options: DemoOptions, io: CommandIo): Promise<number> {
  const stopping = listenForStop(io.env);
  const directory = await mkdtemp(join(tmpdir(), "faultline-demo-data-"));
  try {
    return await openStage({ ...options, directory, signal: stopping.signal }, io);
  } catch (error) {
    // Whatever fails while the user is ending the demo is no error to report.
    if (stopping.signal.aborted) return 0;
    if (!(error instanceof StartError) && !(error instanceof ShopError)) throw error;
    io.stderr.write(`faultline demo: ${error.message}\n`);
    return EXIT_CANNOT_START;
  } finally {
    stopping.release();
    await rm(directory, { recursive: true, force: true });
  }
}

async function openStage(
  options: DemoOptions & { readonly directory: string; readonly signal: AbortSignal },
  io: CommandIo,
): Promise<number> {
  const { signal } = options;
  const switchboardPort = await findFreePort(SWITCHBOARD_PORT);
  const log = (line: string): void => void io.stderr.write(`faultline demo: ${line}\n`);
  const dashboardDirectory = findDashboard(log);
  const collector = await startCollector({
    port: options.port,
    storage: { kind: "sqlite", directory: options.directory },
    demoUrl: `http://127.0.0.1:${switchboardPort}`,
    log,
    ...(dashboardDirectory === undefined ? {} : { dashboardDirectory }),
  });
  try {
    io.stdout.write(
      `Faultline is at ${collector.url}/\n\nThe demo shop opens: a gateway, four services, a database, a payment company, and customers.\n`,
    );
    const starting = startShop({ otlp: collector.url, switchboardPort, rate: options.rate });
    const shop = await Promise.race([starting, waitForEnd(signal).then(() => undefined)]);
    if (shop === undefined) {
      await starting.then((late) => late.stop()).catch(() => undefined);
      return 0;
    }
    try {
      return await playOrWait({ collector, shop, play: options.play, signal }, io);
    } finally {
      await shop.stop();
    }
  } finally {
    await collector.close();
  }
}

type Running = { readonly collector: Collector; readonly shop: ShopProcess; readonly play: boolean; readonly signal: AbortSignal };

async function playOrWait({ collector, shop, play, signal }: Running, io: CommandIo): Promise<number> {
  const say = (line: string): void => void io.stdout.write(`${line}\n`);
  const ended = shop.ended.then((because): never => {
    throw new ShopError(`${because}; start it again with npm start`);
  });
  ended.catch(() => undefined);
  if (play) {
    const switches = await callSwitchboard(shop.switchboard);
    const stage = {
      turn: (id: string, on: boolean) => callSwitchboard(shop.switchboard, { id, on }),
      listFaults: () => listFaults(collector.url),
      say,
      linkTo: (fingerprint: string) => `${collector.url}/faults/${fingerprint}`,
      signal,
      now: Date.now,
      pace: PACE,
    };
    await Promise.race([playFaults(switches, stage).catch(rethrowUnless(signal)), ended.catch(rethrowUnless(signal))]);
  }
  if (signal.aborted) return 0;
  const where = shop.switchboard === DEFAULT_SWITCHBOARD ? "" : ` --switchboard ${shop.switchboard}`;
  say(
    `\nThe shop stays open at ${shop.gateway}. Turn a fault yourself: npx faultline demo fault cascade on${where}. Ctrl-C ends everything.`,
  );
  await Promise.race([waitForEnd(signal), ended.catch(rethrowUnless(signal))]);
  return 0;
}

/** Ignores errors while everything is being stopped. */
function rethrowUnless(signal: AbortSignal): (error: unknown) => void {
  return (error) => {
    if (!signal.aborted) throw error;
  };
}

function waitForEnd(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

async function listFaults(collectorUrl: string): Promise<readonly FaultListing[]> {
  const answer = await callCollector(collectorUrl, "/api/faults");
  // Our own API in this very process: its tests guarantee the shape.
  return (answer as { readonly faults: readonly FaultListing[] }).faults;
}
