import { parseArgs } from "node:util";
import { callCollector, DEFAULT_COLLECTOR } from "../collector-client.ts";
import { type Command, UsageError } from "../command.ts";

const HELP = `usage: faultline deploy --service NAME --version V [--kind KIND] [--at TIME] [--region R] [--description TEXT]

Tells the collector that something changed, so that a failure that starts then is read against it.

  --service NAME      what changed
  --version V         the version it runs now; other kinds may leave it out
  --kind KIND         deploy (default), restart, config, flag or scale
  --at TIME           RFC 3339; default now
  --instances A,B     the instances that changed; default all
  --region R          only in this region
  --description TEXT  a commit, a ticket, a flag and its variant
  --collector URL     default ${DEFAULT_COLLECTOR}

exit codes: 0 recorded, 2 not recorded (wrong usage, no collector)

example: faultline deploy --service payments --version 2.0.1 --region eu-1
`;

const KINDS = ["deploy", "restart", "config", "flag", "scale"];

/** `faultline deploy` */
export const command: Command = {
  help: HELP,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        service: { type: "string" },
        version: { type: "string" },
        kind: { type: "string", default: "deploy" },
        at: { type: "string" },
        instances: { type: "string" },
        region: { type: "string" },
        description: { type: "string" },
        collector: { type: "string", default: DEFAULT_COLLECTOR },
      },
    });
    const { service, kind, at, instances, collector, ...rest } = values;
    if (service === undefined || service === "") throw new UsageError("say what changed with --service NAME");
    if (!KINDS.includes(kind)) throw new UsageError(`--kind is one of ${KINDS.join(", ")}; got "${kind}"`);
    if (kind === "deploy" && (rest.version ?? "") === "") throw new UsageError("a deploy needs the version that runs now: --version V");
    const timeMs = at === undefined ? Date.now() : Date.parse(at);
    if (!Number.isFinite(timeMs)) throw new UsageError(`--at takes a time as 2026-11-21T10:00:00Z; got "${at}"`);
    const list = instances?.split(",").filter((each) => each !== "");
    const change = { service, kind, timeMs, ...rest, ...(list === undefined ? {} : { instances: list }) };
    const answer = await callCollector(collector, "/api/deploys", change);
    // Some other server may answer 200 to anything; a deploy that was not recorded would be missing in the next diagnosis.
    if (!isChangeOf(answer, service)) throw new UsageError(`${collector} did not answer like a Faultline collector; nothing is recorded`);
    io.stdout.write(
      `recorded: ${kind} of ${service}${rest.version === undefined ? "" : ` ${rest.version}`} at ${new Date(timeMs).toISOString()}\n`,
    );
    return 0;
  },
};

/** True when the answer is the change as the collector stores it. */
function isChangeOf(answer: unknown, service: string): boolean {
  return typeof answer === "object" && answer !== null && "service" in answer && answer.service === service;
}
