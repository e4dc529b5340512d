import { CAUSES, type CauseId } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../testing/trace-builder.ts";
import { CAUSE_RULES } from "./causes.ts";
import { GUARDS } from "../guard/guards.ts";

const GOOD: SpanSketch = {
  service: "shop",
  name: "POST /orders",
  code: 201,
  attributes: { "http.route": "/orders", "http.request.method": "POST", "http.request.body.size": 900 },
};

/** Thirty good requests and eight that fail as sketched. */
function diagnoseFailing(sketch: Partial<SpanSketch>) {
  return diagnose(
    new TraceBuilder()
      .traces(30, (index) => ({ ...GOOD, attributes: { ...GOOD.attributes, "http.request.body.size": 800 + index } }))
      .traces(8, (index) => ({
        ...GOOD,
        code: 500,
        takes: 80,
        ...sketch,
        attributes: { ...GOOD.attributes, "http.request.body.size": 810 + index, ...sketch.attributes },
      }))
      .observations(),
  );
}

const call = (sketch: Partial<SpanSketch>): Partial<SpanSketch> => ({
  calls: [
    { service: "shop", kind: "client", name: "POST", takes: 60, attributes: { "server.address": "stock" }, status: "error", ...sketch },
  ],
});
const thrown = (type: string, message: string): Partial<SpanSketch> => ({ exception: { type, message } });
const query = (message: string, takes = 20): Partial<SpanSketch> => ({
  calls: [
    {
      service: "shop",
      kind: "client",
      takes,
      status: "error",
      message,
      attributes: { "db.system.name": "postgresql", "server.address": "orders-db" },
    },
  ],
});

const BROKER = { "messaging.system": "nats", "server.address": "events" };

const CASES: readonly (readonly [CauseId, string, Partial<SpanSketch>])[] = [
  ["unhandled-exception", "shop", thrown("TypeError", "Cannot read properties of undefined (reading 'sku')")],
  ["unhandled-exception", "shop", thrown("java.lang.NullPointerException", "")],
  ["invalid-input-unguarded", "shop", thrown("RangeError", "Invalid time value")],
  ["invalid-input-unguarded", "shop", query("Cannot delete or update a parent row: a foreign key constraint fails (`shop`.`lines`)")],
  ["connection-refused", "stock", call({ message: "Cannot connect to host stock:80 ssl:default [Connect call failed ('10.0.0.7', 80)]" })],
  ["bad-configuration", "shop", query("PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'alerts'")],
  ["dependency-timeout", "orders-db", { ...query("canceling statement due to statement timeout", 75), takes: 80 }],
  ["third-party-failure", "api.payments.example", call({ code: 500, attributes: { "server.address": "api.payments.example" } })],
  ["database-failure", "orders-db", query("FATAL: the database system is shutting down (57P01)")],
  ["database-failure", "orders-db", query("connect ECONNREFUSED 10.0.0.9:5432")],
  ["pool-exhausted", "shop", thrown("Error", "timeout exceeded when trying to connect")],
  ["resource-exhausted", "shop", thrown("Error", "EMFILE: too many open files, open '/tmp/x'")],
  ["bad-configuration", "shop", thrown("Error", "secretOrPrivateKey must have a value")],
  ["bad-configuration", "shop", query("NOAUTH Authentication required.")],
  ["gateway-mismatch", "shop", thrown("TypeError", "terminated: incorrect header check")],
  ["bad-configuration", "shop", thrown("Error", "environment variable SIGNING_KEY is not set")],
  ["body-too-large", "shop", thrown("PayloadTooLargeError", "request entity too large")],
  ["parse-failure", "shop", thrown("SyntaxError", "Unexpected end of JSON input")],
  ["gateway-mismatch", "shop", thrown("SyntaxError", "Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON")],
  ["no-healthy-upstream", "stock", call({ code: 503, message: "no healthy upstream" })],
  ["connection-refused", "stock", call({ message: "connect ECONNREFUSED 10.0.0.7:80" })],
  ["keepalive-race", "stock", call({ message: "socket hang up", takes: 2 })],
  ["tls-failure", "stock", call({ message: "CERT_HAS_EXPIRED: certificate has expired" })],
  ["dns-failure", "shop", call({ message: "getaddrinfo ENOTFOUND stock" })],
  ["circuit-open", "shop", call({ message: "EOPENBREAKER: circuit breaker is open" })],
  ["rate-limited-as-5xx", "shop", call({ code: 429, message: "Too Many Requests" })],
  ["fault-injected", "stock", call({ code: 503, message: "fault filter abort" })],
  ["pool-exhausted", "shop", query("connection not available and request was dropped from queue after 2962ms")],
  ["body-too-large", "shop", call({ code: 413 })],
  ["body-too-large", "shop", call({ code: 431 })],
  ["body-too-large", "shop", thrown("AxiosError", "Request failed with status code 431")],
  ["connection-refused", "stock", call({ message: "connect ECONNREFUSED 10.0.0.7:80", attributes: { "peer.hostname": "stock" } })],
  [
    "resource-exhausted",
    "shop",
    thrown("ErlangError", "** (exit) exited in: GenServer.call(Shop.Stock, :get, 5000)\n    ** (EXIT) time out"),
  ],
  ["resource-exhausted", "stock", call({ code: 507 })],
  ["resource-exhausted", "shop", thrown("Platform", "INIT_REPORT Init Duration: 10008.54 ms\tPhase: init\tStatus: timeout")],
  [
    "bad-configuration",
    "shop",
    thrown("pika.exceptions.ChannelClosedByBroker", "(404, \"NOT_FOUND - no exchange 'mails.v2' in vhost '/'\")"),
  ],
  [
    "bad-configuration",
    "shop",
    thrown("com.microsoft.azure.MessagingEntityNotFoundException", "The messaging entity 'orders' could not be found."),
  ],
  [
    "bad-configuration",
    "shop",
    thrown("google.api_core.exceptions.NotFound", "404 Resource not found (resource=clicks).: Topic not found"),
  ],
  ["parse-failure", "shop", thrown("pydantic_core.ValidationError", "1 validation error for PriceResponse\ncurrency\n  Field required")],
  ["pool-exhausted", "shop", thrown("*fmt.wrapError", "failed to acquire connection from pool: context deadline exceeded")],
  ["parse-failure", "shop", thrown("reqwest::Error", "error decoding response body: invalid type: null, expected f64 at line 1 column 41")],
  ["bad-configuration", "shop", query("ORA-28001: la contraseña ha caducado")],
  ["resource-exhausted", "shop", thrown("java.io.IOException", "Aucun espace disponible sur le périphérique")],
  ["dns-failure", "shop", call({ message: "java.nio.channels.UnresolvedAddressException" })],
  ["pool-exhausted", "shop", thrown("JedisException", "Could not get a resource from the pool")],
  ["circuit-open", "shop", thrown("HystrixRuntimeException", "RatingCommand short-circuited and fallback disabled.")],
  ["resource-exhausted", "shop", call({ message: "dial tcp 10.0.3.3:8080: connect: cannot assign requested address" })],
  ["connection-refused", "stock", call({ message: "java.net.NoRouteToHostException: No route to host" })],
  ["dns-failure", "shop", call({ message: "lookup stock.svc on 10.96.0.10:53: read udp 10.1.2.3:44210->10.96.0.10:53: i/o timeout" })],
  ["tls-failure", "stock", call({ message: "The remote certificate is invalid because of errors in the certificate chain: NotTimeValid" })],
  ["bad-configuration", "shop", query("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN")],
  ["rate-limited-as-5xx", "shop", thrown("Error", "Execution failed due to configuration error: Rate Exceeded.")],
  ["pool-exhausted", "shop", thrown("UniversalConnectionPoolException", "All connections in the Universal Connection Pool are in use")],
  ["rate-limited-as-5xx", "orders-db", query("ThrottledError: Throughput exceeds the current capacity of your table")],
  ["tls-failure", "stock", call({ message: "schannel: next InitializeSecurityContext failed: SEC_E_UNTRUSTED_ROOT" })],
  ["dns-failure", "shop", call({ message: "ClientConnectorDNSError: Cannot connect to host stock:80 [Domain name not found]" })],
  ["connection-refused", "stock", call({ message: "Failed to connect to stock port 8080: Couldn't connect to server" })],
  ["no-healthy-upstream", "stock", call({ message: "No available services for ID: stock" })],
  ["database-failure", "orders-db", query("could not serialize access (SQLSTATE 40001)")],
  ["database-failure", "orders-db", query("SQLSTATE[HY000]: General error: 1205 Lock wait timeout exceeded", 20)],
  ["rate-limited-as-5xx", "shop", call({ code: 429, attributes: { "server.address": "api.payments.example" } })],
  ["bad-configuration", "shop", call({ code: 401, attributes: { "server.address": "api.payments.example" } })],
  ["dependency-timeout", "stock", { ...call({ message: "Connect timeout", takes: 10_000 }), takes: 10_010 }],
  ["pool-exhausted", "shop", call({ message: "FixedChannelPool$AcquireTimeoutException: Acquire operation took longer" })],
  [
    "no-healthy-upstream",
    "render.flycast",
    call({
      message: "could not find a good candidate within 90 attempts at load balancing",
      attributes: { "server.address": "render.flycast" },
    }),
  ],
  ["dependency-error", "events", call({ kind: "producer", message: "nats: API error: code=500", attributes: BROKER })],
  ["bad-configuration", "events", call({ kind: "producer", message: "nats: Authorization Violation", attributes: BROKER })],
  [
    "bad-configuration",
    "events",
    call({ kind: "producer", message: "com.rabbitmq.client.PossibleAuthenticationFailureException: gone", attributes: BROKER }),
  ],
  ["resource-exhausted", "events", call({ kind: "producer", message: "nats: maximum bytes exceeded", attributes: BROKER })],
  ["resource-exhausted", "shop", { logs: [{ severity: 17, body: "Memory limit of 512 MiB exceeded with 530 MiB used." }] }],
  ["bad-configuration", "shop", thrown("botocore.exceptions.NoRegionError", "You must specify a region.")],
  ["database-failure", "orders-db", query("PG::LockNotAvailable: ERROR:  canceling statement due to lock timeout", 75)],
  ["dependency-timeout", "orders-db", query("tcp recv: closed (the connection was closed by the pool, possibly due to a timeout)", 75)],
  ["keepalive-race", "stock", call({ message: "HttpIOException: The response ended prematurely. (ResponseEnded)", takes: 2 })],
  ["resource-exhausted", "shop", call({ message: 'Get "http://stock/": dial tcp: lookup stock: too many open files' })],
  [
    "resource-exhausted",
    "shop",
    thrown("ArchiveError", "storing the scan: HTTP/1.1 507 Insufficient Storage, twelve megabytes are needed"),
  ],
  ["bad-configuration", "shop", thrown("*fs.PathError", "load key: open /etc/secrets/signing.pem: no such file or directory")],
  ["bad-configuration", "shop", thrown("FileNotFoundError", "[Errno 2] No such file or directory: '/app/config/prices.yaml'")],
  ["bad-configuration", "events", call({ kind: "producer", message: "nats: API error: code=400 err_code=10058", attributes: BROKER })],
  [
    "third-party-failure",
    "api.tax.example",
    call({ code: 503, message: "unexpected status 503: <html><title>503</title>", attributes: { "server.address": "api.tax.example" } }),
  ],
  [
    "third-party-failure",
    "api.tax.example",
    call({
      message: "GuzzleHttp\\Exception\\ConnectException: cURL error 28: Operation timed out after 10001 milliseconds",
      takes: 10_001,
      attributes: { "server.address": "api.tax.example" },
    }),
  ],
];

/** Words of another cause within errors that are of the code's own making. */
const MISLEADING: readonly (readonly [string, string])[] = [
  ["KeyError", "'rate limit'"],
  ["FileNotFoundError", "[Errno 2] No such file or directory: '/data/tenants/7/report.yaml'"],
  ["*fs.PathError", "open /uploads/4411/customer.pem: no such file or directory"],
  ["java.lang.NullPointerException", 'Cannot invoke "CarPool.limit()" because the pool limit of the ride is null'],
  ["KeyNotFoundException", "The given key 'Circuit Open Air Festival' was not present in the dictionary."],
  ["ResponseValidationError", "1 validation errors: {'type': 'decimal_type', 'loc': ('response', 'price')}"],
  ["TypeError", "order 429 is not a function"],
  ["NullInjectorError", "No provider registered for token CartStore"],
  ["LookupError", "could not find a provider: MailService"],
  ["TranslationError", "no target available for language fr"],
  ["AssertionError", "validation ran in fail-fast mode and met 3 values"],
  ["UnitError", "price exceeds system limit of 2 digits"],
];

describe("naming a cause", () => {
  it.each(CASES)("names %s, made by %s, on positive evidence", (cause, service, sketch) => {
    const diagnosis = diagnoseFailing(sketch);
    expect(diagnosis.causes[0]?.cause).toBe(cause);
    expect(diagnosis.suspects[0]?.service).toBe(service);
    expect(diagnosis.verdict).toBe("diagnosed");
  });

  it.each(MISLEADING)("is not misled by the words within %s: %s", (type, message) => {
    expect(diagnoseFailing(thrown(type, message)).causes[0]?.cause).toBe("unhandled-exception");
  });

  it.each([
    "NoBrokersAvailable",
    "kafka: client has run out of available brokers to talk to (Is your cluster reachable?)",
    'cimpl.KafkaException: KafkaError{code=_ALL_BROKERS_DOWN,val=-187,str="1/1 brokers are down"}',
    'cimpl.KafkaException: KafkaError{code=_TRANSPORT,val=-195,str="Local: Broker transport failure"}',
    "Rdkafka::RdkafkaError: Local: All broker connections are down (all_brokers_down)",
    "RabbitMQ.Client.Exceptions.BrokerUnreachableException: None of the specified endpoints were reachable",
    "com.rabbitmq.client.AlreadyClosedException: connection is already closed due to connection error; cause: java.io.EOFException",
    "Bunny::TCPConnectionFailedForAllHosts: Could not establish TCP connection to any of the configured hosts",
    "pika.exceptions.AMQPConnectionError",
    "IllegalOperationError: Channel closed",
    "Error: Unexpected close",
    "nats: no servers available for connection",
    'Exception (504) Reason: "channel/connection is not open"',
  ])("does not take a broker that was not reached for one that answered: %s", (message) => {
    const { causes, path } = diagnoseFailing(call({ kind: "producer", message, attributes: BROKER }));
    expect(causes.map(({ cause }) => cause)).not.toContain("dependency-error");
    expect(path.flatMap(({ evidence }) => evidence.map(({ statement }) => statement))).toContain("events gave shop no answer");
  });

  it("takes words about a database for a database's only if one was asked", () => {
    const closed = "the server closed the connection before it sent complete headers";
    expect(diagnoseFailing(call({ message: closed })).causes.map(({ cause }) => cause)).not.toContain("database-failure");
  });

  it("leaves the verdict open, with the cause first, if an internal callee answered 500 and sends no telemetry", () => {
    const diagnosis = diagnoseFailing(call({ code: 500 }));
    expect(diagnosis).toMatchObject({
      verdict: "inconclusive",
      suspects: [{ service: "stock" }, {}],
      causes: [{ cause: "dependency-error" }],
    });
    expect(diagnosis.missing[0]?.what).toContain("stock");
  });

  it.each([
    ["Error", "subscription sub_1J2 not found"],
    ["Error", "No such subscription: 'sub_1Mow'"],
    ["TopicNotFound", "topic 4411 was not found"],
    ["StreamNotFoundException", "live stream 881 not found"],
  ])("does not take a missing thing of the business for a setting: %s: %s", (type, message) => {
    expect(diagnoseFailing(thrown(type, message)).causes[0]?.cause).not.toBe("bad-configuration");
    const answered = { ...thrown(type, message), ...call({ code: 404 }) };
    expect(diagnoseFailing(answered).causes[0]?.cause).not.toBe("bad-configuration");
  });

  it.each([
    ["names a silent callee's lateness, and nothing more, where its caller had sent and did other work meanwhile", "Read timed out", 0.5],
    ["does not, where the caller may have waited for a name or a connection as well", "the call timed out", 0.366],
  ])("%s", (_, message, confidence) => {
    const { causes, suspects } = diagnoseFailing({ ...call({ message, takes: 3_000 }), takes: 3_010 });
    expect([suspects[0]?.service, causes[0]?.cause]).toEqual(["stock", "dependency-timeout"]);
    expect(causes[0]?.confidence).toBeLessThanOrEqual(confidence);
    expect(causes[0]?.confidence).toBeGreaterThan(confidence - 0.15);
  });

  it("does not take a quota of the program's own for a full disk", () => {
    const message = "user 8 has used up his share";
    const stack = `QuotaError: ${message}\n    at take (/app/src/files.js:41:9)`;
    const full = [{ service: "stock", code: 507, takes: 50, exception: { type: "QuotaError", message, stack } }];
    const { causes } = diagnoseFailing(call({ code: 507, calls: full }));
    expect(causes.map(({ cause }) => cause)).not.toContain("resource-exhausted");
  });

  it("takes what a broker lacks for a setting, whatever the words", () => {
    const messaging = { attributes: { "messaging.system": "rabbitmq", "server.address": "rabbit" } };
    const { causes } = diagnoseFailing({ ...call({ ...messaging, message: "queue mails.v2 not found" }) });
    expect(causes[0]?.cause).toBe("bad-configuration");
  });

  it("names nothing when a failure says nothing about itself", () => {
    const diagnosis = diagnoseFailing({});
    expect(diagnosis).toMatchObject({ verdict: "inconclusive", suspects: [{ service: "shop" }] });
    expect(diagnosis.ruledOut.length + diagnosis.causes.length).toBe(CAUSES.length);
    expect(diagnosis.missing.length).toBeGreaterThan(0);
  });

  it("finds that only large bodies fail, whatever the error says", () => {
    const diagnosis = diagnoseFailing({ attributes: { "http.request.body.size": 2_000_000 }, ...thrown("Error", "cannot take it") });
    expect(diagnosis.causes.map(({ cause }) => cause)).toContain("body-too-large");
  });

  it("recognises a bad input by the value that the error quotes", () => {
    const diagnosis = diagnoseFailing({ attributes: { "url.query": "number=47-11" }, ...thrown("SyntaxError", "cannot read 47-11") });
    expect(diagnosis.verdict).toBe("diagnosed");
    expect(diagnosis.causes[0]?.cause).toBe("invalid-input-unguarded");
  });

  it("does not blame the input if every request fails from one moment on", () => {
    const failing = { ...GOOD, code: 500, ...thrown("Error", 'null value in column "tenant_id" violates not-null constraint') };
    const play = (later: readonly SpanSketch[]) =>
      diagnose(
        later
          .reduce(
            (builder, sketch) => builder.trace(sketch),
            new TraceBuilder().traces(30, () => GOOD),
          )
          .observations(),
      );
    const all = Array.from({ length: 20 }, () => failing);
    expect(play(all).causes[0]).toMatchObject({ cause: "unhandled-exception" });
    expect(play(all.flatMap((each) => [each, GOOD])).causes[0]).toMatchObject({ cause: "invalid-input-unguarded" });
  });

  it("uses a header in which a proxy says why it did not answer", () => {
    const header = { "http.response.header.l5d-proxy-error": ["backend default.service: service in fail-fast"] };
    const diagnosis = diagnoseFailing(call({ code: 503, attributes: { "server.address": "menu", ...header } }));
    expect(diagnosis.causes[0]).toMatchObject({ cause: "no-healthy-upstream", evidence: [{ source: "header" }] });
  });

  it("does not name the reason if a handshake was refused without one", () => {
    const diagnosis = diagnoseFailing(call({ message: "SSL routines::sslv3 alert handshake failure:SSL alert number 40" }));
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.causes.map(({ cause }) => cause)).toEqual(expect.arrayContaining(["tls-failure", "gateway-identity"]));
  });

  it("suggests an exception if a service answered 500 without a message", () => {
    expect(diagnoseFailing({})).toMatchObject({ verdict: "inconclusive", causes: [{ cause: "unhandled-exception" }] });
  });

  it("does not blame the code for what only one of several instances does", () => {
    const failing = { ...GOOD, code: 500, ...thrown("TypeError", "Cannot read properties of undefined (reading 'sku')") };
    const diagnosis = diagnose(
      new TraceBuilder()
        .traces(10, () => ({ ...GOOD, instance: "i0" }))
        .traces(10, () => ({ ...failing, instance: "i1" }))
        .traces(10, () => ({ ...GOOD, instance: "i2" }))
        .observations(),
    );
    expect(diagnosis.verdict).toBe("inconclusive");
    expect(diagnosis.causes.map(({ cause }) => cause)).toEqual(["unhandled-exception"]);
    expect(diagnosis.missing.map(({ what }) => what).join()).toContain("which release");
  });

  it("finds a storm of retries inside one request", () => {
    const tries = Array.from({ length: 6 }, (_, index) => ({
      ...call({ code: 503 }).calls?.[0],
      service: "shop",
      at: 1 + index * 10,
      takes: 8,
    }));
    expect(diagnoseFailing({ calls: tries }).causes.map(({ cause }) => cause)).toContain("retry-storm");
  });

  it("does not say whose storm it is if the callee sends no telemetry, since it may have retried as often itself", () => {
    const tries = Array.from({ length: 8 }, (_, index) => ({
      ...call({ code: 503, attributes: { "server.address": "stock" } }).calls?.[0],
      service: "shop",
      at: 1 + index * 10,
      takes: 8,
    }));
    expect(diagnoseFailing({ calls: tries })).toMatchObject({ verdict: "inconclusive", suspects: [{ service: "stock" }, {}] });
    const told = tries.map((each) => ({ ...each, calls: [{ service: "stock", code: 503, takes: 5, ...thrown("BusyError", "no") }] }));
    expect(diagnoseFailing({ calls: told })).toMatchObject({ verdict: "diagnosed", causes: [{ cause: "retry-storm" }, {}] });
  });

  it("finds one by a caller that sends no spans", () => {
    const busy = { ...GOOD, code: 503, ...thrown("OverloadedError", "try again later") };
    const { spans, logs } = new TraceBuilder()
      .traces(30, () => GOOD)
      .traces(8, () => ({ service: "proxy", calls: [0, 20, 40, 60, 80].map((at) => ({ ...busy, at })) }))
      .observations();
    const own = spans.filter(({ resource }) => resource.service !== "proxy");
    const { verdict, causes } = diagnose({ spans: own, logs, metrics: [], changes: [], exchanges: [] });
    expect([verdict, causes[0]?.cause, causes[0]?.evidence[0]?.measured.slice(0, 20)]).toEqual([
      "diagnosed",
      "retry-storm",
      "up to 5 failed tries",
    ]);
  });

  it("is not a refusal if nobody accepted a connection in time", () => {
    const { causes } = diagnoseFailing(call({ message: "[Errno 110] Connect call failed ('10.0.0.7', 5432)" }));
    expect(causes.map(({ cause }) => cause)).not.toContain("connection-refused");
  });

  it("quotes an error's type once", () => {
    const { causes } = diagnoseFailing({ attributes: { "error.type": "TypeError" }, ...thrown("TypeError", "x is not a function") });
    expect(causes[0]?.evidence[0]?.measured).toContain(": TypeError: x is not a function");
  });

  it("leaves open what was wrong if only an exception's type is known", () => {
    const { verdict, causes } = diagnoseFailing({ attributes: { "error.type": "System.InvalidOperationException" } });
    expect([verdict, causes[0]?.cause]).toEqual(["inconclusive", "unhandled-exception"]);
  });

  it.each<[string, Partial<SpanSketch>]>([
    ["an error of a file that no word explains", thrown("java.io.IOException", "Der Datenträger hat sich verabschiedet")],
    ["an error of a connection that no word explains", thrown("OSError", "Timed out trying to connect to tcp://planner:8786 after 30 s")],
    ["an exception without its message", thrown("SyntaxError", "")],
    ["a statement that failed without a word", query("")],
  ])("leaves open what was wrong with %s", (_, sketch) => {
    expect(diagnoseFailing(sketch).verdict).toBe("inconclusive");
  });

  it("does not take a server error that was chosen for an uncaught exception", () => {
    const unavailable = diagnoseFailing({ ...thrown("BusyError", "come back later"), code: 503 });
    expect(unavailable.verdict).toBe("inconclusive");
    expect(diagnoseFailing({ ...thrown("BusyError", "come back later"), code: 500 }).causes[0]?.cause).toBe("unhandled-exception");
  });

  it("finds that only the new version fails", () => {
    const observations = new TraceBuilder()
      .traces(30, () => ({ ...GOOD, version: "1.4" }))
      .traces(8, () => ({ ...GOOD, code: 500, version: "1.5", ...thrown("Error", "boom") }))
      .observations();
    expect(diagnose(observations).causes.map(({ cause }) => cause)).toContain("bad-deploy");
  });

  it("states for every cause what would be seen, and what guards against it", () => {
    expect(Object.values(CAUSE_RULES).every(({ sign }) => sign.length > 10)).toBe(true);
    expect(Object.values(GUARDS).every(({ now, prevent }) => Math.min(now.length, prevent.length) > 0)).toBe(true);
  });
});
