import { anyOf, type Evidence } from "@faultline/model";
import { isExchangeSpan } from "../../isolate/hops/exchange-hops.ts";
import type { Findings, Origin } from "../findings.ts";

/** Names that exist only inside a network: without a dot, in cluster domains, or private addresses. */
const INTERNAL = new RegExp(
  String.raw`^${anyOf(
    /[^.]+/,
    /.*\.(?:local|internal|svc|cluster|lan|intranet|corp|consul|flycast|test\.internal)/,
    /10\.[\d.]+/,
    /192\.168\.[\d.]+/,
    /172\.(?:1[6-9]|2\d|3[01])\.[\d.]+/,
    /127\.[\d.]+/,
    "localhost",
  )}(?::\d+)?$|\.svc\.`,
  "i",
);

/** True if the failing callee belongs to somebody else: outside of the network, and without any span of its own. */
export function isThirdParty(origin: Origin): boolean {
  const { call } = origin.step;
  if (call === undefined || call.callee !== undefined || call.peer.kind !== "service") return false;
  // What is behind a proxy that a team runs or rents belongs to the team, however public its address.
  if (isExchangeSpan(call.from.span)) return false;
  const address = call.from.span.attributes["server.address"];
  const name = typeof address === "string" ? address : call.peer.name;
  return !INTERNAL.test(name) || /(?:provider|third[-_]?party|external|vendor|stripe|paypal|adyen|twilio|sendgrid)/i.test(call.peer.name);
}

/** Evidence that the failing service is somebody else's, which says more than how it failed. */
export function hearStranger({ origin }: Findings): readonly Evidence[] {
  if (origin === undefined || !isThirdParty(origin)) return [];
  const measured = origin.step.call?.peer.name ?? origin.step.service;
  return [{ statement: "who failed is somebody else's service", measured, source: "span", weight: 1.5 }];
}
