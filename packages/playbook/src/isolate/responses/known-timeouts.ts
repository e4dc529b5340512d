/** A default time-out that a latency may betray. */
export type KnownTimeout = { readonly hop: string; readonly ms: number; readonly shows: readonly number[] };

/** Default time-outs of intermediaries and servers. All of them can be configured: a hint, never a proof. */
const KNOWN_TIMEOUTS: readonly KnownTimeout[] = [
  { hop: "Caddy (dial)", ms: 3000, shows: [502, 504] },
  { hop: "HAProxy (connect, packaged configuration)", ms: 5000, shows: [503] },
  { hop: "Envoy route", ms: 15_000, shows: [504] },
  { hop: "Fastly (first byte)", ms: 15_000, shows: [503] },
  { hop: "Azure Application Gateway", ms: 20_000, shows: [502, 504] },
  { hop: "AWS API Gateway (REST)", ms: 29_000, shows: [504] },
  { hop: "AWS API Gateway (HTTP)", ms: 30_000, shows: [503] },
  { hop: "CloudFront, Google load balancer, Heroku, gunicorn or a connection pool", ms: 30_000, shows: [500, 502, 503, 504] },
  { hop: "HAProxy (server, packaged configuration)", ms: 50_000, shows: [504] },
  { hop: "nginx, Kong, ALB or Azure Front Door", ms: 60_000, shows: [502, 503, 504] },
  { hop: "Cloudflare", ms: 100_000, shows: [524] },
  { hop: "Azure App Service", ms: 230_000, shows: [500, 502, 504] },
  { hop: "Cloud Run", ms: 300_000, shows: [504] },
];

const TOLERANCE_RATIO = 0.02;
const TOLERANCE_MS = 150;

/** The known time-out that a latency and status betray: within 2 % or 150 ms, whichever is more generous, and not below it by more. */
export function findKnownTimeout(latencyMs: number, status: number): KnownTimeout | undefined {
  return KNOWN_TIMEOUTS.find(
    ({ ms, shows }) => shows.includes(status) && Math.abs(latencyMs - ms) <= Math.max(TOLERANCE_MS, ms * TOLERANCE_RATIO),
  );
}
