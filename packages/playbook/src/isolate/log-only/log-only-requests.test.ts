import type { Exchange, LogRecord, Observations } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { TraceBuilder } from "../../testing/trace-builder.ts";

type Words = readonly [service: string, body: string, attributes?: LogRecord["attributes"]];

const START_MS = 1_700_000_000_000;
const exception = (type: string, message: string, stack = ""): LogRecord["attributes"] => ({
  "exception.type": type,
  "exception.message": message,
  ...(stack === "" ? {} : { "exception.stacktrace": `${type}: ${message}\n${stack}` }),
});

/** Log records of eight requests that say these errors in this order, and of twelve that say nothing bad. */
function logged(...errors: readonly Words[]): Observations {
  const logs = Array.from({ length: 20 }, (_, index): readonly LogRecord[] => {
    const record = ([service, body, attributes = {}]: Words, at: number): LogRecord => ({
      timeMs: START_MS + index * 1_000 + at,
      severity: index < 12 || /\b[24]0\d\b|completed|no error/.test(body) ? 9 : 17,
      body,
      attributes,
      traceId: (index + 1).toString(16).padStart(32, "0"),
      spanId: `${at}`.padStart(16, "0"),
      resource: { service, attributes: {} },
    });
    return index < 12 ? [record(["shop", "GET /carts/7 answered 200"], 1)] : errors.map(record);
  });
  return { spans: [], logs: logs.flat(), metrics: [], changes: [], exchanges: [] };
}

/** The same with what nginx in front of them wrote down. */
function witnessed(observations: Observations): Observations {
  const exchanges = observations.logs.map(({ timeMs, severity, traceId = "" }): Exchange => {
    const status = severity < 17 ? 200 : 500;
    const upstream = [{ address: "10.0.3.7:8080", status, answered: true }];
    return { observer: { kind: "proxy", name: "nginx" }, method: "GET", path: "/carts/7", traceId, timeMs, status, upstream };
  });
  return { ...observations, exchanges };
}

const told = (...errors: readonly Words[]) => {
  const { verdict, path, causes, scope, missing } = diagnose(logged(...errors));
  return { verdict, scope, missing, cause: causes[0]?.cause, path: path.map(({ service, fate }) => `${service} ${fate}`) };
};

const FULL = exception("ReplyError", "MISCONF Redis is configured to save RDB snapshots");
const DEFECT = exception("TypeError", "Cannot read properties of undefined (reading 'sku')", "    at price (/app/src/price.js:4:9)");

describe("requests that only log records tell of", () => {
  it("were failed by who logged an error first, and passed on by who logged one later", () => {
    const { verdict, path, cause, scope, missing } = told(
      ["stock", "GET /stock/7 failed", DEFECT],
      ["shop", "GET /carts/7 failed", exception("BackendError", "stock answered 500")],
    );
    expect([path, cause]).toEqual([["shop propagated", "stock created"], "unhandled-exception"]);
    expect(scope).toMatchObject({ service: "shop", route: "/carts/{id}", failing: 8, succeeding: 12 });
    expect(verdict).toBe("inconclusive");
    expect(missing.map(({ what }) => what).join()).toContain("spans of these requests");
  });

  it("were failed by the store whose driver's words an error has, though the answer was written in the same millisecond", () => {
    const words = 'connection to server at "orders-db" (10.3.0.9), port 5432 failed: Connection refused';
    const observations = logged(
      ["orders", "GET /orders/7 500 31ms"],
      ["orders", "Internal Server Error: /orders/7", exception("django.db.utils.OperationalError", words)],
    );
    const logs = observations.logs.map((log) => ({ ...log, timeMs: Math.floor(log.timeMs / 1_000) * 1_000 }));
    expect(diagnose({ ...observations, logs }).path.map(({ service }) => service)).toEqual(["orders", "postgresql"]);
  });

  it.each<readonly [string, Words]>([
    ["a message that came with it", ["hooks", "failed to handle event", { ...DEFECT, "url.path": "/webhook" }]],
    ["what is called a scheduler", ["plans", "could not reach the scheduler", { ...DEFECT, "url.path": "/plans" }]],
  ])("failed where a path was asked for, though its error speaks of %s", (_, error) => {
    const { logs, ...rest } = logged(error);
    expect(diagnose({ ...rest, logs: logs.filter(({ severity }) => severity >= 17) }).scope.failing).toBe(8);
  });

  it("were failed by no store whose form a program could not write", () => {
    const type = "org.springframework.data.redis.serializer.SerializationException";
    expect(told(["orders", "GET /orders/7 failed", exception(type, "Cannot deserialize")]).path).toEqual(["orders created"]);
  });

  it("did not fail where only a job's error is written down", () => {
    const stopped = exception("java.lang.IllegalStateException", "no rows");
    const countFailing = (body: string) => {
      const observations = logged(["batch", body, stopped]);
      return diagnose({ ...observations, logs: observations.logs.filter(({ severity }) => severity >= 17) }).scope.failing;
    };
    expect(countFailing("Job DEFAULT.cleanup threw an unhandled Exception:")).toBe(0);
    expect(countFailing("could not load the cart")).toBe(8);
  });

  it("are told of by log records, whatever is said of them", () => {
    const { path, causes } = diagnose(logged(["stock", "GET /stock/7 failed", DEFECT], ["shop", "GET /carts/7 failed", DEFECT]));
    const sources = [...path, ...causes].flatMap(({ evidence }) => evidence.map(({ source }) => source));
    expect(new Set(sources)).toEqual(new Set(["log"]));
  });

  it.each(["ledger answered 500", "ledger did not answer in time", "socket hang up"])(
    "are not timed nor said to have called nothing, as nobody measured them, nor offered as a test, as nobody recorded them: %s",
    (words) => {
      const error = exception("BackendError", words);
      const { path, causes, next, guard } = diagnose(
        logged(["shop", "GET /carts/7 failed", error], ["edge", "GET /carts/7 failed", error]),
      );
      const said = [...path, ...causes].flatMap(({ evidence }) => evidence.map(({ statement, measured }) => `${statement}: ${measured}`));
      expect(said.join("\n")).not.toMatch(/\d ms\b/);
      expect(said.join("\n")).not.toContain("it called nothing");
      const typed = [...next.map(({ command }) => command), ...guard.prevent.map(({ example }) => example)];
      expect(typed.join("\n")).not.toContain("faultline prove");
    },
  );

  it.each([
    ["names what failed", ["diagnosed", "database-failure"], exception("PG::ConnectionBad", "FATAL: the database system is shutting down")],
    ["names whom it could not reach", ["diagnosed", "connection-refused"], exception("Error", "connect ECONNREFUSED 10.0.3.5:8080")],
    ["was only thrown", ["inconclusive", "unhandled-exception"], DEFECT],
  ] as const)("are believed where an intermediary saw how they ended, and the error %s", (_, expected, attributes) => {
    const diagnosis = diagnose(witnessed(logged(["shop", "GET /carts/7 failed", attributes])));
    expect(diagnosis.path[0]).toMatchObject({ service: "nginx", fate: "propagated" });
    expect([diagnosis.verdict, diagnosis.causes[0]?.cause]).toEqual(expected);
  });

  it("are of the time at which an intermediary saw them, whatever the clock of who logged them says", () => {
    const { exchanges, logs, ...rest } = witnessed(logged(["shop", "GET /carts/7 failed", DEFECT]));
    const late = logs.map((log) => ({ ...log, timeMs: log.timeMs - 3_600_000 }));
    const { path, scope } = diagnose({ ...rest, exchanges, logs: late });
    expect(path.map(({ service }) => service)).toEqual(["nginx", "shop"]);
    expect(scope.failing).toBe(exchanges.filter(({ status = 0 }) => status >= 500).length);
  });

  it.each([
    ["ledger", "dependency-timeout", exception("BackendError", "ledger did not answer in time")],
    ["ledger", "dependency-error", exception("BackendError", "ledger answered 500")],
    ["ledger.internal", "connection-refused", exception("Error", "fetch http://ledger.internal:8080/entries: connect ECONNREFUSED")],
    ["shop", "dns-failure", exception("Error", "getaddrinfo ENOTFOUND ledger")],
    ["postgresql", "database-failure", exception("PG::ConnectionBad", "FATAL: the database system is shutting down")],
    ["redis", "database-failure", exception("ReplyError", "READONLY You can't write against a read only replica.")],
    ["shop", "unhandled-exception", exception("Error", "Command timed out")],
  ])("were failed by %s, where the error says so: %s", (creator, cause, attributes) => {
    const { suspects, causes } = diagnose(logged(["shop", "GET /carts/7 failed", attributes]));
    expect([suspects[0]?.service, causes[0]?.cause]).toEqual([creator, cause]);
  });

  it.each([
    ["Exception on /carts/7 [GET]", DEFECT],
    ["Internal Server Error: /carts/7", DEFECT],
    ["PUT /carts/7 failed", {}],
  ])("failed, as their framework says: %s", (body, attributes) => expect(told(["shop", body, attributes]).scope.failing).toBe(8));

  it("did not, where an error says only that something went wrong in them", () =>
    expect(told(["shop", "cart 7 is not known, an empty one is made"]).scope.failing).toBe(0));

  it.each([
    [
      "who asked it",
      [
        ["shop", "recommendations", DEFECT],
        ["shop", "GET /carts/7 answered 200"],
      ],
    ],
    [
      "an attribute",
      [
        ["shop", "recommendations", DEFECT],
        ["shop", "request completed", { "http.response.status_code": 404 }],
      ],
    ],
    [
      "Rails",
      [
        ["shop", "sidebar", DEFECT],
        ["shop", "Completed 200 OK in 8ms"],
      ],
    ],
    [
      "who stands in front",
      [
        ["stock", "GET /stock/7 failed", DEFECT],
        ["edge", "GET /carts/7 200 33ms"],
      ],
    ],
    [
      "who answered before its task failed",
      [
        ["shop", "POST /carts/7 202 3ms"],
        ["worker", "job failed", DEFECT],
      ],
    ],
  ] as const)("did not, where an answer under 500 was written down by %s", (_, errors) =>
    expect(diagnose(logged(...errors)).scope.failing).toBe(0),
  );

  it("did not, where an exception is of no request, as the records elsewhere write them", () =>
    expect(told(["consumer", "message 7 was given up", DEFECT]).scope.failing).toBe(0));

  it("did not, where an intermediary saw that they ended well", () => {
    const { exchanges, ...rest } = witnessed(logged(["shop", "cart is old", DEFECT]));
    const { verdict, causes } = diagnose({ ...rest, exchanges: exchanges.map((each) => ({ ...each, status: 200, upstream: [] })) });
    expect([verdict, causes]).toEqual(["inconclusive", []]);
  });

  it("stand behind those that an intermediary saw fail, however many they are", () => {
    const told = logged(["shop", "GET /search failed", DEFECT]);
    const exchange = {
      observer: { kind: "proxy", name: "nginx" },
      method: "POST",
      path: "/checkout",
      status: 502,
      timeMs: START_MS,
    } as const;
    const upstream = [{ address: "10.0.3.7:8080", answered: false }];
    expect(
      diagnose({
        ...told,
        exchanges: [
          { ...exchange, upstream },
          { ...exchange, timeMs: START_MS + 20_000, status: 200 },
        ],
      }).scope,
    ).toMatchObject({ route: "/checkout", failing: 1 });
  });

  it.each<readonly [string, Words, Words]>([
    ["what good requests log as well", ["audit", "could not ship: kafka: no brokers"], ["shop", "GET /carts/7 failed", DEFECT]],
    [
      "what another caught, where the outer one's code was wrong",
      ["audit", "GET /x failed", FULL],
      ["shop", "GET /carts/7 failed", DEFECT],
    ],
    [
      "what a clock tells in the wrong order",
      ["edge", "GET /carts/7 failed", exception("BackendError", "shop answered 500")],
      ["shop", "GET /carts/7 failed", DEFECT],
    ],
  ])("were not failed by %s", (_, first, second) => {
    const { logs, ...rest } = logged(first, second);
    const good = logs.filter(({ body }) => body.includes("200"));
    const usual = good.map((log): LogRecord => ({ ...log, severity: 17, body: first[1], resource: { service: "audit", attributes: {} } }));
    expect(diagnose({ ...rest, logs: [...logs, ...usual] }).suspects[0]?.service).toBe("shop");
  });

  it.each<readonly [type: string, message: string, stack: string]>([
    ["KeyError", "'mongo_id'", ""],
    ["TypeError", "x is undefined", "    at onRow (/app/src/a.js:1:1)\n    at /app/node_modules/pg/lib/query.js:1:1"],
    ["Error", "POSTGRES_URL is not set", ""],
    ["Error", "Product is unavailable", ""],
    ["Error", "price lookup failed for sku 7", ""],
    ["Error", "Customer refused the terms", ""],
    ["Error", "secret option required, see https://expressjs.com/en/resources/ for details", ""],
    ["TimeoutError", "QueuePool limit reached (Background on this error at: https://sqlalche.me/e/20/3o7r)", ""],
  ])("failed by themselves where an error speaks of no call: %s: %s", (type, message, stack) =>
    expect(diagnose(logged(["shop", "GET /carts/7 failed", exception(type, message, stack)])).suspects[0]?.service).toBe("shop"),
  );

  it("are judged alike in whichever order their records come", () => {
    const { logs, ...rest } = logged(
      ["stock", "GET /stock/7 failed", DEFECT],
      ["shop", "GET /carts/7 failed", exception("Error", "stock answered 500")],
    );
    expect(diagnose({ ...rest, logs: logs.toReversed() })).toEqual(diagnose({ ...rest, logs }));
  });

  it("may have more records than a function has room for arguments", () => {
    const { logs, ...rest } = logged(["shop", "GET /carts/7 failed", DEFECT]);
    const row = {
      timeMs: START_MS,
      severity: 9,
      body: "row",
      attributes: {},
      traceId: "f",
      resource: { service: "import", attributes: {} },
    };
    expect(diagnose({ ...rest, logs: [...logs, ...Array.from({ length: 150_000 }, () => row)] }).scope.failing).toBe(8);
  });

  it("are nothing where spans tell what happened", () => {
    const { logs } = logged(["shop", "GET /carts/7 failed", DEFECT]);
    const { scope } = diagnose({ ...new TraceBuilder().traces(5, () => ({ service: "shop", code: 200 })).observations(), logs });
    expect(scope.failing).toBe(0);
  });
});
