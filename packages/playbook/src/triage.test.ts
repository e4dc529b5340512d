import { describe, expect, it } from "vitest";
import { SIGNATURES } from "./isolate/signatures/index.ts";
import { type Probe, type ProbeResponse, type ProxyStatement, triageProbes } from "./triage.ts";

const WINDOW = { fromMs: 0, toMs: 1000 };
type Part = Partial<Omit<ProbeResponse, "headers">> & { readonly headers?: Readonly<Record<string, string>> };

function respond(purpose: Probe["purpose"], { headers = {}, status = 200, ...rest }: Part, more: Partial<Probe> = {}): Probe {
  const response = {
    status,
    statusLine: `HTTP/1.1 ${status}`,
    bodyBytes: rest.body?.length ?? 0,
    headers: Object.entries(headers),
    ...rest,
  };
  return {
    purpose,
    method: "GET",
    url: "http://api.example/cart",
    response,
    totalMs: 20,
    firstByteMs: 20,
    requestBodyBytes: 0,
    wantsJson: true,
    ...more,
  };
}

const broken = (phase: "dns" | "connect" | "tls" | "response", code: string): Probe => {
  const { response: _none, ...probe } = respond("first", {});
  return { ...probe, failure: { phase, code, message: "" }, totalMs: 5 };
};

const judge = (probes: readonly Probe[], proxyStatus: readonly ProxyStatement[] = []) =>
  triageProbes({ probes, proxyStatus, signatures: SIGNATURES, target: "http://api.example/cart" }, WINDOW);

const NGINX_502 =
  "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>";
const GOOD_APP = {
  status: 200,
  headers: { "content-type": "application/json", "x-request-id": "1", "strict-transport-security": "x" },
  body: "{}",
};

describe("triage of one failing request", () => {
  it("names nginx for its own page, although it is the app behind it that does not answer", () => {
    const { maker, diagnosis } = judge([
      respond("first", { status: 502, headers: { "content-type": "text/html", server: "nginx" }, body: NGINX_502 }),
      respond("simple", GOOD_APP),
    ]);
    expect(maker).toMatchObject({ maker: "intermediary", name: "nginx" });
    expect(maker.evidence[0]).toMatchObject({
      statement: "nginx got no valid response: refused, reset, invalid header, TLS failure, no live backend",
      measured: "signature nginx-502, read in its source or documentation: nginx, ngx_http_special_response.c",
    });
    expect(diagnosis.path.at(-1)).toMatchObject({ service: "nginx", fate: "created" });
    expect(diagnosis.next.map(({ command }) => command)).toEqual([
      "npx faultline logs --from 15m /var/log/nginx/access.log /var/log/nginx/error.log",
      "npx faultline triage http://api.example/cart --direct BACKEND_URL",
    ]);
  });

  it("names the app if the failure has the app's own headers and error body", () => {
    const headers = { ...GOOD_APP.headers, "content-type": "application/problem+json" };
    const { maker, diagnosis } = judge([
      respond("first", { status: 500, headers, body: '{"title":"Internal Server Error","status":500}' }),
      respond("simple", GOOD_APP),
    ]);
    expect(maker.maker).toBe("app");
    expect(diagnosis).toMatchObject({ verdict: "diagnosed", causes: [{ cause: "unhandled-exception" }] });
    expect(diagnosis.next.filter(({ check }) => check.includes("log"))).toHaveLength(1);
  });

  it.each([
    `{"message":"Cannot read properties of undefined (reading 'id')"}`,
    `{"error":"java.lang.NullPointerException: Cannot invoke \\"Order.total()\\" because \\"order\\" is null"}`,
    `{"detail":"'NoneType' object has no attribute 'total'"}`,
    "Object reference not set to an instance of an object.",
    "runtime error: invalid memory address or nil pointer dereference",
    `{"error":"undefined method 'total' for nil"}`,
    `{"message":"Call to a member function total() on null"}`,
  ])("recognises an app and its defect by what only its runtime writes: %s", (body) => {
    const { maker, diagnosis } = judge([respond("first", { status: 500, body }), respond("simple", { status: 200, body: "ok" })]);
    expect(maker.maker).toBe("app");
    expect(diagnosis).toMatchObject({ verdict: "diagnosed", causes: [{ cause: "unhandled-exception" }] });
  });

  it.each(["Something went wrong", `{"error":"order 17 is not a function of this shop"}`, `{"message":"undefined method of payment"}`])(
    "does not take what people say for a runtime's words: %s",
    (body) => {
      const { maker } = judge([respond("first", { status: 500, body }), respond("simple", { status: 200, body: "ok" })]);
      expect(maker.maker).toBe("unknown");
    },
  );

  it.each([
    ["an address behind a name", 502, "upstream error: no healthy host at backend-pool (10.0.0.3:8080)"],
    ["a host behind a name", 503, `{"message":"cannot reach service at orders (api.orders.com:8443)"}`],
    ["a place behind a name", 500, "See you at Store (Berlin:10)"],
    ["what a gateway on the JVM says of who is behind it", 504, `{"message":"java.util.concurrent.TimeoutException: upstream"}`],
    ["that a JVM could not connect", 502, `{"message":"java.net.ConnectException: Connection refused: orders/10.0.0.2:8080"}`],
  ])("does not take %s for a frame or an app's words", (_, status, body) => {
    const { maker } = judge([respond("first", { status, body }), respond("simple", { status: 200, body: "ok" })]);
    expect(maker.maker).not.toBe("app");
  });

  it("does not take a failed fetch for a defect of the code", () => {
    const { diagnosis } = judge([
      respond("first", { status: 500, body: `{"error":"TypeError: fetch failed"}` }),
      respond("simple", GOOD_APP),
    ]);
    expect(JSON.stringify(diagnosis.causes)).not.toContain("had not foreseen");
  });

  it.each([
    "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.",
    "PHP Fatal error: Uncaught PDOException: SQLSTATE[HY000] [2002] Connection timed out in /var/www/db.php on line 3",
    "ActiveRecord::ConnectionTimeoutError: could not obtain a connection from the pool",
    `{"error":"TypeError: fetch failed"}`,
  ])("names no defect if a call failed that an app's runtime describes: %s", (body) => {
    const { maker, diagnosis } = judge([respond("first", { status: 500, body }), respond("simple", GOOD_APP)]);
    expect(maker.maker).toBe("app");
    expect(diagnosis.verdict).toBe("inconclusive");
  });

  it.each([`{"error":"Undefined variable in your formula"}`, `{"error":"Undefined index fund"}`])(
    "takes no word of a trade for PHP's: %s",
    (body) => {
      const { maker } = judge([respond("first", { status: 500, body }), respond("simple", { status: 200, body: "ok" })]);
      expect(maker.maker).toBe("unknown");
    },
  );

  it.each([
    'Undefined array key "total"',
    `{"message":"Undefined array key \\"total\\""}`,
    "Notice: Undefined index: total in cart",
    "Undefined variable $total",
  ])("recognises PHP by what it misses: %s", (body) => {
    const { maker } = judge([respond("first", { status: 500, body }), respond("simple", { status: 200, body: "ok" })]);
    expect(maker.maker).toBe("app");
  });

  it.each([
    ["another's fault, as it tells it", 500, `{"error":"images: Worker threw exception (Cloudflare 1101)"}`],
    [
      "another's page, as it tells of it",
      502,
      `{"error":"Web server received an invalid response while acting as a gateway or proxy server"}`,
    ],
    ["what its page says of others", 503, "<p>We left Sucuri WebSite Firewall. Backend or gateway work goes on.</p>"],
    ["a fault of a service of old", 500, `{"fault":{"faultcode":"Server","faultstring":"Order 17 is locked","errorcode":"ORD17"}}`],
    ["a fault of a machine", 500, `{"fault":{"message":"x","description":"Status report of pump 4 failed"}}`],
    [
      "Spring's body with an id of its own",
      503,
      `{"timestamp":"x","status":503,"error":"Service Unavailable","path":"/cart","requestId":"0b9e7d2e"}`,
    ],
    [
      "a reactive service's own word",
      503,
      `{"timestamp":"x","path":"/cart","status":503,"error":"Service Unavailable","requestId":"ab-1","message":"closed for stock-taking"}`,
    ],
  ])("does not take an app's own answer for a gateway's: %s", (_, status, body) => {
    const { maker } = judge([respond("first", { status, body }), respond("simple", { status: 200, body: "ok" })]);
    expect(maker.maker).not.toBe("intermediary");
  });

  it("does not call the defect of a call what the call's own words explain", () => {
    const body = "TypeError: fetch failed\n    at node:internal/deps/undici/undici:1:1\n  cause: connect ECONNREFUSED 127.0.0.1:5432";
    const { maker, diagnosis } = judge([respond("first", { status: 500, body }), respond("simple", { status: 200, body: "ok" })]);
    expect(maker.maker).toBe("app");
    expect(diagnosis.causes[0]).toMatchObject({ cause: "connection-refused" });
  });

  it("believes Proxy-Status, and maps its error type to a cause", () => {
    const { maker, diagnosis } = judge(
      [respond("first", { status: 502, headers: {} })],
      [{ proxy: "edge-1", error: "connection_refused" }],
    );
    expect(maker).toMatchObject({ maker: "intermediary", name: "edge-1" });
    expect(diagnosis.causes[0]).toMatchObject({ cause: "connection-refused" });
  });

  it("calls the gateway's change of status remapped if the backend's own answer differs", () => {
    const { diagnosis } = judge(
      [respond("first", { status: 500, body: "<html>" }), respond("direct", { status: 502, body: "{}" })],
      [{ proxy: "edge-1", receivedStatus: 502 }],
    );
    expect(diagnosis.path.map(({ service, fate }) => [service, fate])).toEqual([
      ["edge-1", "remapped"],
      ["the app behind api.example", "created"],
    ]);
  });

  it("does not take the page that a gateway writes over a 502 for the app's, nor its 500 for an exception", () => {
    const page = respond("first", { status: 500, headers: { "content-type": "text/html", server: "edge-1" }, body: "<html>" });
    const { maker, diagnosis } = judge([page, { ...page, purpose: "again" }], [{ proxy: "edge-1", receivedStatus: 502 }]);
    expect(maker).toMatchObject({ maker: "intermediary", name: "edge-1" });
    expect(diagnosis.causes.filter(({ confidence }) => confidence >= 0.5)).toEqual([]);
    expect(diagnosis.path.map(({ service, status, fate }) => [service, status, fate])).toEqual([
      ["edge-1", "500", "remapped"],
      ["the app behind api.example", "502", "created"],
    ]);
  });

  it("finds the flaw in a good backend answer that the gateway refuses", () => {
    const direct = respond("direct", { status: 200, body: "{}" });
    const flawed = {
      ...direct,
      response: {
        ...(direct.response as ProbeResponse),
        headers: [
          ["Content-Length", "2"],
          ["Content-Length", "2"],
          ["Content-Type", "application/json"],
        ] as [string, string][],
      },
    };
    const { maker, diagnosis } = judge([respond("first", { status: 502, body: NGINX_502, headers: { server: "nginx" } }), flawed]);
    expect(maker.maker).toBe("intermediary");
    expect(diagnosis.causes[0]).toMatchObject({
      cause: "gateway-mismatch",
      evidence: [{ measured: expect.stringContaining("content-length is given 2 times") }],
    });
  });

  it.each([
    [broken("dns", "ENOTFOUND"), "dns-failure"],
    [broken("connect", "ECONNREFUSED"), "connection-refused"],
    [broken("tls", "CERT_HAS_EXPIRED"), "tls-failure"],
    [broken("response", "HPE_INVALID_HEADER_TOKEN"), "gateway-mismatch"],
  ])("names the network failure %j", (probe, cause) => {
    expect(judge([probe]).diagnosis).toMatchObject({ verdict: "diagnosed", causes: [{ cause }] });
  });

  it("asks for a good answer of the host only if the host was reached", () => {
    const miss = (probe: Probe) => judge([probe]).diagnosis.missing.map(({ what }) => what);
    expect(miss(broken("connect", "ECONNREFUSED"))).toEqual([]);
    expect(miss(broken("response", "ECONNRESET"))).toEqual(["a good answer of the same host"]);
  });

  it("finds the size above which bodies fail", () => {
    const sized = (purpose: Probe["purpose"], status: number, requestBodyBytes: number) =>
      respond(purpose, { status }, { method: "POST", requestBodyBytes });
    const { diagnosis } = judge([
      sized("first", 500, 200_000),
      sized("body-size", 200, 1000),
      sized("body-size", 500, 120_000),
      sized("body-size", 200, 90_000),
    ]);
    expect(diagnosis.causes[0]).toMatchObject({
      cause: "body-too-large",
      evidence: [{ measured: "passes at 90000 bytes, fails at 120000 bytes" }],
    });
  });

  it("calls it the gateway's identity if the gateway refuses what the backend accepts", () => {
    const { maker, diagnosis } = judge([
      respond("first", { status: 401, body: '{"message":"Unauthorized"}' }),
      respond("direct", GOOD_APP),
    ]);
    expect(maker.maker).toBe("intermediary");
    expect(diagnosis).toMatchObject({ verdict: "diagnosed", scope: { failing: 1 }, causes: [{ cause: "gateway-identity" }] });
  });

  it("calls it the gateway's identity if the backend's refusal becomes a server error", () => {
    const { maker, diagnosis } = judge([
      respond("first", { status: 500, body: '{"message":"Internal server error"}' }),
      respond("direct", { status: 403, body: '{"error":"who are you"}' }),
    ]);
    expect(maker.maker).toBe("intermediary");
    expect(diagnosis.causes[0]).toMatchObject({ cause: "gateway-identity" });
    const stated = judge([respond("first", { status: 502 })], [{ proxy: "edge-1", receivedStatus: 401 }]);
    expect(stated.diagnosis.causes[0]).toMatchObject({ cause: "gateway-identity" });
  });

  it("does not blame the gateway for a refusal that the backend makes as well, and says which request would tell", () => {
    const refusal = { status: 401, body: '{"error":"sign in"}' };
    expect(judge([respond("first", refusal), respond("direct", refusal)]).diagnosis).toMatchObject({ scope: { failing: 0 }, causes: [] });
    expect(judge([respond("first", refusal)]).diagnosis.next.map(({ command }) => command)).toContain(
      "npx faultline triage http://api.example/cart --direct BACKEND_URL",
    );
  });

  it("recognises a clock if each try fails after the same time, whatever its setting", () => {
    const late = (purpose: Probe["purpose"], totalMs: number) =>
      respond(purpose, { status: 502, headers: { server: "nginx" }, body: NGINX_502 }, { totalMs, firstByteMs: totalMs });
    expect(judge([late("first", 7003), late("again", 7011)]).diagnosis.causes[0]).toMatchObject({ cause: "gateway-timeout" });
    expect(judge([late("first", 7003), late("again", 2011)]).diagnosis.causes).toEqual([]);
  });

  it("judges the try that failed if the first one passed, and names no cause of it for certain", () => {
    const page = { status: 502, headers: { "content-type": "text/html", server: "nginx" }, body: NGINX_502 };
    const tries = [respond("first", GOOD_APP), respond("again", page), respond("again", GOOD_APP), respond("again", page)];
    const { maker, diagnosis } = judge(tries);
    expect(maker).toMatchObject({ maker: "intermediary", name: "nginx" });
    expect(diagnosis).toMatchObject({
      verdict: "inconclusive",
      scope: { failing: 2, succeeding: 2 },
      causes: [{ cause: "no-healthy-upstream" }],
    });
    expect(diagnosis.path).toMatchObject([{ service: "nginx", status: "502", fate: "created" }]);
    const idle = judge([respond("first", GOOD_APP), respond("again", GOOD_APP), respond("idle", page)]);
    expect(idle.diagnosis).toMatchObject({ verdict: "diagnosed", causes: [{ cause: "keepalive-race" }] });
  });

  it("takes an app's own 502 for what it says about its call, and not for an uncaught exception", () => {
    const answer = (message: string) =>
      judge([
        respond("first", {
          status: 502,
          headers: { "content-type": "application/json", "x-powered-by": "Express" },
          body: JSON.stringify({ statusCode: 502, error: "Bad Gateway", message }),
        }),
      ]).diagnosis;
    expect(answer("payments: connect ECONNREFUSED 10.0.0.7:8080")).toMatchObject({
      verdict: "diagnosed",
      causes: [{ cause: "connection-refused" }],
    });
    expect(answer("getaddrinfo ENOTFOUND payments")).toMatchObject({ causes: [{ cause: "dns-failure" }] });
    expect(answer("sorry")).toMatchObject({ verdict: "inconclusive", causes: [] });
    expect(answer("ECONNREFUSED or ETIMEDOUT, see the manual").causes).toEqual([]);
  });

  it.each([
    "Gift certificate has expired on 2026-01-01",
    "FriendshipError: connection refused by member 5512",
    "order deadline exceeded for tomorrow",
  ])("does not take words about the app's own business for a failed call: %s", (message) => {
    const answer = (status: number) =>
      judge([
        respond("first", {
          status,
          headers: { "content-type": "application/json", "x-powered-by": "Express" },
          body: JSON.stringify({ statusCode: status, error: "Server Error", message }),
        }),
      ]).diagnosis.causes.map(({ cause }) => cause);
    expect(answer(500)).toEqual(["unhandled-exception"]);
    expect(answer(502)).toEqual([]);
    expect(answer(503)).toEqual([]);
  });

  it.each([
    ["dial tcp 10.0.0.7:8080: connect: connection refused", "connection-refused"],
    ["java.net.ConnectException: Connection refused", "connection-refused"],
    ["[Errno 111] Connection refused", "connection-refused"],
    ["tls: failed to verify certificate: x509: certificate has expired or is not yet valid", "tls-failure"],
    ["Get http://stock/items: context deadline exceeded", "dependency-timeout"],
    ["4 DEADLINE_EXCEEDED: Deadline exceeded", "dependency-timeout"],
  ])("recognises a failed call by the wordings of runtimes: %s", (message, cause) => {
    const headers = { "content-type": "application/json", "x-powered-by": "Express" };
    const { diagnosis } = judge([
      respond("first", { status: 502, headers, body: JSON.stringify({ statusCode: 502, error: "Bad Gateway", message }) }),
    ]);
    expect(diagnosis).toMatchObject({ verdict: "diagnosed", causes: [{ cause }] });
  });

  it("leaves open who waited for whom if a 504 may be the app's own", () => {
    const headers = { "content-type": "application/problem+json" };
    const own = respond("first", { status: 504, headers, body: '{"title":"Gateway Timeout","status":504}' });
    const { maker, diagnosis } = judge([own, { ...own, purpose: "again" }, respond("simple", { ...GOOD_APP, headers })]);
    expect(maker).toMatchObject({ maker: "unknown", kind: "app" });
    expect(diagnosis).toMatchObject({ verdict: "inconclusive", causes: [{ cause: "dependency-timeout" }, { cause: "gateway-timeout" }] });
  });

  it.each([
    ["application/json", '{"error":"inventory did not answer"}'],
    ["text/plain; charset=UTF-8", "Gateway Timeout"],
  ])("leaves open who waited for whom if a 504 says so in %s, as an app or its gateway may", (type, body) => {
    const headers = { "content-type": type, server: "nginx" };
    const own = respond("first", { status: 504, headers, body });
    const { maker, diagnosis } = judge([own, { ...own, purpose: "again" }, respond("simple", { ...GOOD_APP, headers })]);
    expect(maker.maker).toBe("unknown");
    expect(diagnosis).toMatchObject({ verdict: "inconclusive", causes: [{ cause: "dependency-timeout" }, { cause: "gateway-timeout" }] });
  });

  it("takes a 500 in JSON for the app's if good answers of the host are JSON too, and it lacks none of their headers", () => {
    const json = { "content-type": "application/json; charset=utf-8", server: "nginx" };
    const failed = respond("first", { status: 500, headers: json, body: '{"error":"internal"}' });
    const good = respond("simple", { status: 200, headers: json, body: "{}" });
    expect(judge([failed, good]).maker.maker).toBe("app");
    // A refusal for now in JSON may as well be a rule of the gateway's.
    expect(judge([respond("first", { status: 503, headers: json, body: '{"error":"busy"}' }), good]).maker.maker).toBe("unknown");
    const traced = respond("simple", { status: 200, headers: { ...json, "x-request-id": "1" }, body: "{}" });
    expect(judge([failed, traced]).maker.maker).toBe("unknown");
  });

  it.each(["Werkzeug/3.0.1 Python/3.11.7", "gunicorn", "uvicorn", "nginx, Werkzeug/3.0.1"])(
    "takes the name of a server that only runs apps for the app's answer: %s",
    (server) => {
      const { maker } = judge([
        respond("first", { status: 500, headers: { server, "content-type": "text/html" }, body: "<h1>Oh no</h1>" }),
      ]);
      expect(maker.maker).toBe("app");
    },
  );

  it("says that a backend without such a path does not fail, and not that it answers well", () => {
    const { maker } = judge([
      respond("first", { status: 503, headers: { "content-type": "text/html" }, body: "<h1>Sorry</h1>" }),
      respond("direct", { status: 404, body: "{}" }),
    ]);
    expect(maker.evidence.map(({ statement }) => statement)).toContain("the backend itself answers without a server error");
    expect(maker).toMatchObject({ maker: "intermediary" });
  });

  it("takes a status text for Traefik's only if there is no header that Traefik does not write", () => {
    const bare = { "content-type": "text/plain; charset=utf-8" };
    const say = (headers: Readonly<Record<string, string>>) =>
      judge([respond("first", { status: 502, headers, body: "Bad Gateway" })]).maker;
    expect(say(bare)).toMatchObject({ maker: "intermediary", name: "Traefik" });
    for (const more of [{ etag: 'W/"b-1"' }, { server: "Caddy" }, { "x-powered-by": "Express" }, { "x-content-type-options": "nosniff" }])
      expect(say({ ...bare, ...more }).maker).not.toBe("intermediary");
  });

  it("leaves open whose an empty 503 is behind Caddy, and takes one with a content type for the app's at most", () => {
    const bare = { server: "Caddy" };
    expect(judge([respond("first", { status: 502, headers: bare, body: "" })]).maker).toMatchObject({
      maker: "intermediary",
      name: "Caddy",
    });
    expect(judge([respond("first", { status: 503, headers: bare, body: "" })]).maker).toMatchObject({ maker: "unknown", name: "Caddy" });
    const typed = { ...bare, "content-type": "application/json" };
    expect(judge([respond("first", { status: 503, headers: typed, body: "" })]).maker.matches).toEqual([]);
  });

  it.each([
    { name: "Linkerd", status: 503, headers: { "l5d-proxy-error": "connect error" }, body: "" },
    {
      name: "AWS API Gateway (HTTP API)",
      status: 500,
      headers: { "apigw-requestid": "Zx=", "content-type": "application/json" },
      body: '{"message":"Internal Server Error"}',
    },
    {
      name: "Azure API Management",
      status: 500,
      headers: { "content-type": "application/json" },
      body: '{ "statusCode": 500, "message": "Internal server error", "activityId": "0cf2b8e4" }',
    },
  ])("names $name by its own sign, although apps may answer $status in such a form as well", ({ name, status, headers, body }) => {
    const good = respond("simple", { status: 200, headers: { "content-type": "application/json" }, body: "{}" });
    expect(judge([respond("first", { status, headers, body }), good]).maker).toMatchObject({ maker: "intermediary", name });
  });

  it("is less certain of HAProxy's page for a missing server, which a refused connection and a rule's denial get as well", () => {
    const body = "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>";
    const { diagnosis, maker } = judge([respond("first", { status: 503, headers: { "content-type": "text/html" }, body })]);
    expect(maker).toMatchObject({ maker: "intermediary", name: "HAProxy" });
    expect(diagnosis).toMatchObject({ verdict: "diagnosed", causes: [{ cause: "no-healthy-upstream" }] });
    expect(diagnosis.causes[0]?.confidence).toBeLessThan(0.75);
  });

  it("asks for no good answer of the host if the same request passed", () => {
    const failed = respond("first", { status: 503, headers: { "content-type": "text/html" }, body: "<h1>x</h1>" });
    const { diagnosis } = judge([failed, respond("again", GOOD_APP), { ...failed, purpose: "simple" }]);
    expect(diagnosis.missing.map(({ what }) => what)).not.toContain("a good answer of the same host");
  });

  it("does not take an answer to HEAD, which never has a body, for an answer without a message", () => {
    const failed = respond("first", { status: 503, headers: { server: "nginx" }, body: "" }, { method: "HEAD" });
    expect(judge([failed]).maker).toMatchObject({ evidence: [], against: [] });
  });

  it("does not call a server that only runs apps an intermediary", () => {
    const headers = { server: "Werkzeug/3.0.1 Python/3.11.7", "content-type": "text/html" };
    const { maker } = judge([
      respond("first", { status: 502, headers, body: "<h1>Back soon</h1>" }),
      respond("simple", { ...GOOD_APP, headers: { ...GOOD_APP.headers, server: headers.server } }),
    ]);
    expect(maker).toMatchObject({ maker: "intermediary", name: "an intermediary before api.example" });
  });

  it("leaves open whether a reactive Spring service answered 503 or its gateway did", () => {
    const body =
      '{"timestamp":"2026-11-22T02:00:00.000+00:00","path":"/cart","status":503,"error":"Service Unavailable","requestId":"ab-1"}';
    const { maker } = judge([respond("first", { status: 503, headers: { "content-type": "application/json" }, body })]);
    expect(maker.maker).toBe("unknown");
    expect([...maker.evidence, ...maker.against].map(({ statement }) => statement)).toEqual([
      expect.stringContaining("Spring Cloud Gateway: "),
      expect.stringContaining("Spring WebFlux: "),
    ]);
  });

  it("names the server in the Server header, or one behind it, if nothing else names the writer", () => {
    const headers = { server: "Apache/2.4.71 (Debian) OpenSSL/3.0.19", "content-type": "text/html" };
    const { maker } = judge([
      respond("first", { status: 502, headers, body: "<h1>Back soon</h1>" }),
      respond("simple", { ...GOOD_APP, headers: { ...GOOD_APP.headers, server: headers.server } }),
    ]);
    expect(maker).toMatchObject({ maker: "intermediary", name: "Apache/2.4.71 or an intermediary behind it" });
  });

  it("attributes a page under a 502 to nobody by these two signs alone", () => {
    const headers = { server: "nginx", "content-type": "text/html" };
    expect(judge([respond("first", { status: 502, headers, body: "<h1>Sorry</h1>" })]).maker.maker).toBe("unknown");
  });

  it("takes Apache's own error page for Apache's, whatever is behind it", () => {
    const body =
      "<html><head><title>500 Internal Server Error</title></head><body><p>The server encountered an internal error or misconfiguration and was unable to complete your request.</p></body></html>";
    const { maker, diagnosis } = judge([
      respond("first", { status: 500, headers: { server: "Apache" }, body }),
      respond("simple", { status: 404 }),
    ]);
    expect(maker).toMatchObject({ maker: "intermediary", name: "Apache httpd" });
    expect(diagnosis).toMatchObject({ verdict: "inconclusive", causes: [] });
  });

  it("is not certain of a time-out if a 502 or 503 takes the same time each time, since attempts to connect end like this too", () => {
    const late = (purpose: Probe["purpose"], status: number, ms: number) =>
      respond(purpose, { status, headers: { server: "nginx" }, body: "" }, { totalMs: ms, firstByteMs: ms });
    const verdict = (status: number, ms: number) => judge([late("first", status, ms), late("again", status, ms)]).diagnosis.verdict;
    // The last three are default time-outs as well, which is the same fact and no other.
    for (const ms of [1003, 5003, 30_003, 60_003]) {
      expect(verdict(502, ms)).toBe("inconclusive");
      expect(verdict(503, ms)).toBe("inconclusive");
      expect(verdict(504, ms)).toBe("diagnosed");
    }
    expect(judge([late("first", 502, 60_003)]).diagnosis.verdict).toBe("inconclusive");
    expect(judge([late("first", 504, 60_003)]).diagnosis.verdict).toBe("diagnosed");
  });

  it("does not count a try as failed that was cut short before the first one's answer came", () => {
    const cut = { ...broken("response", "TIMEOUT"), purpose: "again", totalMs: 5_400 } as const;
    const slow = judge([respond("first", { status: 504 }, { totalMs: 7_000, firstByteMs: 7_000 }), cut]);
    expect(slow.diagnosis.scope).toMatchObject({ failing: 1, succeeding: 0 });
    const good = judge([respond("first", GOOD_APP, { totalMs: 7_000, firstByteMs: 7_000 }), cut]);
    expect(good.diagnosis).toMatchObject({ scope: { failing: 0, succeeding: 1 }, causes: [] });
    const waited = judge([respond("first", GOOD_APP, { totalMs: 900 }), cut]);
    expect(waited.diagnosis).toMatchObject({ scope: { failing: 1, succeeding: 1 }, causes: [{ cause: "dependency-timeout" }] });
  });

  it("says first of all that it fails only sometimes, and how to learn how often", () => {
    const failed = respond("first", { status: 502, headers: { "content-type": "text/html", server: "nginx" }, body: NGINX_502 });
    const again = respond("again", GOOD_APP);
    const { diagnosis } = judge([failed, again]);
    expect(diagnosis.next[0]).toEqual({
      check: "It failed in 1 of 2 tries: is one of several backends bad, or is a connection closed under it?",
      command: "npx faultline triage http://api.example/cart --repeat 20",
    });
    const often = judge([failed, again, again, { ...failed, purpose: "again" }]).diagnosis.next[0];
    expect(often).toEqual({ check: "It failed in 2 of 4 tries: is one of several backends bad, or is a connection closed under it?" });
    expect(judge([failed, { ...failed, purpose: "again" }]).diagnosis.next[0]?.check).not.toContain("tries");
  });

  it("gives no command if only the original words name the request, but says what to add to them", () => {
    const failed = respond("first", { status: 502, headers: { "content-type": "text/html", server: "nginx" }, body: NGINX_502 });
    const probes = [failed, respond("again", GOOD_APP)];
    const { diagnosis } = triageProbes({ probes, proxyStatus: [], signatures: SIGNATURES }, WINDOW);
    expect(diagnosis.next[0]).toEqual({
      check: "It failed in 1 of 2 tries: is one of several backends bad, or is a connection closed under it? --repeat 20 tells how often",
    });
    expect(diagnosis.next.filter(({ check }) => check.includes("Add --direct BACKEND_URL to the command."))).toHaveLength(1);
    expect(diagnosis.next.map(({ command }) => command).join()).not.toContain("triage");
  });

  it("asks for a good answer of the host if only a refusal came", () => {
    const refused = respond("first", { status: 401, headers: { "content-type": "text/html" }, body: "<h1>x</h1>" });
    const { diagnosis } = judge([refused, respond("direct", GOOD_APP)]);
    expect(diagnosis.missing.map(({ what }) => what)).toContain("a good answer of the same host");
  });

  it("asks which process listens on this port, and on no other that begins alike", () => {
    const { diagnosis } = judge([{ ...broken("connect", "ECONNREFUSED"), url: "http://api.example:80/cart" }]);
    expect(diagnosis.next[0]?.command).toBe("ss -ltnp 'sport = :80'");
  });

  it("calls a name that nobody resolves in time a failure of the name, and says what to check about a server that says nothing", () => {
    expect(judge([broken("dns", "TIMEOUT")]).diagnosis.causes).toMatchObject([{ cause: "dns-failure" }]);
    const { diagnosis } = judge([broken("response", "TIMEOUT")]);
    expect(diagnosis.next.map(({ command }) => command)).toEqual(["npx faultline triage http://api.example/cart --direct BACKEND_URL"]);
  });

  it("is inconclusive about a bare 500 and says which request would tell", () => {
    const { maker, diagnosis } = judge([respond("first", { status: 500, headers: {}, body: "" })]);
    expect(maker.maker).toBe("unknown");
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.missing.map(({ what }) => what)).toContain("the backend's own answer");
    expect(diagnosis.suspects).toEqual([]);
  });

  it("finds nothing wrong with a good answer, but finds the failure hidden in a GraphQL one", () => {
    expect(judge([respond("first", GOOD_APP)]).diagnosis).toMatchObject({ scope: { failing: 0 }, causes: [], path: [], suspects: [] });
    const hidden = respond("first", {
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"errors":[{"message":"x","extensions":{"code":"INTERNAL_SERVER_ERROR"}}],"data":null}',
    });
    expect(judge([hidden]).diagnosis).toMatchObject({ causes: [{ cause: "masked-by-middleware" }], path: [{ fate: "masked" }] });
  });
});
