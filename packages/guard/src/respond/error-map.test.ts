import { describe, expect, it } from "vitest";
import { decideAnswer } from "./error-map.ts";
import { type ErrorFacts, readChain } from "./error-facts.ts";

function facts(thrown: unknown, given: Partial<ErrorFacts> & { readonly body?: string } = {}): ErrorFacts {
  const { body, ...rest } = given;
  return { chain: readChain(thrown), method: "GET", clientGone: false, target: "/", headers: () => ({}), bodyText: () => body, ...rest };
}

function coded(code: string, more: object = {}): Error {
  return Object.assign(new Error(code), { code, ...more });
}

/** An error of which a member cannot be read. */
function unreadable(member: string, more: object): Error {
  return Object.defineProperty(Object.assign(new Error("x"), more), member, {
    get: () => {
      throw new Error("must not be seen");
    },
  });
}

/** What a parser throws for `text`. */
function thrownBy(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (thrown) {
    return thrown;
  }
}

const fetchFailed = new TypeError("fetch failed", { cause: coded("ECONNREFUSED") });
const happyEyeballs = new AggregateError([coded("ETIMEDOUT"), coded("ENETUNREACH")], "connect");

function named(name: string, more: object): Error {
  return Object.assign(new Error("x"), { name, ...more });
}

const sqlState = (code: string): Error => coded(code, { severity: "ERROR" });

function boomOf(statusCode: number, data: object): Error {
  return Object.assign(new Error("x"), { isBoom: true, data, output: { statusCode } });
}

const MULTIPART = "multipart/form-data; boundary=XX";
const PART = '--XX\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n';
const typed = (type: string): Pick<ErrorFacts, "headers"> => ({ headers: () => ({ "content-type": type }) });

/** What a platform's own reader says of a form. */
async function refuseForm(type: string, body: string): Promise<unknown> {
  return new Response(body, { headers: { "content-type": type } }).formData().catch((thrown: unknown) => thrown);
}

describe("the answer to a form that cannot be read", () => {
  it.each([
    { name: "has no boundary", type: "multipart/form-data", body: PART, busboy: "Multipart: Boundary not found" },
    { name: "ends too soon", type: MULTIPART, body: PART, busboy: "Unexpected end of form" },
    { name: "has a part that is none", type: MULTIPART, body: "--XX\r\n:", busboy: "Malformed part header" },
  ])("is 400 where the request's own $name, whoever reads it", async ({ type, body, busboy }) => {
    const asked = { ...typed(type), body };
    expect(decideAnswer(facts(new Error(busboy), asked), []).status).toBe(400);
    expect(decideAnswer(facts(await refuseForm(type, body), asked), []).status).toBe(400);
  });

  it("stays a 500 where it was another form: what was sent is whole, was not seen to its end, or is none", async () => {
    const told = [new Error("Unexpected end of form"), new Error("Malformed part header"), await refuseForm(MULTIPART, PART)];
    const sent = [{ ...typed(MULTIPART), body: `${PART}--XX--\r\n` }, typed(MULTIPART), { ...typed("application/json"), body: "{}" }];
    const statuses = sent.map((asked) => told.map((thrown) => decideAnswer(facts(thrown, asked), []).status));
    expect(statuses.flat()).toEqual(Array(9).fill(500));
  });
});

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const tokenUntil = (exp: number): string => `${encode({ alg: "HS256" })}.${encode({ exp })}.c2ln`;
const bearing = (token: string): Pick<ErrorFacts, "headers"> => ({ headers: () => ({ authorization: `Bearer ${token}` }) });

/** What jsonwebtoken throws. */
function refused(message: string, expiredAt?: Date): Error {
  return Object.assign(new Error(message), {
    name: expiredAt ? "TokenExpiredError" : "JsonWebTokenError",
    ...(expiredAt && { expiredAt }),
  });
}

describe("the answer to a token that jsonwebtoken refused", () => {
  const expired = refused("jwt expired", new Date(1_700_000_000_000));
  const ask = (thrown: unknown, asked: Parameters<typeof facts>[1]): number => decideAnswer(facts(thrown, asked), []).status;

  it("is 401 where the request has none, or one that is none", () => {
    expect(ask(refused("jwt malformed"), bearing("nonsense"))).toBe(401);
    expect(ask(refused("invalid token"), bearing("eyJh.eyJh.c2ln"))).toBe(401);
    expect(ask(refused("jwt must be provided"), bearing(""))).toBe(401);
    expect(ask(refused("jwt must be provided"), {})).toBe(401);
  });

  it("is 401 where it is the request's that has expired, wherever it was sent", () => {
    const token = tokenUntil(1_700_000_000);
    const cookie = (): Record<string, string> => ({ cookie: `lang=de; token=${token}` });
    const sent = [bearing(token), { headers: cookie }, { target: `/files?token=${token}` }, { body: JSON.stringify({ token }) }];
    expect(sent.map((asked) => ask(expired, asked))).toEqual([401, 401, 401, 401]);
  });

  it("stays a 500 where another token was read, or the key may be wrong", () => {
    const words = ["jwt malformed", "jwt must be provided", "invalid token", "invalid signature", "secret or public key must be provided"];
    const told = [expired, ...words.map((each) => refused(each))];
    expect(told.map((thrown) => ask(thrown, bearing(tokenUntil(1_900_000_000))))).toEqual(Array(6).fill(500));
    expect([expired, refused("jwt malformed"), refused("invalid signature")].map((thrown) => ask(thrown, {}))).toEqual([500, 500, 500]);
    expect(ask(new Error("jwt malformed"), bearing("nonsense"))).toBe(500);
  });
});

describe("the answer to an error", () => {
  it.each([
    ["a body that is too large", Object.assign(new Error("x"), { type: "entity.too.large", status: 413, expose: true }), 413],
    ["an unsupported type", Object.assign(new Error("x"), { statusCode: 415 }), 415],
    ["Nest's not found", { getStatus: () => 404, message: "no" }, 404],
    ["a unique violation in PostgreSQL", coded("23505", { severity: "ERROR" }), 409],
    ["a value PostgreSQL cannot read", coded("22P02", { severity: "ERROR" }), 400],
    ["a unique violation in MySQL", coded("ER_DUP_ENTRY"), 409],
    ["a unique violation in node:sqlite", coded("ERR_SQLITE_ERROR", { errcode: 2067 }), 409],
    ["a text for a column of numbers in node:sqlite", coded("ERR_SQLITE_ERROR", { errcode: 3091 }), 400],
    ["a text for a row's number in node:sqlite", coded("ERR_SQLITE_ERROR", { errcode: 20 }), 400],
    ["a page before the first in PostgreSQL", coded("2201X", { severity: "ERROR" }), 400],
    ["five letters that are no report of PostgreSQL", coded("2201X"), 500],
    ["a file that multer finds too large", named("MulterError", { code: "LIMIT_FILE_SIZE" }), 413],
    ["a field that multer finds too long", named("MulterError", { code: "LIMIT_FIELD_VALUE" }), 413],
    ["a file that multer does not expect", named("MulterError", { code: "LIMIT_UNEXPECTED_FILE" }), 400],
    ["a stream that multer lost", named("MulterError", { code: "STREAM_DESTROYED" }), 500],
    ["a limit of something else", coded("LIMIT_FILE_SIZE"), 500],
    ["Boom's not found", Object.assign(new Error("x"), { isBoom: true, output: { statusCode: 404 } }), 404],
    ["Boom's bug", Object.assign(new Error("x"), { isBoom: true, output: { statusCode: 500 } }), 500],
    ["an output that is not Boom's", Object.assign(new Error("x"), { output: { statusCode: 404 } }), 500],
    ["an upload that formidable finds too large", Object.assign(new Error("x"), { code: 1009, httpCode: 413 }), 413],
    ["what Wreck makes of another server's not found", boomOf(404, { isResponseError: true }), 502],
    ["Boom's not found with data of the app", boomOf(404, { id: 7 }), 404],
    ["what undici makes of another server's not found", named("ResponseError", { code: "UND_ERR_RESPONSE", statusCode: 404 }), 502],
    ["a dependency's time-out in axios's words", Object.assign(new Error("timeout of 50ms exceeded"), { code: "ECONNABORTED" }), 504],
    ["a connection that broke", coded("ECONNABORTED"), 502],
    ["a text for a number in MySQL", coded("ER_TRUNCATED_WRONG_VALUE_FOR_FIELD"), 400],
    ["none of the words that a column may have in MySQL", coded("WARN_DATA_TRUNCATED"), 400],
    ["what a check in MySQL refuses", coded("ER_CHECK_CONSTRAINT_VIOLATED"), 422],
    ["a related row that Prisma did not find", coded("P2015"), 404],
    ["a number that is too large for Prisma", coded("P2020"), 400],
    ["a row that Sequelize did not find", named("SequelizeEmptyResultError", {}), 404],
    ["a unique violation in sqlite3 under Sequelize", named("SequelizeUniqueConstraintError", { parent: coded("SQLITE_CONSTRAINT") }), 409],
    ["what a validator in MongoDB refuses", named("MongoServerError", { code: 121 }), 422],
    ["a 121 of something else", named("Error", { code: 121 }), 500],
    ["what Superstruct refuses", named("StructError", { path: ["a"], failures: () => [] }), 400],
    ["what class-validator refuses", [{ property: "n", constraints: { isInt: "n must be an integer" } }], 400],
    ["a list of something else", [new Error("x")], 500],
    ["a limit that rate-limiter-flexible found reached", { msBeforeNext: 1200, remainingPoints: 0 }, 429],
    ["a column that MySQL does not know", coded("ER_BAD_FIELD_ERROR"), 500],
    ["a value that is too long for Prisma's column", coded("P2000", { meta: { column_name: "name" } }), 400],
    ["a value that the database holds and Prisma cannot read", coded("P2005"), 500],
    ["a row that TypeORM did not find", named("EntityNotFoundError", {}), 404],
    ["a document that Mongoose did not find", named("DocumentNotFoundError", { filter: {} }), 404],
    ["a metadata that TypeORM did not find", named("EntityMetadataNotFoundError", {}), 500],
    ["a unique violation under Sequelize", named("SequelizeUniqueConstraintError", { parent: coded("ER_DUP_ENTRY") }), 409],
    ["a value that PostgreSQL cannot read under Sequelize", named("SequelizeDatabaseError", { parent: sqlState("22P02") }), 400],
    ["a query that PostgreSQL cannot read under Sequelize", named("SequelizeDatabaseError", { parent: sqlState("42601") }), 500],
    ["a database that Sequelize cannot reach", named("SequelizeConnectionRefusedError", { parent: coded("ECONNREFUSED") }), 502],
    ["a foreign key under Objection", named("ForeignKeyViolationError", { nativeError: sqlState("23503") }), 409],
    ["what Sequelize's model refuses", named("SequelizeValidationError", { errors: [{ path: "email" }] }), 400],
    ["a refused connection under fetch", fetchFailed, 502],
    ["a name that does not resolve", coded("ENOTFOUND"), 502],
    ["a dependency that took too long", coded("UND_ERR_HEADERS_TIMEOUT"), 504],
    ["a certificate that was called back", coded("CERT_REVOKED"), 502],
    ["a certificate of nobody", coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), 502],
    ["a certificate that this service lacks", coded("ERR_NO_CERT"), 500],
    ["addresses that did not answer", happyEyeballs, 504],
    ["AbortSignal.timeout", new DOMException("x", "TimeoutError"), 504],
    ["a cancelled statement", coded("57014", { severity: "ERROR" }), 504],
    ["an exhausted pool", new Error("timeout exceeded when trying to connect"), 503],
    ["a deadlock", coded("40P01", { severity: "ERROR" }), 503],
    ["a 404 of somebody else", Object.assign(new Error("x"), { isAxiosError: true, status: 404, response: { status: 404 } }), 502],
    ["a 404 of somebody else that tells only a part of itself", unreadable("request", { status: 404, response: { status: 404 } }), 502],
    ["a bug", new TypeError("x is not a function"), 500],
    ["a division by zero in a query", coded("22012", { severity: "ERROR" }), 500],
    ["a file that is not there", coded("ENOENT"), 500],
    ["a declared status that is none", Object.assign(new Error("x"), { status: 200 }), 500],
  ])("to %s is right", (_name, thrown, status) => {
    expect(decideAnswer(facts(thrown), []).status).toBe(status);
  });

  it("tells which dependency failure it was, and whether to try again", () => {
    expect(decideAnswer(facts(fetchFailed, { method: "POST" }), [])).toMatchObject({
      retryable: true,
      proxy: { error: "connection_refused" },
    });
    expect(decideAnswer(facts(coded("ECONNRESET"), { method: "POST" }), [])).toMatchObject({ retryable: false });
    const bad = Object.assign(new Error("x"), { response: { status: 503 } });
    expect(decideAnswer(facts(bad), [])).toMatchObject({ status: 502, proxy: { receivedStatus: 503 } });
  });

  it("is 400 only when the request's own text breaks the same parser", () => {
    const broken = thrownBy(JSON.parse, '{"a":');
    expect(decideAnswer(facts(broken, { body: '{"a":' }), []).status).toBe(400);
    expect(decideAnswer(facts(broken, { body: '{"a":1}' }), []).status).toBe(500);
    const uri = thrownBy(decodeURIComponent, "%E0%A4%A");
    expect(decideAnswer(facts(uri, { target: "/files/%E0%A4%A" }), []).status).toBe(400);
    const big = thrownBy(BigInt, "12x");
    expect(decideAnswer(facts(big, { target: "/sum?n=12x" }), []).status).toBe(400);
    expect(decideAnswer(facts(big, { target: "/sum?n=12" }), []).status).toBe(500);
    const url = thrownBy((text) => new URL(text), "not a url");
    expect(decideAnswer(facts(url, { target: "/go?to=not%20a%20url" }), []).status).toBe(400);
    const target = thrownBy((text) => new URL(text, "http://shop.example"), "//");
    expect(decideAnswer(facts(target, { target: "//" }), []).status).toBe(400);
    expect(decideAnswer(facts(target, { target: "/" }), []).status).toBe(500);
  });

  it.each([
    { name: "a number out of range", provoke: () => Buffer.from("abc").readUInt8(77), guilty: "/byte?at=77", innocent: "/byte?at=1" },
    {
      name: "a currency",
      provoke: () => new Intl.NumberFormat("en", { style: "currency", currency: "EURO" }),
      guilty: "/price?in=EURO",
      innocent: "/price?in=EUR",
    },
    {
      name: "a zone",
      provoke: () => new Date().toLocaleString("en", { timeZone: "Mars/Base" }),
      guilty: "/now/Mars%2FBase",
      innocent: "/now/UTC",
    },
    { name: "a pattern", provoke: () => new RegExp(["(", "a"].join("")), guilty: "/search?q=(a", innocent: "/search?q=a" },
    {
      name: "a cursor in base64",
      provoke: () => JSON.parse('{"a"') as unknown,
      guilty: "/page?after=eyJhIg%3D%3D",
      innocent: "/page?after=eyJhIjoxfQ",
    },
    { name: "a lenient escape", provoke: () => BigInt("%1\u20ac"), guilty: "/n?v=%1%e2%82%ac", innocent: "/n?v=1" },
    {
      name: "a long number that is cut",
      provoke: () => BigInt("x".repeat(5000)),
      guilty: `/n/${"x".repeat(5000)}`,
      innocent: `/n/${"y".repeat(5000)}`,
    },
    { name: "a date", provoke: () => new Date("2026-13-01").toISOString(), guilty: "/on/2026-13-01", innocent: "/on/thursday" },
  ])("says of $name that the request was bad, and only where the request has it", ({ provoke, guilty, innocent }) => {
    const thrown = thrownBy(provoke, "");
    expect(decideAnswer(facts(thrown, { target: guilty }), []).status).toBe(400);
    expect(decideAnswer(facts(thrown, { target: innocent }), []).status).toBe(500);
  });

  it("is 400 for a version that the request names and semver cannot read", () => {
    const thrown = new TypeError("Invalid Version: 1.x");
    expect(decideAnswer(facts(thrown, { target: "/versions/1.x" }), []).status).toBe(400);
    expect(decideAnswer(facts(thrown, { target: "/versions/1.0.0" }), []).status).toBe(500);
  });

  it.each([
    {
      name: "a part of an address",
      provoke: () => new URL("https://a b/path"),
      guilty: { "x-forwarded-host": "a b" },
      innocent: { "x-forwarded-host": "path" },
    },
    {
      name: "a part of a base",
      provoke: () => new URL("/x", "http://a:b:c"),
      guilty: { "x-forwarded-host": "a:b:c" },
      innocent: { "x-forwarded-host": "a" },
    },
    {
      name: "a bad value beside a good base",
      provoke: () => new URL("http://", "http://shop.example/"),
      guilty: { "x-a": "http://" },
      innocent: { "x-forwarded-host": "shop.example" },
    },
    { name: "half a character", provoke: () => encodeURIComponent("\ud800"), guilty: { "x-a": "\ud800" }, innocent: { "x-a": "a" } },
  ])("says of $name in a header that the request was bad, and only where the request has it", ({ provoke, guilty, innocent }) => {
    const thrown = thrownBy(provoke, "");
    const ask = (headers: Record<string, string>): number => decideAnswer(facts(thrown, { headers: () => headers }), []).status;
    expect([ask(guilty), ask(innocent)]).toEqual([400, 500]);
  });

  it("is no input error by headers that every request has, whose values look like one", () => {
    const thrown = thrownBy(() => new Date(Number.NaN).toISOString(), "");
    const headers = (): Record<string, string> => ({ host: "127.0.0.1:3000", cookie: "sid=3f9c2ab1", authorization: "Bearer 9a.7b.3c" });
    expect(decideAnswer(facts(thrown, { headers }), []).status).toBe(500);
  });

  it("is 404 for a file that the request named, and 400 for a JSON body that nests too deep or is not there", () => {
    const missing = Object.assign(new Error("x"), { code: "ENOENT", path: "/srv/files/a b.txt" });
    expect(decideAnswer(facts(missing, { target: "/files/a%20b.txt" }), []).status).toBe(404);
    expect(decideAnswer(facts(missing, { target: "/files/c.txt" }), []).status).toBe(500);
    const overflow = new RangeError("Maximum call stack size exceeded");
    expect(decideAnswer(facts(overflow, { body: "[".repeat(400) }), []).status).toBe(400);
    expect(decideAnswer(facts(overflow, { body: "[[1]]" }), []).status).toBe(500);
    const empty = thrownBy(JSON.parse, "");
    const headers = (): Record<string, string> => ({ "content-type": "application/json" });
    expect(decideAnswer(facts(empty, { method: "POST", headers }), []).status).toBe(400);
    expect(decideAnswer(facts(empty, { method: "POST" }), []).status).toBe(500);
    expect(decideAnswer(facts(empty, { method: "GET", headers }), []).status).toBe(500);
  });

  it("is 400 for what Mongoose could not cast, where the request has it", () => {
    const cast = (value: unknown): Error => named("CastError", { kind: "ObjectId", path: "_id", value });
    expect(decideAnswer(facts(cast("abc"), { target: "/orders/abc" }), []).status).toBe(400);
    expect(decideAnswer(facts(cast(12), { body: '{"order":12}' }), []).status).toBe(400);
    expect(decideAnswer(facts(cast("abc"), { target: "/orders/64b7f0c2a1b2c3d4e5f60718" }), []).status).toBe(500);
    expect(decideAnswer(facts(cast({ id: "abc" }), { target: "/orders/abc" }), []).status).toBe(500);
    expect(decideAnswer(facts(cast(undefined), { target: "/orders/abc" }), []).status).toBe(500);
  });

  it("says how long to wait where a limit says it", () => {
    expect(decideAnswer(facts({ msBeforeNext: 1200 }), [])).toEqual({ status: 429, retryable: true, retryAfterSeconds: 1.2 });
  });

  it("is nobody's server error when the client went away", () => {
    expect(decideAnswer(facts(coded("ECONNRESET"), { clientGone: true }), []).status).toBe(499);
  });

  it("is the user's own where they have a rule, and a rule that throws or answers nonsense has no opinion", () => {
    const rules = [
      () => {
        throw new Error("a bad rule");
      },
      () => ({ status: 200 }),
      () => ({ status: 418 }),
    ];
    expect(decideAnswer(facts(new Error("teapot")), rules)).toEqual({ status: 418 });
  });
});
