/** Lines of access logs as gateways, load balancers and content networks write them. */
import type { Turn } from "./plan.ts";

/** What Envoy logs about one request. */
export type Envoy = {
  readonly status: number;
  readonly flags: string;
  readonly details: string;
  readonly upstream: string;
  readonly ms: number;
};

/** Istio's default text line. */
export function envoyLine({ index, dice }: Turn, time: Date, { status, flags, details, upstream, ms }: Envoy): string {
  const id = Array.from({ length: 12 }, () => dice.whole(0, 15).toString(16)).join("");
  const inner = flags === "-" ? String(Math.max(1, ms - 1)) : "-";
  return `[${time.toISOString()}] "GET /orders/${4_100 + index} HTTP/1.1" ${status} ${flags} ${details} - "-" 0 ${status === 200 ? 512 : 91} ${ms} ${inner} "10.0.9.4" "okhttp/4.12.0" "6f1d2f7e-13a4-9d0b-8a51-${id}" "orders.shop.example" "${upstream}" outbound|8080||orders.shop.svc.cluster.local 10.4.1.9:50212 10.4.1.9:8443 10.0.9.4:41822 - default`;
}

/** A request that Envoy proxied successfully. */
export const ENVOY_OK: Envoy = { status: 200, flags: "-", details: "via_upstream", upstream: "10.4.2.17:8080", ms: 24 };

/** A line of Cloudflare's Logpush, with the status of its edge and the origin's. */
export const cloudflare = (turn: Turn, time: Date, [edge, origin]: readonly [number, number]): string =>
  JSON.stringify({
    ClientIP: "203.0.113.9",
    ClientRequestHost: "shop.example",
    ClientRequestMethod: "GET",
    ClientRequestURI: `/orders/${4_100 + turn.index}`,
    EdgeEndTimestamp: new Date(time.getTime() + 40).toISOString(),
    EdgeResponseBytes: 7_012,
    EdgeResponseStatus: edge,
    EdgeStartTimestamp: time.toISOString(),
    OriginIP: "198.51.100.7",
    OriginResponseStatus: origin,
    RayID: `8e1b2c3d4e5f${1_000 + turn.index}`,
  });

/** A line of an AWS application load balancer: its three times in seconds, its status and the target's, and the chosen target. */
export function albLine(
  { index }: Turn,
  time: Date,
  [times, status, target, chosen = "10.0.0.1:80"]: readonly [string, number, string, string?],
): string {
  const at = time.toISOString().replace("Z", "000Z");
  return `https ${at} app/shop/50dc6c495c0c9188 203.0.113.9:2817 ${chosen} ${times} ${status} ${target} 34 366 "GET https://shop.example:443/orders/${4_100 + index} HTTP/1.1" "okhttp/4.12.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/orders/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bb${1_000 + index}" "shop.example" "session-reused" 0 ${at} "forward" "-" "-" "${chosen}" "${target}" "-" "-"`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (value: number): string => String(value).padStart(2, "0");

/** What HAProxy logs about one request: the server, its five times in ms, the status and how the session ended. */
export type Haproxy = {
  readonly server: string;
  readonly times: string;
  readonly status: number;
  readonly ending: string;
  readonly counts: string;
};

/** A request that HAProxy proxied successfully. */
export const HAPROXY_OK: Haproxy = { server: "orders-1", times: "0/0/1/40/41", status: 200, ending: "----", counts: "31/31/20/20/0 0/0" };

/** HAProxy's HTTP log format. */
export function haproxyLine({ index }: Turn, time: Date, { server, times, status, ending, counts }: Haproxy): string {
  const day = `${two(time.getUTCDate())}/${MONTHS[time.getUTCMonth()] ?? ""}/${time.getUTCFullYear()}`;
  const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}.${String(time.getUTCMilliseconds()).padStart(3, "0")}`;
  return `haproxy[2847]: 10.0.1.55:54321 [${day}:${clock}] web api/${server} ${times} ${status} 212 - - ${ending} ${counts} "GET /orders/${4_100 + index} HTTP/1.1"`;
}

/** nginx's combined format followed by the upstream's address, status and times, the most common custom format. */
export function nginxLine(
  { index }: Turn,
  time: Date,
  {
    status,
    path,
    seconds,
    upstream,
  }: { status: number; path: string; seconds: string; upstream: readonly [address: string, status: string] },
): string {
  const day = `${two(time.getUTCDate())}/${MONTHS[time.getUTCMonth()] ?? ""}/${time.getUTCFullYear()}`;
  const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
  const ofEach = (value: string): string => upstream[1].replace(/[^, ]+/g, value);
  return `10.0.9.${index % 200} - - [${day}:${clock} +0000] "GET ${path} HTTP/1.1" ${status} 157 "-" "okhttp/4.12.0" rt=${seconds} uct="${ofEach("0.001")}" uht="${ofEach(seconds)}" urt="${ofEach(seconds)}" ua="${upstream[0]}" us="${upstream[1]}"`;
}
