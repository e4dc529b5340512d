import { CAUSES } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { BROKER_ERRORS } from "../explain/broker-errors.ts";
import { DATABASE_ERRORS } from "../explain/database-errors.ts";
import { findExplanations, listWords } from "../explain/find-explanations.ts";
import { GRPC_CODES } from "../explain/grpc-codes.ts";
import { HTTP2_ERRORS } from "../explain/http2-errors.ts";
import { NODE_ERRORS } from "../explain/node-errors.ts";
import { PLATFORM_ERRORS } from "../explain/platform-errors.ts";
import { PRISMA_ERRORS } from "../explain/prisma-errors.ts";
import { SYSTEM_ERRORS } from "../explain/system-errors.ts";
import { WEBSOCKET_CLOSES } from "../explain/websocket-closes.ts";
import { runFaultline } from "../main.ts";

async function explain(words: readonly string[], input = "") {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text) },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {
      yield Buffer.from(input);
    })(),
    env: {},
  };
  return { code: await runFaultline(["explain", ...words], io), ...printed };
}

const EVERY_ERROR = [
  ...PRISMA_ERRORS,
  ...DATABASE_ERRORS,
  ...GRPC_CODES,
  ...PLATFORM_ERRORS,
  ...BROKER_ERRORS,
  ...WEBSOCKET_CLOSES,
  ...HTTP2_ERRORS,
  ...SYSTEM_ERRORS,
  ...NODE_ERRORS,
];

describe("faultline explain", () => {
  it.each(["Fastify", "NestJS", "hapi", "Echo", "FastAPI", "IIS", "Kong"])(
    "finds an answer by each of the makers that write it: %s",
    async (maker) => {
      expect((await explain([maker])).out).toContain(maker);
    },
  );

  it("says of a code's own words where they stand, however sure its cause is", async () => {
    expect((await explain(["SH--"])).out.replaceAll(/\s+/g, " ")).toContain("section 8.5 (read in its source or documentation)");
  });

  it("knows every word that it may propose", () => {
    expect(listWords().filter((word) => findExplanations(word).length === 0)).toEqual([]);
  });

  it("says what holds for several makers of a status once, and then whose it is", async () => {
    const { out } = await explain(["502"]);
    expect(out.match(/an answer of the app: this hop wrote it/g)).toHaveLength(1);
    expect(out).toContain("mistaken for: as for nginx\n");
    expect(out).toContain("next:         as for nginx\n");
    expect(out).toMatch(/next: {9}does the name resolve/);
  });

  it.each([
    ["502", "the proxy is broken: it is the messenger"],
    ["524", "Cloudflare"],
    ["Error code 522", "522 connection timed out (Cloudflare)"],
    ["HTTP ERROR 502", "502 Bad Gateway"],
    ["H12", "Heroku"],
    ["UF", "Envoy"],
    ["sH--", "HAProxy"],
    ["x-envoy-upstream-service-time", "what is behind Envoy"],
    ["Server: awselb/2.0", "AWS ALB"],
    ["no healthy upstream", "no-healthy-upstream"],
    ["ECONNREFUSED", "cause:        connection-refused"],
    ["Error: connect ETIMEDOUT 10.0.0.7:5432", "cause:        dependency-timeout"],
    ["upstream prematurely closed connection", "cause:        keepalive-race"],
    ["upstream timed out", "nginx upstream timed out (...) while connecting to upstream"],
    ["connect() failed (111: Connection refused) while connecting to upstream", "nginx"],
    ["HTTP/1.1 504 Gateway Time-out", "504 Gateway Timeout"],
    ["status code 503", "503 Service Unavailable"],
    ["404", "does the backend itself know the path?"],
    ["Retry-After: 120", "RFC 9110 section 10.2.3"],
    ["Server: cloudflare", "replace it on answers that they only pass on"],
    ["Varnish", "Varnish got no usable response from its backend"],
    ["Guru Meditation", "Varnish"],
    ["PHP Fatal error:  Uncaught TypeError: foo()", "made by:      the PHP script"],
    ["PHP fatal", "PHP fatal error"],
    ["heroku H12", "Heroku H12"],
    ["Envoy UO", "Envoy UO"],
    ["Cloudflare 530", "530"],
    ["Kafka: NOT_LEADER_FOR_PARTITION", "Kafka NOT_LEADER_OR_FOLLOWER"],
    ["PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'jobs'", "RabbitMQ PRECONDITION_FAILED"],
    ["websocket 1011", "what 500 is to a request"],
    ["WebSocket is closed with code 1006", "no endpoint sends this code"],
    ["1013", "Cloudflare 1013"],
    ["1013", "WebSocket 1013"],
    ["AuthInvalidCookie", "AWS ALB AuthInvalidCookie"],
    ["ERROR 2059 (HY000): Authentication plugin 'caching_sha2_password' cannot be loaded", "MySQL 2059"],
    ["SQLSTATE[40001]", "mistaken for: a bug"],
    ["SQLSTATE[HY000] [2002] Connection refused", "MySQL 2002"],
    ["SQLSTATE[22012]", "a value cannot be what its column or the query needs"],
    ["FATAL: sorry, too many clients already", "SQLSTATE 53300"],
    ["23505", "answer 409"],
    ["grpc-status: 14", "gRPC 14 UNAVAILABLE"],
    ["rpc error: code = DeadlineExceeded desc = context deadline exceeded", "gRPC 4 DEADLINE_EXCEEDED"],
    ["error code: 1020", "Cloudflare 1020"],
    ["ThrottlingException: Rate exceeded", "cause:        rate-limited-as-5xx"],
    ["2026-01-01T00:00:00Z 4f Task timed out after 3.00 seconds", "Lambda"],
    ["crashloopbackoff", "kubectl logs POD --previous"],
    ["Reason: OOMKilled", "OOMKilled"],
    ["exit code 137", "OOMKilled"],
    ["java.lang.OutOfMemoryError: Java heap space", "heap dump"],
    ["context deadline exceeded", "cause:        dependency-timeout"],
    ["curl: (52) Empty reply from server", "without a byte of an answer"],
    ["net::ERR_HTTP2_PROTOCOL_ERROR", "curl --http1.1"],
    ["NS_ERROR_NET_RESET", "ERR_CONNECTION_RESET"],
    ["CORS", "Access-Control-Allow-Origin"],
    ["Error: write EPROTO error:1408F10B:SSL routines:ssl3_get_record:wrong version number", "does not speak TLS at this port"],
    ["P2024", "pool_timeout, 10 s"],
    ["PrismaClientKnownRequestError (code: P2002)", "answer 409"],
    ["P5011", "Prisma's hosted service"],
    ["1205", "innodb_lock_wait_timeout"],
    ["Error: ER_CON_COUNT_ERROR: Too many connections", "MySQL 1040"],
    ["ER_SOMETHING_NEW", "the database server or its driver"],
    ["1236", "perror 1236"],
    ["1213", "LATEST DETECTED DEADLOCK"],
    ["26000", "a missing migration"],
    ["connect ETIMEDOUT 10.0.0.7:5432", "nc -vz HOST PORT"],
    ["UND_ERR_CONNECT_TIMEOUT", "nc -vz HOST PORT"],
    ["EHOSTUNREACH", "ip route get ADDRESS"],
    ["4001", "a WebSocket's close code"],
    ["SQLSTATE[HY000] [2002] Connection timed out", "a packet is dropped"],
    ["P1016", "the message behind the code"],
    ["XX000", "an internal error of the database"],
    ["E11000 duplicate key error collection: shop.users", "MongoDB"],
    ["WRONGTYPE Operation against a key holding the wrong kind of value", "redis-cli type KEY"],
    ["ORA-00942: table or view does not exist", "oerr ora 00942"],
    ["UND_ERR_HEADERS_OVERFLOW", "16 KiB"],
    ["[UND_ERR_CLOSED]: The client is closed", "closed and takes no request"],
    ["ERR_HTTP2_PING_LENGTH", "an error of Node's HTTP/2"],
    ["ERR_STREAM_WRITE_AFTER_END", "which path answers twice"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "NODE_EXTRA_CA_CERTS"],
    ["ENOTDIR", "not a directory"],
    ["connect ENETUNREACH 2606:4700::6810:443", "IPv6"],
    ["NGHTTP2_ENHANCE_YOUR_CALM", "keepalive pings"],
    ["stream closed: GOAWAY code PROTOCOL_ERROR", "a header with capitals"],
    ["9 FAILED_PRECONDITION", "mistaken for: UNAVAILABLE"],
    ["StatusCode.DEADLINE_EXCEEDED", "gRPC 4 DEADLINE_EXCEEDED"],
    ["494", "large_client_header_buffers"],
    ["496", "curl --cert"],
    ["Target.ResponseCodeMismatch", "widen the matcher"],
    ["worker exited with code 1", "did not handle"],
    ["exit code 127", "Windows line ends"],
    ["SIGTERM", "it was asked to end"],
    ["SIGKILL", "the grace period"],
    ["UC", "mistaken for: "],
    ["x-amzn-requestid", "an id: it finds the request in AWS logs and for its support"],
    ["X-Cloud-Trace-Context: 4bf92f3577b34da6a3ce929d0e0e4736/1", "an id: it finds the trace in Google Cloud"],
  ])("knows %s", async (query, part) => {
    const { code, out } = await explain([query]);
    expect(code).toBe(0);
    expect(out).toContain(part);
    expect(out).toContain("source:");
  });

  it.each([
    "the upstream service is unavailable: try later",
    "internal server error",
    "an unknown failure",
    "order 1020 was not found",
    "took 137 ms",
    "aborted",
    "code 14",
    "took 1205 ms",
    "user P2024X left",
    "HYPER",
    "the job was cancelled and is pending",
    "exit code 10 of 12 stages",
    "an INTERNAL_ERROR of the shop",
    "heroku order 1011",
    "closed 1013 tickets",
    "nginx UO",
  ])("takes no ordinary words for a code: %s", async (text) => {
    expect((await explain([text])).out).not.toMatch(
      /^(?:gRPC|Cloudflare|WebSocket|Kafka|RabbitMQ|Envoy|OOMKilled|SQLSTATE|MySQL|P\d|exit code|Pending|HTTP\/2)/m,
    );
  });

  it.each(["a 500", "the 1006", "is 500", "to 503", "of 504", "in 1013", "e 1001", "gate 502", "a: 503"])(
    "takes no word that is in many names for a maker's: %s",
    (text) => expect(findExplanations(text)).toEqual([]),
  );

  it.each(["error 502", "Error: 502", "Error code 502", "Error 502: Bad gateway"])(
    "explains the status in %s, and no maker's code",
    (text) => expect(findExplanations(text)).toEqual(findExplanations("502")),
  );

  it("looks for a maker in time that grows with the text alone", () => {
    const startedMs = performance.now();
    findExplanations(`a${" ".repeat(60_000)}\nb`);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it.each(CAUSES)("explains the cause %s", async (cause) => {
    const { out } = await explain([cause]);
    expect(out).toMatch(new RegExp(`^${cause}\\n`));
    expect(out).toContain("mistaken for: ");
    expect(out).toContain("next: ");
  });

  it.each(EVERY_ERROR)("says of $code who says so, what it is mistaken for and what to check", async ({ code }) => {
    const [found] = JSON.parse((await explain([code, "--json"])).out) as Record<string, string>[];
    expect(found).toMatchObject({ source: expect.any(String), mistakenFor: expect.any(String), nextCheck: expect.any(String) });
  });

  it.each(["3306", "4401", "ER_SOMETHING_NEW", "ORA-00942", "P1016", "P2031", "ERR_FOO_BAR"])(
    "gives no cause to a code that is known by its kind alone: %s",
    async (code) => {
      const [found] = JSON.parse((await explain([code, "--json"])).out) as Record<string, string>[];
      expect(found).toMatchObject({ nextCheck: expect.any(String), mistakenFor: expect.any(String) });
      expect(found).not.toHaveProperty("cause");
    },
  );

  it("reads a body from standard input", async () => {
    const page = "<html>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>";
    expect((await explain(["-"], page)).out).toContain("made by:      nginx (proxy)");
  });

  it("says that it knows nothing, without echoing control characters", async () => {
    const { code, out, err } = await explain(["gl\u001b[31marb"]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).not.toContain("\u001b");
  });

  it.each([
    ["gateway-timeot", "did you mean gateway-timeout?"],
    ["ECONREFUSED", "did you mean ECONNREFUSED?"],
    [" ", "there is nothing to explain in an empty text"],
  ])("says of %j what was perhaps meant", async (query, sentence) => {
    const { code, err } = await explain([query]);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
  });

  it("keeps to the width of the terminal", async () => {
    const { out } = await explain(["502"]);
    expect(Math.max(...out.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it("gives JSON", async () => {
    expect(JSON.parse((await explain(["504", "--json"])).out)[0]).toMatchObject({
      title: "504 Gateway Timeout",
      source: "RFC 9110 section 15.6",
    });
  });
});
