/** What a text costs grows with its length, counted in characters that are looked at, not in time. */
import { describe, expect, it } from "vitest";
import { readCodes } from "./codes.ts";
import { createScan } from "./finding.ts";
import { createNameTable } from "./names/name-table.ts";
import { createKeyClassifier } from "./names/sensitive-key.ts";
import { resolvePolicy } from "./policy.ts";
import { createPseudonymizer } from "./pseudonym.ts";
import { createRedactor, createRedactorFrom } from "./redactor.ts";
import { readScan } from "./scan.ts";
import { STEP_COST } from "./work.ts";

/** How often the loops look at a character of a text; each regular expression reads a bounded slice, and is not counted. */
function countReads(text: string, work = { left: Infinity }): number {
  const policy = resolvePolicy({});
  const classify = createKeyClassifier([], [], work);
  let reads = 0;
  const codes = new Proxy(readCodes(text, 0), {
    get: (target, index) => {
      reads += 1;
      return Reflect.get(target, index, target);
    },
  });
  readScan(
    createScan(text, codes, {
      pass: {
        policy,
        classify,
        names: createNameTable(classify, work),
        work,
        pseudonym: createPseudonymizer("test"),
        count: () => undefined,
      },
      inner: (piece) => piece,
    }),
  );
  return reads;
}

const UNITS: readonly string[] = [
  "a",
  "aB3",
  "a.",
  "a-",
  "-_",
  "0 ",
  "1-",
  "(",
  '"',
  "'a",
  "@",
  "a@",
  "://",
  "://a:",
  "%41",
  "%",
  "$1$",
  "~",
  "[",
  "{",
  "ey",
  "sk-a",
  "eyJ",
  "password=",
  "password: ",
  'password="',
  "token=&",
  "key;",
  "a=1&",
  "secret,",
  "pw - ",
  "pw ... ",
  "<token>",
  "--token ",
  "name: a\n",
  "Key (",
  "insert into a (",
  "AUTH ",
  "AUTH a1b ",
  "LOGIN a ",
  "net user ",
  "TRUE\t",
  "db:5432:",
  "http -a ",
  "is ",
  "password is ",
  "aGVsbG8gd29y",
  "&lt;",
  "&amp;lt;a",
  "token\n",
  "a,token\n",
  "| token |\n",
  "token  ",
  "password: abc def ghi\n",
];

describe("a text made of one thing", () => {
  it.each(UNITS)("costs as many looks at a character of a long one as of a short one: %j", (unit) => {
    const short = unit.repeat(Math.ceil(2_000 / unit.length));
    expect(countReads(short.repeat(4))).toBeLessThan(countReads(short) * 4.5 + 1_000);
    expect(countReads(short)).toBeLessThan(short.length * 60);
  });
});

/** What reading a text is charged, in the units of `work.ts`. */
function measureCharge(text: string): number {
  const work = { left: 1e9 };
  countReads(text, work);
  return 1e9 - work.left;
}

describe("a command's word", () => {
  it.each(["AUTH a1b ", "LOGIN a ", "net user a1 ", "htpasswd -b "])("is charged the look behind it: %j", (unit) => {
    const plain = unit.replace(/^\w+/, (word) => "o".repeat(word.length));
    expect(measureCharge(unit.repeat(100)) - measureCharge(plain.repeat(100))).toBeGreaterThanOrEqual(100 * STEP_COST);
  });
});

describe("a value of small letters", () => {
  // With a name's words in any number of small letters each, this took minutes.
  it.each(["token = ", "const session: ", "x_A"])("is told from a name at once, however many letters it has: %s", (before) => {
    const value = `${"a".repeat(100)}1`;
    expect(createRedactor().redactText(`${before}${value}; x`)).toContain("; x");
  });
});

describe("a value without quotes", () => {
  it("is read to its end once, however many long names stand in it", () => {
    const toText = (pairs: number) =>
      Array.from({ length: pairs }, (_, index) => `key_live_adfyvupn2q2ccwqfkvvzt5kr_xw0422c45h${index}=1;`).join("");
    const text = toText(100);
    expect(countReads(text)).toBeLessThan(text.length * 40);
  });
});

describe("a text longer than is read", () => {
  it("is cut at a cost that its length does not change, however long its last word is", () => {
    const start = process.cpuUsage();
    const redacted = createRedactor().redactText("a.".repeat(524_289));
    const { user } = process.cpuUsage(start);
    expect(redacted).toMatch(/^(?:a\.)+\[2 more\]$/);
    expect(user).toBeLessThan(700_000);
  });
});

describe("a signature without a digit", () => {
  it("is read once, not from each of its places to its end", () => {
    const text = JSON.stringify({ request_signature: "a-".repeat(131_072) });
    const start = process.cpuUsage();
    createRedactor().redactText(text);
    expect(process.cpuUsage(start).user).toBeLessThan(400_000);
  });
});

describe("a value of brackets and slashes", () => {
  /** Microseconds of this thread for many values of one thing. */
  function measureValues(unit: string): number {
    const text = `token=${unit.repeat(62)}~9\n`.repeat(15_000);
    const redactor = createRedactor({ maxTextLength: text.length });
    redactor.redactText(text);
    const start = process.threadCpuUsage();
    redactor.redactText(text);
    return process.threadCpuUsage(start).user;
  }

  it("costs no more than one of letters and slashes: it is not asked from each of them to its end whether it is an expression", () => {
    expect(measureValues("/(")).toBeLessThan(measureValues("/a") * 3);
  });
});

describe("accounts told to a program", () => {
  it("are not looked for on the whole line behind each", () => {
    const text = "echo a1: |passwd ".repeat(15_000);
    const start = process.cpuUsage();
    createRedactor().redactText(text);
    expect(process.cpuUsage(start).user).toBeLessThan(400_000);
  });
});

describe("a header's line", () => {
  it.each([4_000, 4_075, 4_080])("is read to the end of the value wherever a look from another header stopped", (length) => {
    const text = `cookies: 3, ${"none ".repeat(length / 5)}cookie: sid=Zk83nQpLs02mVt7x${"q9".repeat(40)}`;
    expect(createRedactor().redactText(text)).not.toContain("q9q9");
  });

  it("is read to its end once, however many headers seem to begin in it", () => {
    const text = "cookie: a; ".repeat(400_000);
    const start = process.cpuUsage();
    createRedactor({ maxTextLength: text.length }).redactText(text);
    expect(process.cpuUsage(start).user).toBeLessThan(400_000);
  });
});

/** A structure of 64 KiB, each piece with a number of its own, and words behind it that are no secret. */
function toJson(unit: string): string {
  return `[${Array.from({ length: 65_536 / unit.length }, (_, index) => unit.replace("#", index.toString(36))).join(",")},"the last words"]`;
}

describe("a structure of nothing but what costs much", () => {
  it.each(['{"token_x#":"a"}', '{"secret":{"foo#":"x"}}', '{"pwd":"a#"}', '{"pin":1#}', '"%2525"'])(
    "is charged, and not read long beyond what it may cost: %s",
    (unit) => {
      const policy = resolvePolicy({});
      const work = { left: 0 };
      const classify = createKeyClassifier([], [], work);
      const names = createNameTable(classify, work);
      const pass = { policy, work, classify, names, pseudonym: createPseudonymizer("test"), count: () => undefined };
      expect(createRedactorFrom(pass, {}).redactText(toJson(unit))).not.toContain("the last words");
      expect(work.left).toBeGreaterThan(-1_100_000);
    },
  );

  it("is dropped behind that as a form, pair by pair", () => {
    const form = Array.from({ length: 8_000 }, (_, index) => `k${index.toString(36)}=1`).join("&");
    const { text } = createRedactor().redactBody(`${form}&last=words`, "application/x-www-form-urlencoded");
    expect(text).toMatch(/^k0=1&k1=1&.*&\[unscanned\]&\[unscanned\]$/);
  });
});
