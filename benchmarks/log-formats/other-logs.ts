/** Logs of other kinds than the main measurement's: further formats, and paths that are all new. The same bytes on every machine. */
import { closeSync, openSync, writeSync } from "node:fs";

/** One request, in the forms in which logs write its members. */
type Line = {
  readonly index: number;
  readonly iso: string;
  readonly clf: string;
  readonly client: string;
  readonly request: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly seconds: string;
  readonly bytes: number;
  readonly id: string;
};

const START_MS = Date.UTC(2026, 10, 20);
const ROUTES = ["GET /api/v1/users/#", "GET /api/v1/orders/#/items", "GET /api/v1/orders", "GET /health", "POST /checkout", "GET /cart/#"];
const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
  "curl/8.4.0",
  "python-requests/2.31.0",
];
const BLOCK_LINES = 2000;

let state = 42;

function below(limit: number): number {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

function pick(items: readonly string[]): string {
  return items[below(items.length)] ?? "";
}

function word(length: number): string {
  return Array.from({ length }, () => String.fromCharCode(97 + below(26))).join("");
}

function invent(index: number, makePath: ((index: number) => string) | undefined): Line {
  const iso = new Date(START_MS + index * 30).toISOString();
  const [method = "", path = ""] = (
    makePath === undefined ? pick(ROUTES).replace("#", () => String(below(1e6))) : `GET ${makePath(index)}`
  ).split(" ");
  const chance = below(1000);
  const ms = below(300);
  return {
    index,
    iso,
    clf: `${iso.slice(8, 10)}/Nov/2026:${iso.slice(11, 19)} +0000`,
    client: `${1 + below(223)}.${below(256)}.${below(256)}.${below(256)}`,
    request: `${method} ${path} HTTP/1.1`,
    method,
    path,
    status: chance < 20 ? 502 : chance < 60 ? 404 : 200,
    ms,
    seconds: (ms / 1000).toFixed(3),
    bytes: below(20_000),
    id: `${word(8)}${below(1e8)}`,
  };
}

const writeCombined = (line: Line) =>
  `${line.client} - - [${line.clf}] "${line.request}" ${line.status} ${line.bytes} "https://shop.example.com/" "${pick(AGENTS)}"`;

/** Lines by format. */
const FORMATS: Readonly<Record<string, (line: Line) => string>> = {
  "nginx combined with time": (line) => `${writeCombined(line)} ${line.seconds}`,
  "nginx with upstream times": (line) =>
    `${writeCombined(line)} rt=${line.seconds} uct="0.000" uht="${line.seconds}" urt="${line.seconds}" us="${line.status}" ua="10.0.0.${below(9)}:8080"`,
  "ingress-nginx": (line) =>
    `${writeCombined(line)} 489 ${line.seconds} [shop-api-8080] [] 10.4.2.${below(9)}:8080 ${line.bytes} ${line.seconds} ${line.status} ${line.id}`,
  "nginx in JSON": (line) =>
    JSON.stringify({
      time_iso8601: `${line.iso.slice(0, 19)}+00:00`,
      remote_addr: line.client,
      request_method: line.method,
      request_uri: line.path,
      status: String(line.status),
      body_bytes_sent: String(line.bytes),
      request_time: line.seconds,
      upstream_addr: "10.0.0.1:8080",
      upstream_status: String(line.status),
      http_user_agent: pick(AGENTS),
    }),
  "Apache combined with %D": (line) => `${writeCombined(line)} ${line.ms * 1000 + 417}`,
  HAProxy: (line) =>
    `Nov 20 ${line.iso.slice(11, 19)} lb1 haproxy[812]: ${line.client}:${1024 + below(60_000)} [${line.clf.slice(0, 20)}.${line.iso.slice(20, 23)}] fe~ be/app${below(4)} 0/0/1/${line.ms}/${line.ms + 1} ${line.status} ${line.bytes} - - ---- 10/10/2/1/0 0/0 "${line.request}"`,
  "AWS ALB": (line) =>
    `https ${line.iso.slice(0, 23)}000Z app/shop/50dc6c495c0c9188 ${line.client}:4711 10.0.1.${below(9)}:80 0.000 ${line.seconds} 0.000 ${line.status} ${line.status} 453 ${line.bytes} "${line.method} https://shop.example.com:443${line.path} HTTP/1.1" "${pick(AGENTS)}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-${line.id}" "shop.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/1234" 1 ${line.iso.slice(0, 23)}000Z "forward" "-" "-" "10.0.1.${below(9)}:80" "${line.status}" "-" "-"`,
  IIS: (line) =>
    `${line.index === 0 ? "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\n" : ""}${line.iso.slice(0, 10)} ${line.iso.slice(11, 19)} 10.0.0.5 ${line.method} ${line.path} - 443 - ${line.client} ${pick(AGENTS).replaceAll(" ", "+")} - ${line.status} 0 0 ${line.ms}`,
  Envoy: (line) =>
    `[${line.iso}] "${line.request}" ${line.status} - 0 ${line.bytes} ${line.ms} ${line.ms} "${line.client}" "${pick(AGENTS)}" "${line.id}" "shop.example.com" "10.0.0.4:8080"`,
  "Traefik in JSON": (line) =>
    JSON.stringify({
      ClientHost: line.client,
      DownstreamContentSize: line.bytes,
      DownstreamStatus: line.status,
      Duration: line.ms * 1e6,
      OriginDuration: line.ms * 1e6,
      OriginStatus: line.status,
      RequestMethod: line.method,
      RequestPath: line.path,
      RequestProtocol: "HTTP/1.1",
      RouterName: "shop@docker",
      ServiceURL: "http://10.0.0.4:8080",
      StartUTC: line.iso,
      level: "info",
      time: line.iso,
    }),
  "Caddy in JSON": (line) =>
    JSON.stringify({
      level: "info",
      ts: Date.parse(line.iso) / 1000,
      logger: "http.log.access",
      msg: "handled request",
      request: { remote_ip: line.client, proto: "HTTP/2.0", method: line.method, host: "shop.example.com", uri: line.path },
      duration: line.ms / 1000,
      size: line.bytes,
      status: line.status,
    }),
  pino: (line) =>
    JSON.stringify({
      level: 30,
      time: Date.parse(line.iso),
      reqId: line.id,
      req: { method: line.method, url: line.path, headers: { "user-agent": pick(AGENTS) }, remoteAddress: line.client },
      res: { statusCode: line.status },
      responseTime: line.ms,
      msg: "request completed",
    }),
  "nginx in a container (CRI)": (line) => `${line.iso.slice(0, 23)}123456Z stdout F ${writeCombined(line)} ${line.seconds}`,
  logfmt: (line) =>
    `time=${line.iso} level=info msg="request" method=${line.method} path=${line.path} status=${line.status} duration=${line.ms}ms remote=${line.client}`,
};

/** Paths that are all new, in nginx's combined format with time. */
const PATHS: Readonly<Record<string, (index: number) => string>> = {
  "every path new: /p/<slug>/<n>": (index) => `/p/${word(5)}-${word(4)}-${word(4)}/${index}`,
  "every path new: /<word>": () => `/${word(7)}`,
  "every path new, a quarter of the lines": (index) => (index % 4 === 0 ? `/p/${word(5)}-${word(4)}` : `/api/users/${index}`),
  "every path new, 2 to 15 deep": () => Array.from({ length: 2 + below(14) }, () => `/${word(2 + below(6))}`).join(""),
  "every path new, with extensions": (index) => `/a/${word(3)}.${word(1 + below(5))}/${word(2)}${index}.${word(4)}`,
};

/** What can be written: the name of a kind of log, with the writer of its lines. */
export const OTHER_LOGS: Readonly<Record<string, (index: number) => string>> = {
  ...Object.fromEntries(Object.entries(FORMATS).map(([name, write]) => [name, (index: number) => write(invent(index, undefined))])),
  ...Object.fromEntries(
    Object.entries(PATHS).map(([name, makePath]) => [
      name,
      (index: number) => {
        const line = invent(index, makePath);
        return `${writeCombined(line)} ${line.seconds}`;
      },
    ]),
  ),
};

/** Writes at least `sizeBytes` of whole lines. */
export function writeOtherLog(file: string, write: (index: number) => string, sizeBytes: number): void {
  state = 42;
  const fd = openSync(file, "w");
  let index = 0;
  for (let written = 0; written < sizeBytes;) {
    let block = "";
    for (let line = 0; line < BLOCK_LINES; line += 1) block += `${write(index + line)}\n`;
    index += BLOCK_LINES;
    written += writeSync(fd, block, null, "latin1");
  }
  closeSync(fd);
}
