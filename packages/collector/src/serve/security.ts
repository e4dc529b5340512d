import type { IncomingMessage, ServerResponse } from "node:http";
import { isIP } from "node:net";
import type { ProblemDetails } from "@faultline/model";
import { toProblem } from "./problem.ts";
import { quote } from "./quote.ts";

/**
 * Captured text comes from attackers, so a page may run only our own files: nothing inline, nothing foreign, and no string becomes
 * script even through our own code (Trusted Types).
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
};

/** Sets the headers that every answer of the API and every page carries. There is no CORS: other origins may not read captures. */
export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
}

/**
 * Refuses what a foreign web page makes a browser send. DNS rebinding needs a host name that the attacker owns, so names other than
 * localhost and the configured ones are refused with 421; addresses cannot be rebound. A changing request from a browser must come
 * from our own origin (403).
 */
export function findIntrusion(request: IncomingMessage, allowedHosts: readonly string[]): ProblemDetails | undefined {
  const host = request.headers.host ?? "";
  if (!isTrustedHost(toHostName(host), allowedHosts)) {
    return toProblem(
      421,
      `This server does not answer to the name ${quote(toHostName(host))}; open it by its address, or start it with --allow-host NAME.`,
      "host",
    );
  }
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  const { origin } = request.headers;
  const site = request.headers["sec-fetch-site"];
  const isForeign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign || site === "cross-site" || site === "same-site") {
    return toProblem(
      403,
      "A page of another origin may not change anything here; send it from the dashboard or the command line.",
      isForeign ? "origin" : "sec-fetch-site",
    );
  }
  return undefined;
}

function toHostName(host: string): string {
  const name = host.startsWith("[") ? host.slice(1, host.indexOf("]")) : host.replace(/:\d*$/, "");
  return name.toLowerCase().replace(/\.$/, "");
}

function isTrustedHost(name: string, allowedHosts: readonly string[]): boolean {
  return name === "localhost" || name.endsWith(".localhost") || isIP(name) !== 0 || allowedHosts.includes(name);
}
