/** Text formats of proxies and web servers, each from its own documentation or source. */
import {
  escapeAsApache,
  escapeAsHaproxy,
  escapeAsNginx,
  escapeAsUrl,
  toClfTime,
  toCTime,
  toHaproxyTime,
  toIsoTime,
  toWholeSeconds,
} from "./notations.ts";
import type { Served } from "./served.ts";

/** One way in which a software writes its lines, and what they show of a request beside its method, target and status. */
export type Writer = {
  readonly software: string;
  /** The line; undefined where the software writes none, or another one, about such a request. */
  readonly write: (served: Served) => string | undefined;
  readonly shows: ReadonlySet<"size" | "client" | "agent" | "duration">;
  /** The finest part of the time that is written. */
  readonly time: "none" | "seconds" | "ms";
  /** The target as the line has it, where the software changes it for good. */
  readonly spell?: (target: string) => string;
  /** False for software that never logs what is no request. */
  readonly logsRefusals?: boolean;
  /** True where `-` stands for an answer without a body. */
  readonly dashesNoBody?: boolean;
};

const ALL = new Set(["size", "client", "agent", "duration"] as const);
const NO_DURATION = new Set(["size", "client", "agent"] as const);
const COMMON = new Set(["size", "client"] as const);

type Escape = (text: string) => string;

function quote(text: string | undefined, escape: Escape): string {
  return text === undefined ? '"-"' : `"${escape(text)}"`;
}

function head(served: Served, escape: Escape): string {
  const { client, user = "-", atMs, requestLine, status } = served;
  return `${client} - ${user} [${toClfTime(atMs)}] "${escape(requestLine)}" ${status}`;
}

function nginx(served: Served): string {
  return `${head(served, escapeAsNginx)} ${served.bytes} ${quote(served.referrer, escapeAsNginx)} ${quote(served.agent, escapeAsNginx)}`;
}

function apache(served: Served): string {
  const request = served.requestLine === "" ? "-" : served.requestLine;
  return `${head({ ...served, requestLine: request }, escapeAsApache)} ${served.bytes === 0 ? "-" : served.bytes}`;
}

function apacheCombined(served: Served): string {
  return `${apache(served)} ${quote(served.referrer, escapeAsApache)} ${quote(served.agent, escapeAsApache)}`;
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}

const isSent = (served: Served) => served.method !== undefined;

/** nginx's predefined and usual layouts, and ingress-nginx. */
export const NGINX: readonly Writer[] = [
  { software: "nginx combined", write: nginx, shows: NO_DURATION, time: "seconds" },
  { software: "nginx main", write: (served) => `${nginx(served)} "198.51.100.7, 10.0.0.3"`, shows: NO_DURATION, time: "seconds" },
  { software: "nginx with the host first", write: (served) => `shop.example:443 ${nginx(served)}`, shows: NO_DURATION, time: "seconds" },
  { software: "nginx with its time", write: (served) => `${nginx(served)} ${seconds(served.durationMs)}`, shows: ALL, time: "seconds" },
  {
    software: "nginx with named times and an upstream",
    write: (served) =>
      `${nginx(served)} "-" rt=${seconds(served.durationMs)} uct="0.001" uht="0.002" urt="0.003" ua="unix:/run/app.sock" us="${served.status}"`,
    shows: ALL,
    time: "seconds",
  },
  {
    software: "nginx with named times and no upstream",
    write: (served) => `${nginx(served)} rt=${seconds(served.durationMs)} uct=- uht=- urt=- ua=- us=-`,
    shows: ALL,
    time: "seconds",
  },
  {
    software: "ingress-nginx",
    write: (served) =>
      `${nginx(served)} 512 ${seconds(served.durationMs)} [shop-orders-80] [] 10.2.0.7:8080 ${served.bytes} 0.003 ${served.status} 5a401812d3491489148c16a589f9e84c`,
    shows: ALL,
    time: "seconds",
  },
  {
    software: "ingress-nginx after retries",
    write: (served) =>
      `${nginx(served)} 512 ${seconds(served.durationMs)} [shop-orders-80] [] 10.2.0.7:8080, [fd00::7]:8080 0, ${served.bytes} 0.001, 0.003 502, ${served.status} 5a401812d3491489148c16a589f9e84c`,
    shows: ALL,
    time: "seconds",
  },
  {
    software: "ingress-nginx without an upstream",
    write: (served) => `${nginx(served)} 0 ${seconds(served.durationMs)} [] [] - - - - 5a401812d3491489148c16a589f9e84c`,
    shows: ALL,
    time: "seconds",
  },
];

/** httpd's predefined layouts and the usual additions. */
export const APACHE: readonly Writer[] = [
  { software: "httpd common", write: apache, shows: COMMON, time: "seconds", dashesNoBody: true },
  { software: "httpd combined", write: apacheCombined, shows: NO_DURATION, time: "seconds", dashesNoBody: true },
  {
    software: "httpd vhost_combined",
    write: (served) => `shop.example:80 ${apacheCombined(served)}`,
    shows: NO_DURATION,
    time: "seconds",
    dashesNoBody: true,
  },
  {
    software: "httpd vhost_common",
    write: (served) => `shop.example ${apache(served)}`,
    shows: COMMON,
    time: "seconds",
    dashesNoBody: true,
  },
  {
    software: "httpd combined and %D",
    write: (served) => `${apacheCombined(served)} ${served.durationMs * 1000 + 421}`,
    shows: NO_DURATION,
    time: "seconds",
    dashesNoBody: true,
  },
  {
    software: "httpd combined and %T/%D",
    write: (served) => `${apacheCombined(served)} ${Math.floor(served.durationMs / 1000)}/${served.durationMs * 1000}`,
    shows: ALL,
    time: "seconds",
    dashesNoBody: true,
  },
  {
    software: "httpd combinedio",
    write: (served) => `${apacheCombined(served)} 512 ${served.bytes + 300}`,
    shows: NO_DURATION,
    time: "seconds",
    dashesNoBody: true,
  },
  {
    software: "gunicorn",
    write: (served) => (isSent(served) ? apacheCombined(served) : undefined),
    shows: NO_DURATION,
    time: "seconds",
    dashesNoBody: true,
  },
];

function haproxyHead({ client, atMs }: Served, frontend: string): string {
  return `${client}:51234 [${toHaproxyTime(atMs)}] ${frontend}`;
}

function haproxyHttp(served: Served): string {
  const { durationMs, status, bytes } = served;
  const request = isSent(served) ? escapeAsHaproxy(served.requestLine) : "<BADREQ>";
  const [server, times, flags] = isSent(served)
    ? ["shop/web1", `1/0/2/3/${durationMs}`, "----"]
    : ["www/<NOSRV>", `-1/-1/-1/-1/${durationMs}`, status === 408 ? "cR--" : "PR--"];
  return `${haproxyHead(served, isSent(served) ? "www~" : "www")} ${server} ${times} ${status} ${bytes} - - ${flags} 3/2/1/1/0 0/0 {shop.example|Mozilla} {} "${request}"`;
}

/** HAProxy's three layouts for HTTP, and Envoy's and Istio's. */
export const PROXIES: readonly Writer[] = [
  { software: "HAProxy httplog", write: haproxyHttp, shows: new Set(["size", "client", "duration"]), time: "ms" },
  {
    software: "HAProxy httpslog",
    write: (served) => `${haproxyHttp(served)} 0/0/0/0/0 shop.example/TLSv1.3/TLS_AES_256_GCM_SHA384`,
    shows: new Set(["size", "client", "duration"]),
    time: "ms",
  },
  {
    software: "Envoy",
    write: (served) => envoy(served, ""),
    shows: ALL,
    time: "ms",
  },
  {
    software: "Istio",
    write: (served) => addTail(envoy(served, ' via_upstream - "-"')),
    shows: ALL,
    time: "ms",
  },
  {
    software: "Istio before 1.7",
    write: (served) => addTail(envoy(served, ' "-"')),
    shows: ALL,
    time: "ms",
  },
  { software: "Traefik CLF", write: (served) => (isSent(served) ? traefik(served) : undefined), shows: ALL, time: "seconds" },
  { software: "AWS ALB", write: alb, shows: NO_DURATION, time: "ms", spell: toAbsolute },
  { software: "CloudFront", write: cloudfront, shows: ALL, time: "seconds", spell: escapeAsUrl, logsRefusals: false },
  { software: "IIS", write: iis, shows: new Set(["client", "duration"]), time: "seconds", spell: escapeAsUrl, logsRefusals: false },
];

function addTail(line: string | undefined): string | undefined {
  return line === undefined ? undefined : `${line}${ISTIO}`;
}

const ISTIO =
  " outbound|8000||shop.default.svc.cluster.local 10.1.0.4:43210 10.1.0.9:8000 203.0.113.77:60290 outbound_.8000_._.shop.default default";

/** Envoy escapes nothing in its text, so where an agent with quotes ends, nobody can tell. */
function envoy(served: Served, details: string): string | undefined {
  if (!isSent(served) || served.agent?.includes('"') === true) return undefined;
  const { status, bytes, durationMs, client, agent = "-" } = served;
  const flags = status >= 500 ? "UF,URX" : "-";
  return `[${toIsoTime(served.atMs)}] "${served.requestLine}" ${status} ${flags}${details} 0 ${bytes} ${durationMs} 3 "${client}" "${agent}" "d209e46f-4ed5-9b61-bbdd-43e22662702a" "shop.example:8000" "10.1.0.9:8000"`;
}

function traefik(served: Served): string {
  const { referrer = "-", agent = "-" } = served;
  // Go's own quoting of texts.
  const quoted = (text: string) => JSON.stringify(text);
  return `${head(served, (text) => text)} ${served.bytes} ${quoted(referrer)} ${quoted(agent)} 500 "shop@docker" "http://10.1.0.9:80" ${served.durationMs}ms`;
}

function toAbsolute(target: string): string {
  if (!target.startsWith("/")) return target;
  return escapeAsUrl(`https://shop.example:443${target}`);
}

function alb(served: Served): string {
  const { client, status, bytes, target, method, protocol, agent } = served;
  const address = client.includes(":") ? `[${client}]` : client;
  const request = target === undefined ? "- http://shop.example:80- -" : `${method} ${toAbsolute(target)} ${protocol}`;
  const [to, times, code] = target === undefined ? ["-", "-1 -1 -1", "-"] : ["10.0.0.1:80", "0.001 0.060 0.000", String(status)];
  return `https ${toIsoTime(served.atMs).replace("Z", "000Z")} app/shop/50dc6c495c0c9188 ${address}:2817 ${to} ${times} ${status} ${code} 34 ${bytes} "${request}" ${quote(agent, escapeAsApache)} ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/shop/73e2d6bc24d8a067 "Root=1-58337262-36d228ad5d99923122bbe354" "shop.example" "-" 0 ${toIsoTime(served.atMs)} "forward" "-" "-" "${to}" "${code}" "-" "-" TID_1234`;
}

function splitUrl(target: string): readonly [string, string] {
  const [path = "", query = "-"] = escapeAsUrl(target)
    .replace(/^http:\/\/[^/]+/, "")
    .split(/\?(.*)/s);
  return [path, query];
}

function cloudfront(served: Served): string | undefined {
  const { target = "", client, method, status, bytes, referrer = "-", agent = "-", protocol, durationMs } = served;
  const [path, query] = splitUrl(target);
  const [date, time] = toWholeSeconds(served.atMs).split(/T|\.000Z/);
  const fields = [date, time, "FRA56-P4", bytes, client, method, "d111.cloudfront.net", path, status, escapeAsUrl(referrer)];
  const rest = [
    escapeAsUrl(escapeAsUrl(agent)),
    query,
    "-",
    "Miss",
    "ID==",
    "shop.example",
    "https",
    421,
    seconds(durationMs),
    "-",
    "TLSv1.3",
  ];
  return [...fields, ...rest, "TLS_AES_128_GCM_SHA256", "Miss", protocol, "-", "-", 51234, "0.061", "Miss", "-", 0, "-", "-"].join("\t");
}

function iis(served: Served): string {
  const [path, query] = splitUrl(served.target ?? "");
  const { method, client, user = "-", agent = "-", referrer = "-", status, durationMs } = served;
  const words = (text: string) => text.replaceAll(" ", "+");
  return `${toWholeSeconds(served.atMs).replace("T", " ").replace(".000Z", "")} 10.0.0.5 ${method} ${path} ${query} 443 ${user} ${client} ${words(agent)} ${words(referrer)} ${status} 0 0 ${durationMs}`;
}

/** Application servers and frameworks. */
export const APPLICATIONS: readonly Writer[] = [
  {
    software: "uWSGI",
    write: (served) =>
      `[pid: 88185|app: 0|req: 1/1] ${served.client} (${served.user ?? ""}) {38 vars in 696 bytes} [${toCTime(served.atMs)}] ${served.method} ${served.target} => generated ${served.bytes} bytes in ${served.durationMs} msecs (${served.protocol} ${served.status}) 9 headers in 378 bytes (1 switches on core 3)`,
    shows: new Set(["size", "client", "duration"]),
    time: "seconds",
    logsRefusals: false,
  },
  {
    software: "uvicorn",
    write: (served) =>
      `INFO:     ${served.client}:51234 - "${served.method} ${escapeAsUrl(served.target ?? "")} ${served.protocol.replace(".0", "")}" ${served.status}`,
    shows: new Set(["client"]),
    time: "none",
    spell: escapeAsUrl,
    logsRefusals: false,
  },
  {
    software: "Django's runserver",
    write: (served) =>
      `[${toHaproxyTime(served.atMs).slice(0, 20).replace(/:/, " ")}] "${served.requestLine}" ${served.status} ${served.bytes}`,
    shows: new Set(["size"]),
    time: "seconds",
  },
  {
    software: "morgan tiny",
    write: (served) =>
      `${served.method} ${escapeAsUrl(served.target ?? "")} ${served.status} ${served.bytes} - ${served.durationMs}.000 ms`,
    shows: new Set(["size", "duration"]),
    time: "none",
    spell: escapeAsUrl,
    logsRefusals: false,
  },
  {
    software: "morgan dev",
    write: (served) =>
      `\u001B[0m${served.method} ${escapeAsUrl(served.target ?? "")} \u001B[32m${served.status}\u001B[0m ${served.durationMs}.000 ms - ${served.bytes}\u001B[0m`,
    shows: new Set(["size", "duration"]),
    time: "none",
    spell: escapeAsUrl,
    logsRefusals: false,
  },
  {
    software: "morgan short",
    write: (served) =>
      `${served.client} ${served.user ?? "-"} ${served.method} ${escapeAsUrl(served.target ?? "")} HTTP/1.1 ${served.status} ${served.bytes} - ${served.durationMs}.000 ms`,
    shows: new Set(["size", "client", "duration"]),
    time: "none",
    spell: escapeAsUrl,
    logsRefusals: false,
  },
  {
    software: "Heroku's router",
    write: (served) =>
      `at=${served.status >= 500 ? 'error code=H12 desc="Request timeout"' : "info"} method=${served.method} path="${escapeAsUrl(served.target ?? "")}" host=shop.example request_id=8601b555-6a83-4c12-8269-97c8e32cdb22 fwd="${served.client}" dyno=web.1 connect=0ms service=${served.durationMs}ms status=${served.status} bytes=${served.bytes} protocol=https tls_version=tls1.3`,
    shows: new Set(["size", "client", "duration"]),
    time: "none",
    spell: escapeAsUrl,
    logsRefusals: false,
  },
  {
    software: "lograge",
    write: (served) =>
      `method=${served.method} path=${escapeAsUrl(served.target ?? "")} format=html controller=OrdersController action=show status=${served.status} duration=${served.durationMs}.00 view=40.43 db=15.26`,
    shows: new Set(["duration"]),
    time: "none",
    spell: escapeAsUrl,
    logsRefusals: false,
  },
  {
    software: "logfmt",
    write: (served) =>
      `time="${toIsoTime(served.atMs)}" level=info msg="request done" method=${served.method} path="${escapeAsUrl(served.target ?? "")}" status=${served.status} duration=${served.durationMs}ms remote_addr=${served.client} bytes=${served.bytes}`,
    shows: new Set(["size", "client", "duration"]),
    time: "ms",
    spell: escapeAsUrl,
    logsRefusals: false,
  },
];
