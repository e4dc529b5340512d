/** JSON formats of proxies, clouds and loggers, each from its own documentation or source. */
import { toClfTime, toIsoTime } from "./notations.ts";
import type { Served } from "./served.ts";
import type { Writer } from "./text-writers.ts";

type Shows = Writer["shows"];

const ALL: Shows = new Set(["size", "client", "agent", "duration"]);
const NO_AGENT: Shows = new Set(["size", "client", "duration"]);

function write(software: string, shows: Shows, toObject: (served: Served) => object): Writer {
  return { software, shows, time: "ms", logsRefusals: false, write: (served) => JSON.stringify(toObject(served)) };
}

function splitTarget(target = ""): { readonly path: string; readonly query: string } {
  const [path = "", query = ""] = target.split(/\?(.*)/s);
  return { path, query };
}

function headersOf({ agent, referrer }: Served): object {
  return {
    host: "shop.example",
    ...(agent === undefined ? {} : { "user-agent": agent }),
    ...(referrer === undefined ? {} : { referer: referrer }),
  };
}

function toNginx(served: Served): object {
  return {
    time_iso8601: toIsoTime(served.atMs).replace("Z", "+00:00"),
    remote_addr: served.client,
    request_method: served.method,
    request_uri: served.target,
    server_protocol: served.protocol,
    status: String(served.status),
    body_bytes_sent: String(served.bytes),
    request_time: (served.durationMs / 1000).toFixed(3),
    http_referer: served.referrer ?? "",
    http_user_agent: served.agent ?? "",
    upstream_addr: "10.0.0.2:80",
    upstream_status: String(served.status),
  };
}

function toEnvoy(served: Served): object {
  return {
    ":authority": "shop.example",
    bytes_received: 0,
    bytes_sent: served.bytes,
    connection_termination_details: null,
    downstream_remote_address: "198.51.100.77:60290",
    duration: served.durationMs,
    method: served.method,
    protocol: served.protocol,
    response_code: served.status,
    response_code_details: "via_upstream",
    response_flags: "-",
    start_time: toIsoTime(served.atMs),
    upstream_host: "10.1.0.9:8000",
    "user-agent": served.agent ?? null,
    "x-envoy-origin-path": served.target,
    "x-envoy-upstream-service-time": "3",
    "x-forwarded-for": served.client,
    "x-request-id": "d209e46f-4ed5-9b61-bbdd-43e22662702a",
  };
}

function toIstio(served: Served): object {
  const {
    ":authority": authority,
    "user-agent": agent,
    "x-envoy-origin-path": path,
    "x-forwarded-for": forwarded,
    ...rest
  } = {
    ":authority": "",
    "user-agent": undefined,
    "x-envoy-origin-path": "",
    "x-forwarded-for": "",
    ...toEnvoy(served),
  };
  return { ...rest, authority, user_agent: agent, path, x_forwarded_for: forwarded, upstream_service_time: "3", route_name: "default" };
}

function toTraefik(served: Served): object {
  return {
    ClientAddr: `${served.client}:51234`,
    ClientHost: served.client,
    ClientUsername: served.user ?? "-",
    DownstreamContentSize: served.bytes,
    DownstreamStatus: served.status,
    Duration: served.durationMs * 1_000_000,
    OriginContentSize: served.bytes,
    OriginDuration: served.durationMs * 1_000_000,
    OriginStatus: served.status,
    Overhead: 0,
    RequestAddr: "shop.example",
    RequestCount: 502,
    RequestMethod: served.method,
    RequestPath: served.target,
    RequestProtocol: served.protocol,
    RetryAttempts: 0,
    RouterName: "shop@docker",
    ServiceURL: "http://10.1.0.9:80",
    StartUTC: toIsoTime(served.atMs),
    "request_User-Agent": served.agent ?? "-",
    level: "info",
    msg: "",
    time: toIsoTime(served.atMs + 500),
  };
}

function toCaddy(served: Served): object {
  const headers = served.agent === undefined ? {} : { "User-Agent": [served.agent] };
  return {
    level: served.status >= 500 ? "error" : "info",
    ts: served.atMs / 1000,
    logger: "http.log.access.log0",
    msg: "handled request",
    request: {
      remote_ip: "10.9.9.9",
      remote_port: "51234",
      client_ip: served.client,
      proto: served.protocol,
      method: served.method,
      host: "shop.example",
      uri: served.target,
      headers,
    },
    bytes_read: 0,
    user_id: served.user ?? "",
    duration: served.durationMs / 1000,
    size: served.bytes,
    status: served.status,
    resp_headers: { Server: ["Caddy"] },
  };
}

function toGoogle(served: Served): object {
  const target = served.target ?? "";
  return {
    insertId: "1x2y3z",
    logName: "projects/p/logs/requests",
    severity: "INFO",
    timestamp: toIsoTime(served.atMs),
    resource: { type: "http_load_balancer", labels: {} },
    jsonPayload: { statusDetails: "response_sent_by_backend" },
    httpRequest: {
      requestMethod: served.method,
      requestUrl: target.startsWith("/") ? `https://shop.example${target}` : target,
      requestSize: "512",
      status: served.status,
      responseSize: String(served.bytes),
      userAgent: served.agent,
      remoteIp: served.client,
      latency: `${(served.durationMs / 1000).toFixed(6)}s`,
    },
  };
}

function toCloudflare(served: Served): object {
  return {
    ClientIP: served.client,
    ClientRequestHost: "shop.example",
    ClientRequestMethod: served.method,
    ClientRequestURI: served.target,
    ClientRequestUserAgent: served.agent ?? "",
    EdgeEndTimestamp: toIsoTime(served.atMs + served.durationMs),
    EdgeResponseBytes: served.bytes,
    EdgeResponseStatus: served.status,
    EdgeStartTimestamp: toIsoTime(served.atMs),
    OriginResponseStatus: served.status,
    RayID: "3a6050bcbe121a87",
  };
}

function toKong(served: Served): object {
  return {
    latencies: { request: served.durationMs, kong: 9, proxy: 40 },
    service: { name: "shop" },
    request: { method: served.method, uri: served.target, size: "75", headers: headersOf(served), querystring: {} },
    client_ip: served.client,
    tries: [{ ip: "10.1.0.9", port: 80, balancer_latency: 0, balancer_start: served.atMs }],
    upstream_uri: "/",
    response: { headers: {}, status: served.status, size: String(served.bytes) },
    started_at: served.atMs,
  };
}

function toPino(served: Served): object {
  return {
    level: served.status >= 500 ? 50 : 30,
    time: served.atMs,
    pid: 1,
    hostname: "web-1",
    req: { id: 1, method: served.method, url: served.target, headers: headersOf(served), remoteAddress: served.client, remotePort: 51234 },
    res: { statusCode: served.status, headers: { "content-length": String(served.bytes) } },
    responseTime: served.durationMs,
    msg: "request completed",
  };
}

function toWinston(served: Served): object {
  return {
    level: "info",
    message: "HTTP GET /",
    timestamp: toIsoTime(served.atMs),
    meta: {
      req: { url: served.target, headers: headersOf(served), method: served.method },
      res: { statusCode: served.status },
      responseTime: served.durationMs,
    },
  };
}

function toEcs(served: Served): object {
  const { path, query } = splitTarget(served.target);
  return {
    "@timestamp": toIsoTime(served.atMs),
    "ecs.version": "1.6.0",
    "log.level": "info",
    message: "answered",
    http: {
      version: "1.1",
      request: { method: served.method },
      response: { status_code: served.status, body: { bytes: served.bytes } },
    },
    url: { path, ...(query === "" ? {} : { query }), domain: "shop.example" },
    client: { address: served.client },
    user_agent: { original: served.agent },
    event: { duration: served.durationMs * 1_000_000 },
  };
}

function toApiGateway(served: Served): object {
  return {
    requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    ip: served.client,
    caller: "-",
    user: "-",
    requestTime: toClfTime(served.atMs),
    httpMethod: served.method,
    resourcePath: "/{proxy+}",
    path: served.target,
    status: String(served.status),
    protocol: served.protocol,
    responseLength: String(served.bytes),
    responseLatency: String(served.durationMs),
  };
}

/** Each JSON format of the named software. */
export const JSON_WRITERS: readonly Writer[] = [
  write("nginx in JSON", ALL, toNginx),
  write("nginx in JSON, numbers as numbers", ALL, (served) => ({
    ...toNginx(served),
    status: served.status,
    body_bytes_sent: served.bytes,
    request_time: served.durationMs / 1000,
  })),
  write("Envoy in JSON", ALL, toEnvoy),
  write("Istio in JSON", ALL, toIstio),
  write("Traefik in JSON", ALL, toTraefik),
  write("Caddy", ALL, toCaddy),
  write("Google's load balancer", ALL, toGoogle),
  write("Cloudflare", ALL, toCloudflare),
  write("Kong", ALL, toKong),
  write("pino-http", ALL, toPino),
  write("winston of express-winston", new Set(["agent", "duration"]), toWinston),
  write("ECS", ALL, toEcs),
  { ...write("API Gateway in JSON", NO_AGENT, toApiGateway), time: "seconds" },
];
