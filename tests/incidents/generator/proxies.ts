/** What each proxy's configuration looks like in an incident: one backend of several servers, and the scenario's own lines. */
import type { ProxyName } from "../../rig/real-proxies.ts";

/** A server behind a proxy. */
export type Upstream = { readonly name: string; readonly port: number };

/** One proxy of an incident. */
export type ProxyPlan = {
  readonly kind: ProxyName;
  /** What its configuration calls the service behind it. */
  readonly backend: string;
  readonly servers: readonly Upstream[];
  readonly timeoutMs?: number;
  readonly isHttps?: boolean;
  /** Lines of the scenario, by the place in this proxy's configuration where they go. */
  readonly lines?: Readonly<Record<string, string>>;
};

/** Where a proxy stands while its files are written. */
export type ProxyPlace = { readonly directory: string; readonly port: number };

/** How Apache and varnishncsa write a line: the combined format, the time taken, and the client's trace. Varnish knows no `%>s`. */
export const TRACED_COMBINED = '%h %l %u %t "%r" %s %b "%{Referer}i" "%{User-Agent}i" %D "%{traceparent}i" "%{x-request-id}i"';

const MODULES = "/usr/lib/apache2/modules";
const LINES: Readonly<Record<string, string>> = {};

/** The files of each proxy, called as the rig calls them. */
export const PROXY_FILES: Readonly<Record<ProxyName, (plan: ProxyPlan, place: ProxyPlace) => Readonly<Record<string, string>>>> = {
  nginx: ({ backend, servers, timeoutMs = 2000, isHttps = false, lines = LINES }, { directory, port }) => ({
    "nginx.conf": `daemon off; worker_processes 1; user root; pid ${directory}/pid; error_log ${directory}/error.log; ${lines["main"] ?? ""}
events { ${lines["events"] ?? ""} }
http {
  map $http_traceparent $trace { default "-"; "~^..-(?<trace_part>[0-9a-f]+)-" $trace_part; }
  log_format up '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" rt=$request_time ua="$upstream_addr" us="$upstream_status" uht="$upstream_header_time" request_id="$http_x_request_id" trace_id="$trace"';
  access_log ${directory}/access.log up;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${directory}/${name};`).join(" ")}
  ${lines["http"] ?? ""}
  upstream ${backend} { ${servers.map((server) => `server 127.0.0.1:${server.port} ${lines["server"] ?? ""};`).join(" ")} ${lines["upstream"] ?? ""} }
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 20m;
    ${lines["listen"] ?? ""}
    location / { ${lines["pass"] ?? `proxy_pass ${isHttps ? "https" : "http"}://${backend};`} proxy_connect_timeout 1s; proxy_read_timeout ${timeoutMs}ms; ${lines["location"] ?? ""} }
  }
}`,
  }),
  haproxy: ({ backend, servers, timeoutMs = 2000, lines = LINES }, { port }) => ({
    "haproxy.cfg": `global
  log stdout format raw local0
  ${lines["global"] ?? ""}
defaults
  mode http
  log global
  option httplog
  retries 1
  timeout connect 1s
  timeout client 20s
  timeout server ${timeoutMs}ms
${lines["sections"] ?? ""}
frontend public
  bind 127.0.0.1:${port}
  ${lines["frontend"] ?? ""}
  default_backend ${backend}
backend ${backend}
  ${lines["backend"] ?? ""}
${servers.map(({ name, port: at }) => `  server ${name} 127.0.0.1:${at} ${lines["server"] ?? ""}`).join("\n")}
`,
  }),
  apache: ({ backend, servers, timeoutMs = 2000, isHttps = false, lines = LINES }, { directory, port }) => ({
    "apache.conf": `ServerRoot ${directory}
ServerName shop.example
Listen 127.0.0.1:${port}
PidFile ${directory}/pid
ErrorLog ${directory}/error.log
Mutex file:${directory} default
${[
  "mpm_event",
  "authz_core",
  "authz_host",
  "proxy",
  "proxy_http",
  "proxy_balancer",
  "slotmem_shm",
  "lbmethod_byrequests",
  "headers",
  "rewrite",
  "alias",
  "ssl",
]
  .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`)
  .join("\n")}
StartServers 1
ThreadsPerChild 25
MinSpareThreads 5
LogFormat "${TRACED_COMBINED.replaceAll('"', '\\"')}" traced
CustomLog ${directory}/access.log traced
ProxyTimeout ${Math.max(1, Math.round(timeoutMs / 1000))}
${lines["main"] ?? ""}
<Proxy balancer://${backend}>
${servers.map((server) => `  BalancerMember ${isHttps ? "https" : "http"}://127.0.0.1:${server.port} connectiontimeout=1 ${lines["server"] ?? "retry=0"}`).join("\n")}
</Proxy>
${lines["pass"] ?? `ProxyPass / balancer://${backend}/ ${lines["passOptions"] ?? ""}`}
`,
  }),
  caddy: ({ servers, timeoutMs = 2000, isHttps = false, lines = LINES }, { directory, port }) => ({
    Caddyfile: `{
  admin off
  auto_https off
  log {
    output file ${directory}/error.log
    format json
    exclude http.log.access
  }
}
http://:${port} {
  bind 127.0.0.1
  log {
    output file ${directory}/access.log
    format json
  }
  ${lines["site"] ?? ""}
  reverse_proxy ${lines["to"] ?? servers.map((server) => `${isHttps ? "https://" : ""}127.0.0.1:${server.port}`).join(" ")} {
    ${lines["proxy"] ?? ""}
    transport http {
      dial_timeout 1s
      response_header_timeout ${timeoutMs}ms
      ${lines["transport"] ?? ""}
    }
  }
}
`,
  }),
  varnish: ({ backend, servers, timeoutMs = 2000, lines = LINES }) => {
    const names = servers.map((_, index) => `${backend.replace(/\W/g, "_")}_${index + 1}`);
    return {
      "default.vcl": `vcl 4.1;
import directors;
${servers.map((server, index) => `backend ${names[index]} { .host = "127.0.0.1"; .port = "${server.port}"; .connect_timeout = 1s; .first_byte_timeout = ${timeoutMs}ms; .between_bytes_timeout = ${timeoutMs}ms; ${lines["server"] ?? ""} }`).join("\n")}
sub vcl_init { new pool = directors.round_robin(); ${names.map((name) => `pool.add_backend(${name});`).join(" ")} }
sub vcl_recv { set req.backend_hint = pool.backend(); ${lines["recv"] ?? "return (pass);"} }
${lines["more"] ?? ""}
`,
    };
  },
};
