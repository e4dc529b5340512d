/** The redactor fails closed: whatever part of it throws, and whenever, nothing of the value comes out unread. */
import { describe, expect, it } from "vitest";
import { createNameTable } from "./names/name-table.ts";
import type { Pass } from "./pass.ts";
import { resolvePolicy } from "./policy.ts";
import { createPseudonymizer } from "./pseudonym.ts";
import { createRedactor, createRedactorFrom, type Redactor } from "./redactor.ts";
import { createKeyClassifier } from "./names/sensitive-key.ts";

const CANARY = ["ca", "nary", "7f3a91"].join("");
const BODY = JSON.stringify({ password: CANARY, nested: { token: [CANARY] }, note: `password=${CANARY}`, cookie: `sid=${CANARY}` });

/** One for all calls: its stack is written once. */
const ERROR = new Error(`secret: "${CANARY}"`);

/** Every way in, with the canary where a secret may stand. */
const CALLS: readonly ((redactor: Redactor) => unknown)[] = [
  (redactor) => redactor.redactText(`login failed: password=${CANARY} for https://app:${CANARY}@db/x`),
  (redactor) => redactor.redactHeaders({ authorization: `Bearer ${CANARY}`, cookie: `sid=${CANARY}`, "x-api-key": CANARY }),
  (redactor) => redactor.redactBody(BODY, "application/json"),
  (redactor) => redactor.redactBody(new TextEncoder().encode(`a=1&password=${CANARY}`), "application/x-www-form-urlencoded"),
  (redactor) =>
    redactor.redactBody(`--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n${CANARY}\r\n--b--`, "multipart/form-data; boundary=b"),
  (redactor) => redactor.redactUrl(`/reset?token=${CANARY}&next=%2Fa%3Fpassword%3D${CANARY}`),
  (redactor) => redactor.redactValue({ session: { id: CANARY }, error: ERROR }),
  (redactor) => redactor.redactAttributes({ "http.request.header.cookie": [`a=${CANARY}`], "http.request.body.content": BODY }),
];

/** One for all injections: a stack for each would be most of the test's time. */
const INJECTED = new Error("injected");

/** Parts of which the n-th call to any throws. */
function createFailing(failAt: number): Redactor {
  const policy = resolvePolicy({});
  let calls = 0;
  const orFail = <A extends unknown[], R>(work: (...args: A) => R) => {
    return (...args: A): R => {
      calls += 1;
      if (calls >= failAt) throw INJECTED;
      return work(...args);
    };
  };
  const classify = orFail(createKeyClassifier([], [], { left: 0 }));
  const work = { left: 0 };
  const pass: Pass = {
    policy,
    classify,
    names: orFail(createNameTable(classify, work)),
    work,
    pseudonym: orFail(createPseudonymizer("test")),
    count: orFail(() => undefined),
  };
  return createRedactorFrom(pass, {});
}

describe("a redactor that fails", () => {
  // 10,000 in all; each way in is a test, because a busy machine takes its time over all of them together.
  it.each(CALLS)("lets nothing out in 1,250 injected failures, and never throws: way in %#", (call) => {
    let leaked = 0;
    for (let failAt = 1; failAt <= 1_250; failAt++) {
      const output = JSON.stringify(call(createFailing(1 + (failAt % 60))));
      leaked += Number(output.includes(CANARY));
    }
    expect(leaked).toBe(0);
  });

  it("counts what it dropped", () => {
    const redactor = createRedactor();
    const hostile = {
      toString: () => {
        throw new Error("no");
      },
    } as unknown as string;
    expect(redactor.redactText(hostile)).toBe("[unscanned]");
    expect(redactor.counts()["unscanned"]).toBe(1);
  });

  it("finds every canary when nothing fails", () => {
    const redactor = createRedactor();
    expect(CALLS.map((call) => JSON.stringify(call(redactor)).includes(CANARY))).toEqual(CALLS.map(() => false));
  });
});

describe("a text made to cost much", () => {
  const SIZE = 65_536;
  const dense = Array.from({ length: SIZE / 16 }, (_, index) => `key${index.toString(36)}=1;`).join("");

  it("is not read to its end: the rest is dropped and counted, and the next text is read as ever", () => {
    const redactor = createRedactor();
    const output = redactor.redactText(`${dense} password=${CANARY}`);
    expect(output).not.toContain(CANARY);
    expect(output).toMatch(/\[\d+ more\]$/);
    expect(redactor.counts()["unscanned"]).toBe(1);
    expect(redactor.redactText(`password=${CANARY} then more`)).toMatch(/^password=\[redacted:password:\w{6}\] then more$/);
  });

  it("keeps its structure when it is JSON", () => {
    const body = JSON.stringify({ first: dense, second: [`password=${CANARY}`], third: "a text of no secret" });
    const parsed: unknown = JSON.parse(createRedactor().redactBody(body, "application/json").text);
    expect(parsed).toMatchObject({ first: expect.stringMatching(/\[\d+ more\]$/), second: [expect.stringMatching(/^\[\d+ more\]$/)] });
  });

  it("costs no one else anything: 64 KiB of users with an email and a token each are read to their end", () => {
    const users = Array.from({ length: 400 }, (_, id) => ({
      id,
      email: `user${id}@corp.test`,
      token: `${CANARY}${id}`,
      created: "2026-11-21T07:41:12.123Z",
      address: { street: `Main ${id}`, zip: "10115" },
    }));
    const redactor = createRedactor();
    const output = redactor.redactBody(JSON.stringify(users), "application/json").text;
    expect(output).not.toContain(CANARY);
    expect(redactor.counts()).toEqual({ email: 400, token: 400 });
  });
});

describe("objects of the program", () => {
  const redactor = createRedactor();

  it("are not changed, and their getters are not called", () => {
    let called = 0;
    const value = Object.freeze({
      password: "x1",
      get boom() {
        called += 1;
        return "secret";
      },
      deep: Object.freeze([Object.freeze({ token: "abc123" })]),
    });
    const before = JSON.stringify(Object.getOwnPropertyDescriptors(value.deep));
    expect(redactor.redactValue(value)).toMatchObject({ boom: "[getter]" });
    expect(called).toBe(0);
    expect(JSON.stringify(Object.getOwnPropertyDescriptors(value.deep))).toBe(before);
  });

  it("may ask for another text while they are copied", () => {
    let asked = "";
    const value = new Proxy(
      { first: `password=${CANARY}`, last: `token=${CANARY}` },
      {
        ownKeys: (target) => {
          asked = redactor.redactText(`token=${CANARY} of a text that is longer than what is read next`);
          return Reflect.ownKeys(target);
        },
      },
    );
    const output = JSON.stringify(redactor.redactValue({ before: `password=${CANARY}`, value, after: `token=${CANARY}` }));
    expect(asked + output).not.toContain(CANARY);
    expect(asked).toContain("of a text that is longer");
    expect(output).toContain('"last":"token=[redacted:token:');
  });

  it("survive when they are cyclic, revoked, deep or wide", () => {
    const cyclic: Record<string, unknown> = { name: "a" };
    cyclic["self"] = cyclic;
    expect(redactor.redactValue(cyclic)).toEqual({ name: "a", self: "[circular]" });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(redactor.redactValue({ proxy, kept: 1 })).toEqual({ proxy: "[unscanned]", kept: 1 });
    const deep: unknown = Array.from({ length: 100 }).reduce<unknown>((inner) => ({ inner }), "end");
    expect(JSON.stringify(redactor.redactValue(deep))).toContain("[deeper]");
    const wide = redactor.redactValue(Array.from({ length: 5_000 }, (_, index) => index));
    expect(wide).toHaveLength(1_001);
  });

  it("cannot reach the prototypes of others", () => {
    const hostile: unknown = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":{"polluted":1}}}',
    );
    const redacted = redactor.redactValue(hostile);
    redactor.redactHeaders({ ["__proto__"]: "x", constructor: "y" });
    redactor.redactAttributes({ ["__proto__"]: "x" });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(JSON.stringify(redacted)).toContain('"__proto__":{"polluted":1}');
  });

  it("keep their types: a number stays a number, an email an email, true and null stay", () => {
    const redacted = redactor.redactValue({
      cvv: 123,
      pin: 4711n,
      email: "bob@corp.test",
      password: null,
      secret: true,
      when: new Date(0),
      n: 5,
    });
    expect(redacted).toMatchObject({
      cvv: expect.any(Number),
      email: expect.stringMatching(/^user-\w{8}@/),
      password: null,
      secret: true,
      when: "1970-01-01T00:00:00.000Z",
      n: 5,
    });
  });
});
