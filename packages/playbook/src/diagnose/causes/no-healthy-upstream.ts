import { anyOf } from "@faultline/model";
import { hearBareRefusal } from "../signs/bare-refusal.ts";
import { type CauseRule, hear, isNamed } from "../findings.ts";
import { hearStranger } from "../signs/third-party.ts";

/** Messages of a gateway, or a client, that has no server left to which it can send. */
export const NO_SERVER_LEFT = new RegExp(
  anyOf(
    /no healthy (?:upstream|host|backend)/,
    /no (?:available|live) (?:server|upstream|backend|instance)s?/,
    /No instances available/,
    /no server is available/,
    /no endpoints available/,
    /no servers available/,
    /no upstreams available/,
    /(?:all workers|no worker).{0,20}(?:error|available)/,
    /There is no available backend/,
    /NoHealthyUpstream/,
    /Unable to find instance for/,
    /does not (?:contain|have) an? (?:available )?(?:instance|server)/,
    /no responders available/,
    /\bservice in fail-?fast\b/,
    /no active endpoints/,
    /produced zero addresses/,
    /no children to pick from/,
    /has no endpoints/,
    /No available services for ID: /,
    /ServicesAreEmptyError/,
    /No hosts are available for \//,
    /candidate within \d+ attempts at load balancing/,
    /no cluster leader\)?\s*$/,
    /no (?:healthy |live |active )?(?:peer|backend|replica|instance)s? (?:is |are |was |were )?(?:available|alive|left|reachable)/,
    /no provider available (?:from|for the service)/,
    /(?:failed to|failure to|unable to|could ?n[o']t|cannot) (?:get|find|select|pick|choose) an? (?:healthy |live |available )?(?:peer|backend|upstream|replica)\b/,
    /\bUH\b,?/,
    /Backend fetch failed/,
    /destination_unavailable/,
  ),
  "i",
);

/** A server was taken out for a while. Whether others are left is not said. */
const DISABLED = /disabling worker|marking (?:server|host|upstream) .{0,80}(?:down|unhealthy|failed)|temporarily disabled/i;

/** A gateway has no server left to send to. */
export const noHealthyUpstream: CauseRule = {
  sign: "a gateway or client saying that no server is available",
  weigh: (findings) => {
    const evidence = hear(findings, NO_SERVER_LEFT, { statement: "no healthy server was left to send to", weight: 4 });
    if (evidence.length > 0) return { evidence, against: hearStranger(findings) };
    const disabled = hear(findings, DISABLED, { statement: "the intermediary takes servers out that it cannot reach", weight: 2.5 });
    return { evidence: [...disabled, ...hearBareRefusal(findings, 1.5)], isAmbiguous: !isNamed(findings, "no-healthy-upstream") };
  },
};
