import { type CauseRule, hear } from "../findings.ts";

/** Words of a gateway, or a client, that has nobody left to send to. */
export const NO_SERVER_LEFT =
  /no healthy (?:upstream|host|backend)|no (?:available|live) (?:server|upstream|backend|instance)s?|No instances available|no server is available|no endpoints available|no servers available|no upstreams available|(?:all workers|no worker).{0,20}(?:error|available)|There is no available backend|NoHealthyUpstream|\bUH\b,?|Backend fetch failed|destination_unavailable/i;

/** A gateway has no server left to send to. */
export const noHealthyUpstream: CauseRule = {
  sign: "a gateway or client saying that no server is available",
  weigh: (findings) => ({ evidence: hear(findings, NO_SERVER_LEFT, { statement: "no healthy server was left to send to", weight: 4 }) }),
};
