import { once } from "node:events";
import { flushCompileCache } from "node:module";
import { isIP } from "node:net";
import { parseArgs } from "node:util";
import { startCollector, StartError } from "@faultline/collector";
import { type Command, type CommandIo, UsageError } from "../command.ts";
import { findDashboard } from "../find-dashboard.ts";
import { tuneGarbageCollection } from "../up/tune-garbage-collection.ts";
import { openSourceMaps } from "../input/open-source-maps.ts";
import { readHttpUrl } from "../input/read-http-url.ts";
import { readWholeNumber } from "../input/read-number.ts";
import { readRetention } from "../input/read-retention.ts";
import { readSignatures } from "../input/read-signatures.ts";
import { listenForStop } from "../stop-listener.ts";

const HELP = `usage: faultline up [--port 4318] [--data DIRECTORY]

Starts the collector and the dashboard on one port. Point any OpenTelemetry exporter at it (OTLP/HTTP), open it in a browser.

  --port N            default 4318; 0 takes a free one
  --host ADDRESS      default 127.0.0.1. Whoever can reach another address can read everything: there is no log-in (docs/operate.md)
  --data DIRECTORY    where the data lives; default .faultline
  --memory            keep everything in memory and forget it at the end
  --keep-days N       how long failing traces are kept, 1 to 3650; default 30 (counts 90)
  --max-size SIZE     how large the database may grow, as 500MiB or 10GiB; default 2GiB. Beyond it the oldest goes first
  --webhook URL       tell this URL about each new fault, once (may be repeated)
  --slack URL         the same in Slack's format: an incoming webhook
  --public-url URL    how people reach the dashboard, for the links in alerts
  --allow-host NAME   a host name by which browsers may call it (may be repeated)
  --signatures FILE   answers of your own gateways, as JSON, before the known ones (docs/playbook/isolate.md)
  --source-maps DIR   source maps (*.map) of the bundles that run, so that stacks show their sources
  --demo-switchboard URL   fault switches of a running demo

exit codes: 0 stopped by a signal, 1 could not start, 2 wrong usage

example: faultline up --slack https://hooks.slack.example/services/...
`;

const EXIT_CANNOT_START = 1;

/** `faultline up` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: "4318" },
        host: { type: "string", default: "127.0.0.1" },
        data: { type: "string", default: ".faultline" },
        memory: { type: "boolean", default: false },
        "keep-days": { type: "string" },
        "max-size": { type: "string" },
        webhook: { type: "string", multiple: true, default: [] },
        slack: { type: "string", multiple: true, default: [] },
        "public-url": { type: "string" },
        "allow-host": { type: "string", multiple: true, default: [] },
        "demo-switchboard": { type: "string" },
        signatures: { type: "string" },
        "source-maps": { type: "string" },
      },
    });
    const { webhook, slack, host } = values;
    if (values.memory && (values["keep-days"] ?? values["max-size"]) !== undefined)
      throw new UsageError("--memory keeps nothing; leave out --keep-days and --max-size");
    if (values.data === "") throw new UsageError("--data takes the name of a directory; got nothing");
    const publicUrl = values["public-url"] === undefined ? undefined : readHttpUrl("public-url", values["public-url"]).href;
    const demoUrl = values["demo-switchboard"] === undefined ? undefined : readHttpUrl("demo-switchboard", values["demo-switchboard"]).href;
    const sourceMaps = openSourceMaps(values["source-maps"]);
    const options = {
      host,
      port: readWholeNumber("port", values.port, { from: 0, to: 65_535 }),
      storage: values.memory
        ? ({ kind: "memory" } as const)
        : ({ kind: "sqlite", directory: values.data, retention: readRetention(values["keep-days"], values["max-size"]) } as const),
      alertTargets: [
        ...webhook.map((url) => ({ format: "webhook" as const, url: readHttpUrl("webhook", url).href })),
        ...slack.map((url) => ({ format: "slack" as const, url: readHttpUrl("slack", url).href })),
      ],
      allowedHosts: values["allow-host"].map((name) => name.toLowerCase()),
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(sourceMaps === undefined ? {} : { sourceMaps }),
      ...(demoUrl === undefined ? {} : { demoUrl }),
      signatures: readSignatures(values.signatures),
    };
    return await runCollector(options, io);
  },
};

async function runCollector(options: Parameters<typeof startCollector>[0], io: CommandIo): Promise<number> {
  const log = (line: string): void => void io.stderr.write(`faultline up: ${line}\n`);
  const dashboardDirectory = findDashboard(log);
  try {
    tuneGarbageCollection();
    const collector = await startCollector({ ...options, log, ...(dashboardDirectory === undefined ? {} : { dashboardDirectory }) });
    for (const sentence of collector.audit) log(sentence);
    if (!isLoopback(options.host ?? ""))
      log(`listening on ${options.host}, beyond this machine: whoever reaches port ${new URL(collector.url).port} can read what is stored`);
    io.stdout.write(
      `faultline is up: ${collector.url}\n  dashboard      ${collector.url}/\n  OTLP/HTTP      ${collector.url} (set OTEL_EXPORTER_OTLP_ENDPOINT to it)\n`,
    );
    // Node would write this cache at exit, which a killed process never reaches; the next start must be quick all the same.
    flushCompileCache();
    const stopping = listenForStop(io.env);
    await once(stopping.signal, "abort");
    stopping.release();
    await collector.close();
    return 0;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    log(error.message);
    return EXIT_CANNOT_START;
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
