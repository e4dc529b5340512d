import { parseArgs } from "node:util";
import type { ArmCounts, RolloutDecision } from "@faultline/model";
import { decideRollout, type RolloutPolicy } from "@faultline/playbook/rollout";
import { callCollector, DEFAULT_COLLECTOR } from "../collector-client.ts";
import { type Command, UsageError } from "../command.ts";
import { readNumber } from "../input/read-number.ts";
import { wrap } from "../output/wrap.ts";

const HELP = `usage: faultline gate --baseline V1 --canary V2 [--service NAME] [--route ROUTE] [--since MINUTES]
       faultline gate --counts FAILING/TOTAL,FAILING/TOTAL

May the canary have more traffic? Compares its server errors with the baseline's by an exact test and answers promote, roll back,
or wait for n more requests. Without evidence it never promotes.

  --baseline V        version that has the traffic now
  --canary V          version that asks for more
  --service NAME      only this service (recommended: two services may share a version)
  --route ROUTE       only this route
  --since MINUTES     how far back to count; default 60
  --counts A,B        counts instead of a collector: baseline first, each FAILING/TOTAL, as in 0/2700,5/300
  --margin RATIO      how much worse a promotion may be, 0 to 1; default 0.01
  --alpha P           probability of rolling back a good canary; default 0.01
  --minimum N         requests to the canary below which nothing is promoted; default 100
  --look K            the number of this look, when you ask again and again; keeps --alpha true over all looks
  --collector URL     default ${DEFAULT_COLLECTOR}
  --json              the decision as JSON

exit codes: 0 promote, 1 roll back, 2 wait, 4 the question could not be asked (wrong usage, no collector).
A pipeline that goes on only after exit code 0 is safe.

example: faultline gate --counts 0/2700,5/300
`;

const EXIT = { promote: 0, "roll-back": 1, wait: 2 } as const;
const EXIT_UNASKED = 4;

/** `faultline gate` */
export const command: Command = {
  help: HELP,
  usageExitCode: EXIT_UNASKED,
  async run(args, io) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        baseline: { type: "string" },
        canary: { type: "string" },
        service: { type: "string" },
        route: { type: "string" },
        since: { type: "string", default: "60" },
        counts: { type: "string" },
        margin: { type: "string" },
        alpha: { type: "string" },
        minimum: { type: "string" },
        look: { type: "string" },
        collector: { type: "string", default: DEFAULT_COLLECTOR },
        json: { type: "boolean", default: false },
      },
    });
    const policy = readPolicy(values);
    const arms = values.counts === undefined ? await fetchArms(values) : parseCounts(values.counts);
    const decision = decideRollout(arms.baseline, arms.canary, policy);
    io.stdout.write(values.json ? `${JSON.stringify(decision)}\n` : formatDecision(decision, io.stdout.columns));
    return EXIT[decision.kind];
  },
};

type Arms = { readonly baseline: ArmCounts; readonly canary: ArmCounts };

function parseCounts(text: string): Arms {
  const match = /^(\d+)\/(\d+),(\d+)\/(\d+)$/.exec(text.replaceAll(/\s/g, ""));
  if (match === null) throw new UsageError(`--counts takes FAILING/TOTAL,FAILING/TOTAL, baseline first, as in 0/2700,5/300; got "${text}"`);
  const [failing = 0, total = 0, canaryFailing = 0, canaryTotal = 0] = match.slice(1).map(Number);
  if (total > Number.MAX_SAFE_INTEGER || canaryTotal > Number.MAX_SAFE_INTEGER)
    throw new UsageError(`--counts: nobody has counted that many requests: "${text}"`);
  if (failing > total || canaryFailing > canaryTotal) throw new UsageError(`--counts: more failing than total in "${text}"`);
  return { baseline: { failing, total }, canary: { failing: canaryFailing, total: canaryTotal } };
}

type Question = { baseline?: string; canary?: string; service?: string; route?: string; since: string; collector: string };

async function fetchArms({ baseline, canary, service, route, since, collector }: Question): Promise<Arms> {
  if (baseline === undefined || canary === undefined)
    throw new UsageError("name both versions with --baseline V1 --canary V2, or give --counts");
  const query = new URLSearchParams({ baseline, canary, minutes: String(readNumber("since", since, { from: 1, to: 10_080 })) });
  if (service !== undefined) query.set("service", service);
  if (route !== undefined) query.set("route", route);
  const answer = await callCollector(collector, `/api/gate?${query.toString()}`);
  const { baseline: first, canary: second } = answer as Partial<Arms>;
  if (!isCounts(first) || !isCounts(second)) throw new UsageError(`${collector} did not answer with counts; is it a Faultline collector?`);
  return { baseline: first, canary: second };
}

function isCounts(value: unknown): value is ArmCounts {
  return typeof value === "object" && value !== null && "failing" in value && "total" in value;
}

function readPolicy(values: { margin?: string; alpha?: string; minimum?: string; look?: string }): RolloutPolicy {
  const { margin, alpha, minimum, look } = values;
  return {
    ...(margin === undefined ? {} : { marginRatio: readNumber("margin", margin, { from: 0, to: 1 }) }),
    ...(alpha === undefined ? {} : { alpha: readNumber("alpha", alpha, { from: 1e-9, to: 0.5 }) }),
    ...(minimum === undefined ? {} : { minimumRequests: readNumber("minimum", minimum, { from: 1, to: 1e9 }) }),
    ...(look === undefined ? {} : { look: Math.round(readNumber("look", look, { from: 1, to: 1e6 })) }),
  };
}

function formatDecision(decision: RolloutDecision, columns: number | undefined): string {
  const words = { promote: "PROMOTE", "roll-back": "ROLL BACK", wait: "WAIT" } as const;
  const more = decision.kind === "wait" && decision.needMore !== undefined ? ` for ${decision.needMore} more requests to the canary` : "";
  const because = columns === undefined ? [`  ${decision.because}`] : wrap(`  ${decision.because}`, columns);
  return `${[`${words[decision.kind]}${more}`, ...because].join("\n")}\n`;
}
