/** Meshes, load balancers, reverse proxies and content networks, by their access logs or by what they say. */
import { ENVOY_OK, HAPROXY_OK, albLine, cloudflare, envoyLine, haproxyLine, type Envoy } from "../../access-lines.ts";
import { app, call, hop, line, maybe, numbered, thrown, visit } from "../../compose.ts";
import type { Scene, Turn } from "../../plan.ts";
import { byCall } from "../../shapes.ts";

const ORDERS = [
  "10.4.2.17:8080",
  "outbound|8080||orders.shop.svc.cluster.local",
  "orders",
  "orders.shop.svc.cluster.local",
  "orders.shop.example",
];
const ORIGIN = ["198.51.100.7", "shop.example"];
const SERVER = ["orders-1", "api/orders-1", "api", "10.0.0.1:80", "<NOSRV>", "api/<NOSRV>"];

/** A gateway of a mesh by its access log alone. */
const envoy = (bad: Envoy): NonNullable<Scene["access"]> => ({
  file: "istio.access.log",
  line: (turn, time) => envoyLine(turn, time, turn.isBad ? bad : ENVOY_OK),
});
/** A content network by its log alone. */
const edge = (status: number, origin: number): NonNullable<Scene["access"]> => ({
  file: "cloudflare.access.log",
  line: (turn, time) => cloudflare(turn, time, turn.isBad ? [status, origin] : [200, 200]),
});
/** nginx, which sends spans by its module, in front of an application; what it says when it fails. */
const nginx = (words: string, status: number) => (turn: Turn) => {
  const path = numbered("/shop", turn);
  return visit(
    app("nginx", "envoy"),
    "/shop/:id",
    turn.isBad
      ? {
          path,
          status,
          ms: 3,
          lines: [
            line(
              17,
              `${words}, client: 10.0.9.4, server: shop.example, request: "GET ${path} HTTP/1.1", upstream: "http://10.0.3.7:8080${path}", host: "shop.example"`,
            ),
          ],
        }
      : { path, steps: [call(visit(app("shop-app", "symfony"), "/shop/:id", { path }))] },
  );
};
const NGINX = { seen: { service: "nginx", route: "/shop/:id" }, creators: ["nginx", "shop-app", "10.0.3.7:8080"] } as const;
const NGINX_PATH = [hop("nginx", "created", "propagated"), maybe(["shop-app", "10.0.3.7:8080"], "created", "clean")];

/** See the file's head. */
export const EDGES: readonly Scene[] = [
  {
    name: "istio-names-no-cluster",
    software: "Istio's ingress gateway, its access log; a route names a destination that is not there",
    onset: 25,
    access: envoy({ status: 503, flags: "NC", details: "cluster_not_found", upstream: "-", ms: 0 }),
    cause: "bad-configuration",
    also: ["no-healthy-upstream"],
    creators: ["istio", ...ORDERS],
    path: [hop("istio", "created", "propagated"), maybe(ORDERS, "created", "clean")],
  },
  {
    name: "istio-authorizer-does-not-answer",
    software: "Istio's ingress gateway, its access log; the external authorizer is down, and its failure is a 503",
    onset: 26,
    access: envoy({ status: 503, flags: "UAEX", details: "ext_authz_error", upstream: "-", ms: 201 }),
    cause: "dependency-error",
    also: ["no-healthy-upstream", "dependency-timeout", "gateway-identity", "connection-refused"],
    creators: ["istio", ...ORDERS],
    path: [hop("istio", "created", "propagated"), maybe(ORDERS, "created", "clean")],
  },
  {
    name: "istio-cannot-resolve-the-origin",
    software: "Istio's ingress gateway, its access log; the external host's name does not resolve",
    onset: 27,
    access: envoy({ status: 503, flags: "DF", details: "dns_resolution_failure", upstream: "-", ms: 2 }),
    cause: "dns-failure",
    creators: ["istio", ...ORDERS],
    path: [hop("istio", "created", "propagated"), maybe(ORDERS, "created", "clean")],
  },
  {
    name: "istio-stream-lasted-too-long",
    software: "Istio's ingress gateway, its access log; the longest duration of a stream is reached",
    share: 0.3,
    access: envoy({ status: 504, flags: "UMSDR", details: "upstream_max_stream_duration_reached", upstream: "10.4.2.17:8080", ms: 10_001 }),
    cause: "gateway-timeout",
    also: ["dependency-timeout"],
    creators: ["istio", ...ORDERS],
    path: [hop("istio", "created", "propagated"), maybe(ORDERS, "created", "clean")],
  },
  {
    name: "istio-retries-are-used-up",
    software: "Istio's ingress gateway, its access log; three tries, each refused",
    onset: 28,
    access: envoy({
      status: 503,
      flags: "URX,UF",
      details: "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}",
      upstream: "10.4.2.17:8080",
      ms: 80,
    }),
    cause: "connection-refused",
    creators: ["istio", ...ORDERS],
    path: [hop("istio", "created", "propagated"), maybe(ORDERS, "created", "clean")],
  },
  {
    name: "cloudflare-520",
    software: "Cloudflare, its log alone; the origin's answer could not be understood",
    share: 0.2,
    access: edge(520, 520),
    cause: "gateway-mismatch",
    also: ["dependency-error"],
    creators: ["cloudflare", ...ORIGIN],
    path: [hop("cloudflare", "created", "propagated", "remapped"), maybe(ORIGIN, "created", "clean")],
  },
  {
    name: "cloudflare-522",
    software: "Cloudflare, its log alone; the origin does not take the connection in time",
    onset: 24,
    access: edge(522, 0),
    cause: "dependency-timeout",
    also: ["connection-refused", "gateway-timeout"],
    creators: ["cloudflare", ...ORIGIN],
    path: [hop("cloudflare", "created", "propagated"), maybe(ORIGIN, "created", "clean")],
  },
  {
    name: "cloudflare-523",
    software: "Cloudflare, its log alone; no way leads to the origin's address",
    onset: 26,
    access: edge(523, 0),
    cause: "connection-refused",
    also: ["no-healthy-upstream", "dns-failure"],
    creators: ["cloudflare", ...ORIGIN],
    path: [hop("cloudflare", "created", "propagated"), maybe(ORIGIN, "created", "clean")],
  },
  {
    name: "haproxy-forbidden-answer",
    software: "HAProxy 3, its HTTP log; the application's headers are not allowed to pass",
    share: 0.4,
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(
          turn,
          time,
          turn.isBad ? { server: "orders-1", times: "0/0/1/-1/7", status: 502, ending: "PH--", counts: "31/31/20/20/0 0/0" } : HAPROXY_OK,
        ),
    },
    cause: "gateway-mismatch",
    creators: ["haproxy", ...SERVER],
    path: [hop("haproxy", "created", "propagated"), maybe(SERVER, "created", "clean")],
  },
  {
    name: "haproxy-has-no-server",
    software: "HAProxy 3, its HTTP log; every server of the backend is down",
    onset: 25,
    access: {
      file: "haproxy.access.log",
      line: (turn, time) =>
        haproxyLine(
          turn,
          time,
          turn.isBad ? { server: "<NOSRV>", times: "0/-1/-1/-1/0", status: 503, ending: "SC--", counts: "31/31/20/0/0 0/0" } : HAPROXY_OK,
        ),
    },
    cause: "no-healthy-upstream",
    creators: ["haproxy", ...SERVER],
    path: [hop("haproxy", "created", "propagated"), maybe(SERVER, "created", "clean")],
  },
  {
    name: "alb-has-no-target",
    software: "AWS application load balancer, its access log; its target group is empty",
    onset: 27,
    access: {
      file: "alb.access.log",
      line: (turn, time) => albLine(turn, time, turn.isBad ? ["-1 -1 -1", 503, "-", "-"] : ["0.001 0.021 0.000", 200, "200"]),
    },
    cause: "no-healthy-upstream",
    creators: ["alb", ...SERVER],
    path: [hop("alb", "created", "propagated"), maybe(SERVER, "created", "clean")],
  },
  {
    ...NGINX,
    name: "nginx-header-too-big",
    software: "nginx in front of Symfony; the session's cookie grew",
    share: 0.3,
    visit: nginx("upstream sent too big header while reading response header from upstream", 502),
    cause: "gateway-mismatch",
    path: NGINX_PATH,
  },
  {
    ...NGINX,
    name: "nginx-no-live-upstreams",
    software: "nginx in front of Symfony; every server was taken out",
    onset: 26,
    visit: nginx("no live upstreams while connecting to upstream", 502),
    cause: "no-healthy-upstream",
    path: NGINX_PATH,
  },
  {
    ...NGINX,
    name: "nginx-handshake-with-the-backend-fails",
    software: "nginx in front of Symfony; the backend's TLS has no certificate for this name",
    onset: 28,
    visit: nginx(
      "SSL_do_handshake() failed (SSL: error:0A000458:SSL routines::tlsv1 unrecognized name:SSL alert number 112) while SSL handshaking to upstream",
      502,
    ),
    cause: "tls-failure",
    path: NGINX_PATH,
  },
  {
    ...NGINX,
    name: "nginx-out-of-connections",
    software: "nginx in front of Symfony; a worker has no connection left",
    onset: 24,
    share: 0.5,
    visit: nginx("1024 worker_connections are not enough while connecting to upstream", 500),
    cause: "resource-exhausted",
    path: NGINX_PATH,
    creators: ["nginx"],
  },
  {
    name: "traefik-bad-gateway",
    software: "Traefik in front of Pekko; the new pods do not listen on the port that is asked",
    onset: 27,
    visit: (turn) => {
      const path = numbered("/fleet", turn);
      return visit(
        app("traefik", "envoy"),
        "/fleet/:id",
        turn.isBad
          ? {
              path,
              status: 502,
              ms: 1,
              lines: [line(5, '502 Bad Gateway error="dial tcp 10.42.1.7:8080: connect: connection refused"')],
              attributes: { "error.message": "dial tcp 10.42.1.7:8080: connect: connection refused" },
            }
          : { path, steps: [call(visit(app("fleet", "pekko"), "/fleet/:id", { path }))] },
      );
    },
    seen: { service: "traefik", route: "/fleet/:id" },
    cause: "connection-refused",
    creators: ["traefik", "fleet"],
    path: [hop("traefik", "created", "propagated"), maybe("fleet", "created", "clean")],
  },
  {
    name: "linkerd-outbound-refused",
    software: "Linkerd's proxy before Ktor; it answers 502 where it cannot connect",
    onset: 25,
    ...byCall(app("menu", "ktor"), "/menus/:id", {
      host: "kitchen",
      answers: 502,
      bad: {
        status: 502,
        thrown: thrown(
          "io.ktor.client.plugins.ServerResponseException",
          'Server error(GET http://kitchen:8080/: 502 Bad Gateway. Text: ""',
          ["\tat com.acme.menu.Kitchen.load(Kitchen.kt:20)"],
        ),
      },
    }),
    beside: {
      lines: [26, 30, 40].map((index) => ({
        app: app("kitchen", "envoy"),
        atMs: index * 400,
        line: line(13, "Failed to connect error=endpoint 10.42.0.7:8080: Connection refused (os error 111) server=10.42.0.7:8080"),
      })),
    },
    cause: "connection-refused",
    also: ["dependency-error"],
    creators: ["kitchen"],
    path: [hop("menu", "propagated"), hop("kitchen", "created")],
  },
  {
    name: "mesh-policy-denies-the-caller",
    software: "Quarkus in an Istio mesh; a policy does not name its account, and the refusal becomes a 500",
    onset: 29,
    ...byCall(app("statements", "quarkus"), "/statements/:id", {
      host: "accounts",
      answers: 403,
      isCallers: true,
      bad: {
        thrown: thrown(
          "org.jboss.resteasy.reactive.ClientWebApplicationException",
          "Received: 'Forbidden, status code 403' when invoking REST Client method: 'com.acme.AccountClient#find': RBAC: access denied",
          ["\tat com.acme.statements.Statements.of(Statements.java:47)"],
        ),
      },
    }),
    cause: "gateway-identity",
    also: ["bad-configuration"],
  },
];
