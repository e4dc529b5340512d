import type { CauseId, Platform } from "@faultline/model";
import type { CheckTemplate } from "./checks-by-cause.ts";

type Checks = Partial<Readonly<Record<CauseId, readonly CheckTemplate[]>>>;

const NGINX_CONF = "nginx -T 2>/dev/null";
const HAPROXY_CONF = "/etc/haproxy/haproxy.cfg";
const HAPROXY_SOCKET = "socat stdio /run/haproxy/admin.sock";
const ENVOY_ADMIN = "curl -sS http://127.0.0.1:9901";

/** The checks for a language's runtime: a profile of a busy process, and what fills its memory. */
function askRuntime(profile: string, memory: string): Checks {
  return {
    "resource-exhausted": [{ check: "Profile one busy instance of {{service}} while it answers {{operation}}", command: profile }],
    "memory-leak": [
      { check: "See what fills the memory of one instance of {{service}}, twice, an hour apart, and what grew", command: memory },
    ],
  };
}

/** Where a server keeps its most recent log lines, as input for `faultline logs`. */
export const RECENT_LOGS: Partial<Readonly<Record<Platform, string>>> = {
  nginx: "npx faultline logs --from 15m /var/log/nginx/access.log /var/log/nginx/error.log",
  apache: "npx faultline logs --from 15m /var/log/apache2/access.log /var/log/apache2/error.log",
  haproxy: "journalctl --unit haproxy --since -15min --output cat | npx faultline logs -",
  caddy: "journalctl --unit caddy --since -15min --output cat | npx faultline logs -",
  varnish: "varnishncsa -d | npx faultline logs -",
  envoy: "kubectl logs POD --container istio-proxy --since 15m | npx faultline logs -",
  traefik: "docker logs --since 15m traefik 2>&1 | npx faultline logs -",
};

/** Checks for one kind of software, which come before those of the cause. They replace the cause's checks that are marked as general. */
export const PLATFORM_CHECKS: Readonly<Record<Platform, Checks>> = {
  node: askRuntime(
    "node --cpu-prof --cpu-prof-dir=profiles SERVER.js",
    "kill -USR2 PID   # started with node --heapsnapshot-signal=SIGUSR2",
  ),
  java: askRuntime(
    "jcmd PID JFR.start duration=30s filename=profile.jfr && jcmd PID Thread.print",
    "jcmd PID GC.class_histogram | head -30",
  ),
  python: askRuntime("py-spy record --pid PID --duration 30 --output profile.svg", "memray attach PID"),
  go: askRuntime(
    "go tool pprof 'http://127.0.0.1:6060/debug/pprof/profile?seconds=30'   # needs net/http/pprof",
    "go tool pprof -top http://127.0.0.1:6060/debug/pprof/heap   # needs net/http/pprof",
  ),
  ruby: askRuntime(
    "rbspy record --pid PID --duration 30",
    "rbtrace --pid PID --eval 'GC.start; ObjectSpace.count_objects'   # needs the gem rbtrace",
  ),
  php: askRuntime(
    "curl -sS 'http://127.0.0.1/status?full'   # pm.status_path of php-fpm: who works on what, is the queue full?",
    "ps -o pid,rss,etime,args -C php-fpm --sort=-rss | head",
  ),
  dotnet: askRuntime("dotnet-trace collect --process-id PID --duration 00:00:00:30", "dotnet-gcdump collect --process-id PID"),
  nginx: {
    "resource-exhausted": [
      {
        check: "Compare the connections and files that {{service}} may open with those that it has",
        command: `${NGINX_CONF} | grep -E 'worker_(processes|connections|rlimit_nofile)'; for p in $(pgrep nginx); do ls /proc/$p/fd | wc -l; done`,
      },
    ],
    "gateway-timeout": [
      { check: "How long does {{service}} wait for what is behind it?", command: `${NGINX_CONF} | grep -E '_(connect|read|send)_timeout'` },
    ],
    "no-healthy-upstream": [
      {
        check: "Which servers does {{service}} pass to, and after how many failures does it leave one out?",
        command: `${NGINX_CONF} | grep -A8 -E '^\\s*upstream '`,
      },
    ],
    "keepalive-race": [{ check: "How long does {{service}} keep idle connections open?", command: `${NGINX_CONF} | grep -E 'keepalive'` }],
    "body-too-large": [
      { check: "Which limit does {{service}} set?", command: `${NGINX_CONF} | grep -nE 'client_max_body_size|server_name|location'` },
    ],
    "gateway-mismatch": [
      {
        check: "What does {{service}} do to answers?",
        command: `${NGINX_CONF} | grep -nE '_(buffer|buffers|buffer_size|intercept_errors)|error_page'`,
      },
    ],
    "bad-configuration": [{ check: "Is the configuration of {{service}} valid, and is it the one that runs?", command: "nginx -t" }],
    "rate-limited-as-5xx": [
      {
        check: "Which limit does {{service}} set, and which status does it answer?",
        command: `${NGINX_CONF} | grep -nE 'limit_(req|conn)'`,
      },
    ],
  },
  haproxy: {
    "resource-exhausted": [
      {
        check: "Compare the connections of {{service}} with its limits, and see how busy it is",
        command: `echo 'show info' | ${HAPROXY_SOCKET} | grep -E '^(Maxconn|CurrConns|Maxsock|Idle_pct)'`,
      },
    ],
    "gateway-timeout": [{ check: "How long does {{service}} wait for what is behind it?", command: `grep -nE 'timeout' ${HAPROXY_CONF}` }],
    "no-healthy-upstream": [
      {
        check: "Which servers does {{service}} call down, since when, and by which check?",
        command: `echo 'show stat' | ${HAPROXY_SOCKET} | cut -d, -f1,2,18,24,37`,
      },
    ],
    "pool-exhausted": [
      {
        check: "Which queue of {{service}} is full, and how many connections may each server have?",
        command: `echo 'show stat' | ${HAPROXY_SOCKET} | cut -d, -f1-7`,
      },
    ],
    "keepalive-race": [
      {
        check: "How long does {{service}} keep idle connections open?",
        command: `grep -nE 'timeout (server|http-keep-alive)|http-reuse' ${HAPROXY_CONF}`,
      },
    ],
    "gateway-mismatch": [
      { check: "What was wrong with the answer that {{service}} refused?", command: `echo 'show errors' | ${HAPROXY_SOCKET}` },
    ],
    "bad-configuration": [{ check: "Is the configuration of {{service}} valid?", command: `haproxy -c -f ${HAPROXY_CONF}` }],
  },
  envoy: {
    "resource-exhausted": [
      {
        check: "Which limit of {{service}} was met?",
        command: `${ENVOY_ADMIN}/stats | grep -E 'overflow|overload|open_conn' | grep -v ': 0$'`,
      },
    ],
    "circuit-open": [
      {
        check: "Which circuit breaker of {{service}} is open?",
        command: `${ENVOY_ADMIN}/stats | grep -E 'circuit_breakers.*open: 1|overflow'`,
      },
    ],
    "gateway-timeout": [{ check: "Which time-outs does {{service}} run with?", command: `${ENVOY_ADMIN}/config_dump | grep -n timeout` }],
    "no-healthy-upstream": [
      { check: "Which hosts does {{service}} call unhealthy, and why?", command: `${ENVOY_ADMIN}/clusters | grep health_flags` },
    ],
  },
  apache: {
    "resource-exhausted": [
      {
        check: "Are all workers of {{service}} taken?",
        command: "apachectl fullstatus; apachectl -t -D DUMP_RUN_CFG; grep -rn MaxRequestWorkers /etc/apache2",
      },
    ],
    "gateway-timeout": [
      {
        check: "How long does {{service}} wait for what is behind it?",
        command: "grep -rniE '(Proxy)?Timeout|timeout=' /etc/apache2/*-enabled /etc/apache2/apache2.conf",
      },
    ],
    "body-too-large": [{ check: "Which limit does {{service}} set?", command: "grep -rn LimitRequestBody /etc/apache2" }],
    "bad-configuration": [{ check: "Is the configuration of {{service}} valid?", command: "apachectl configtest" }],
  },
  caddy: {
    "gateway-timeout": [
      {
        check: "Which time-outs does {{service}} run with?",
        command: "curl -sS http://127.0.0.1:2019/config/ | grep -oE '\"[a-z_]*timeout\":[^,}]*'",
      },
    ],
    "no-healthy-upstream": [
      { check: "Which upstreams does {{service}} call healthy?", command: "curl -sS http://127.0.0.1:2019/reverse_proxy/upstreams" },
    ],
    "bad-configuration": [{ check: "Is the configuration of {{service}} valid?", command: "caddy validate --config /etc/caddy/Caddyfile" }],
  },
  traefik: {
    "no-healthy-upstream": [
      { check: "Which servers does {{service}} call up? (needs its API)", command: "curl -sS http://127.0.0.1:8080/api/http/services" },
    ],
  },
  varnish: {
    "gateway-timeout": [
      {
        check: "How long does {{service}} wait for what is behind it?",
        command: "varnishadm param.show | grep -E 'first_byte_timeout|between_bytes_timeout|connect_timeout'",
      },
    ],
    "no-healthy-upstream": [{ check: "Which backends does {{service}} call sick?", command: "varnishadm backend.list" }],
    "resource-exhausted": [
      {
        check: "Which limit of {{service}} was met?",
        command: "varnishstat -1 | grep -E 'threads_limited|sess_dropped|sess_queued|fetch_failed|SMA.s0.c_fail'",
      },
    ],
  },
  postgresql: {
    "resource-exhausted": [
      {
        check: "How many connections does {{callee}} have, in which state, and how many may it have?",
        command:
          "psql -h {{host}} -c \"select state, count(*), current_setting('max_connections') as most from pg_stat_activity group by state\"",
      },
    ],
  },
  mysql: {
    "resource-exhausted": [
      {
        check: "How many connections does {{callee}} have, and how many may it have?",
        command: "mysql -h {{host}} -e \"show global status like 'Threads_%'; show variables like 'max_connections'\"",
      },
    ],
  },
  redis: {
    "resource-exhausted": [
      { check: "Is the memory of {{callee}} full, or its list of clients?", command: "redis-cli -h {{host}} info memory clients" },
    ],
    "memory-leak": [{ check: "What fills the memory of {{callee}}?", command: "redis-cli -h {{host}} --bigkeys" }],
  },
  mongodb: {
    "resource-exhausted": [
      {
        check: "How many connections does {{callee}} have, and how many may it have?",
        command: "mongosh --host {{host}} --eval 'db.serverStatus().connections'",
      },
    ],
  },
};
