/** A time-out that some hop has unless it was told otherwise; a failing latency close to it is a hint, never a proof. */
export type KnownTimeout = {
  readonly hop: string;
  readonly ms: number;
  readonly setting: string;
  readonly statuses: readonly number[];
  readonly confidence: "H" | "M" | "K";
};

/** Defaults of hops, by length. Source: the products' documentation. */
export const KNOWN_TIMEOUTS: readonly KnownTimeout[] = [
  { hop: "Caddy", ms: 3000, setting: "dial_timeout", statuses: [502, 504], confidence: "K" },
  { hop: "AWS Lambda", ms: 3000, setting: "function timeout", statuses: [502, 504], confidence: "K" },
  { hop: "HAProxy", ms: 5000, setting: "timeout connect of the packaged configuration", statuses: [503], confidence: "K" },
  { hop: "AWS ALB", ms: 10_000, setting: "connect timeout to a target", statuses: [502, 504], confidence: "H" },
  { hop: "Envoy", ms: 15_000, setting: "route timeout", statuses: [504], confidence: "K" },
  { hop: "Fastly", ms: 15_000, setting: "first byte timeout", statuses: [503], confidence: "K" },
  { hop: "Azure Application Gateway", ms: 20_000, setting: "request timeout", statuses: [504, 502], confidence: "K" },
  { hop: "Amazon API Gateway (REST)", ms: 29_000, setting: "integration timeout", statuses: [504], confidence: "K" },
  { hop: "Heroku router", ms: 30_000, setting: "first byte", statuses: [503], confidence: "H" },
  { hop: "Amazon API Gateway (HTTP)", ms: 30_000, setting: "integration timeout", statuses: [503, 504], confidence: "K" },
  { hop: "CloudFront", ms: 30_000, setting: "origin response timeout", statuses: [504], confidence: "K" },
  { hop: "Google Cloud load balancer", ms: 30_000, setting: "backend service timeout", statuses: [502, 504], confidence: "M" },
  { hop: "gunicorn", ms: 30_000, setting: "--timeout of the worker", statuses: [502, 500], confidence: "K" },
  { hop: "Traefik", ms: 30_000, setting: "dialTimeout", statuses: [502, 504], confidence: "K" },
  { hop: "a database or connection pool", ms: 30_000, setting: "connection or pool timeout", statuses: [500, 503], confidence: "K" },
  { hop: "HAProxy", ms: 50_000, setting: "timeout server of the packaged configuration", statuses: [504], confidence: "K" },
  { hop: "nginx", ms: 60_000, setting: "proxy_read_timeout or proxy_connect_timeout", statuses: [504, 502], confidence: "K" },
  { hop: "AWS ALB", ms: 60_000, setting: "idle timeout", statuses: [504], confidence: "H" },
  { hop: "Kong", ms: 60_000, setting: "read_timeout", statuses: [504], confidence: "K" },
  { hop: "Cloudflare", ms: 100_000, setting: "proxy read timeout", statuses: [524], confidence: "H" },
  { hop: "Azure App Service", ms: 230_000, setting: "front-end timeout", statuses: [502, 504, 500], confidence: "K" },
  { hop: "Cloud Run", ms: 300_000, setting: "request timeout", statuses: [504], confidence: "K" },
];

const TOLERANCE_RATIO = 0.02;
const TOLERANCE_MS = 150;

/** Known time-outs that a latency lies close to: within 2 % or 150 ms, whichever is more; those that answer with this status first. */
export function findTimeouts(durationMs: number, status: number): readonly KnownTimeout[] {
  const near = KNOWN_TIMEOUTS.filter(({ ms }) => Math.abs(durationMs - ms) <= Math.max(TOLERANCE_MS, ms * TOLERANCE_RATIO));
  return near.sort((a, b) => Number(b.statuses.includes(status)) - Number(a.statuses.includes(status)));
}

/** The hops whose default time-out a latency and status betray, as `nginx, AWS ALB or Kong`; undefined when there are none. */
export function nameTimeouts(durationMs: number, status: number): string | undefined {
  const hops = [...new Set(findTimeouts(durationMs, status).flatMap(({ hop, statuses }) => (statuses.includes(status) ? [hop] : [])))];
  return hops.length < 2 ? hops[0] : `${hops.slice(0, -1).join(", ")} or ${hops.at(-1)}`;
}
