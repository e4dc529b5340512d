/**
 * Forty endpoints as people write them on a Friday: each does one thing with one value of the request and trusts it. The schema is what the
 * guarded app asks of that value at its edge; what a schema cannot say (is it a URL, a pattern, JSON) is left to the error table.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { validateHeaderValue } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { StandardSchema } from "@faultline/guard/validate";
import { z } from "zod";

/** Gives one of the things it is given. */
export type Pick = <T>(from: readonly T[]) => T;

/** Where the value stands in the request. */
export type Place = "param" | "query" | "header" | "text" | "form" | "json";

/** One endpoint: `run` gets the value as the framework gives it, or as the schema does. */
export type Endpoint = {
  readonly name: string;
  readonly place: Place;
  readonly schema?: StandardSchema;
  /** A value that every version of the endpoint must take. */
  readonly valid: (pick: Pick, serial: number) => unknown;
  readonly run: (value: never) => unknown;
};

const folder = mkdtempSync(join(tmpdir(), "faultline-bad-input-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const name of ["a.txt", "b.txt", "c d.txt"]) writeFileSync(join(folder, name), name);

type Person = { readonly email: string; readonly age: number };

function createSignUp(): (person: Person) => unknown {
  const database = new DatabaseSync(":memory:");
  database.exec("create table people (email text primary key, age integer check (age between 0 and 150))");
  const insert = database.prepare("insert into people (email, age) values (?, ?)");
  return (person) => insert.run(person.email, person.age).changes;
}

const integer = (min: number, max: number): StandardSchema => z.coerce.number().int().min(min).max(max);
const text = z.string().min(1);

type Tree = { readonly size?: number; readonly children?: readonly Tree[] };

function sumTree(tree: Tree): number {
  return (tree.size ?? 0) + (tree.children ?? []).reduce((sum, child) => sum + sumTree(child), 0);
}

function weighNesting(value: unknown): number {
  return value !== null && typeof value === "object"
    ? 1 + Object.values(value).reduce((sum: number, each) => sum + weighNesting(each), 0)
    : 1;
}

const IN_PARAM: readonly Endpoint[] = [
  {
    name: "double a big number",
    place: "param",
    valid: (pick) => pick(["0", "12", "-7", "99999999999999999999"]),
    run: (value: string) => String(BigInt(value) * 2n),
  },
  {
    name: "decode twice",
    place: "param",
    valid: (pick) => pick(["plain", "a%20b", "%C3%BC"]),
    run: (value: string) => decodeURIComponent(value),
  },
  {
    name: "day of a date",
    place: "param",
    schema: z.iso.date(),
    valid: (pick) => pick(["2026-01-02", "1999-12-31"]),
    run: (value: string) => new Date(value).toISOString(),
  },
  {
    name: "filter as JSON",
    place: "param",
    valid: (pick) => pick(["{}", '{"a":[1]}', "7"]),
    run: (value: string) => JSON.parse(value) as unknown,
  },
  {
    name: "file by name",
    place: "param",
    valid: (pick) => pick(["a.txt", "b.txt", "c d.txt"]),
    run: (value: string) => readFileSync(join(folder, basename(value)), "utf8"),
  },
  {
    name: "order by number",
    place: "param",
    schema: integer(0, 10),
    valid: (pick) => pick(["0", "3", "10"]),
    run: (value: number | string) => Reflect.construct(Array, [Number(value)]).length,
  },
];

const IN_QUERY: readonly Endpoint[] = [
  {
    name: "host of a link",
    place: "query",
    schema: text,
    valid: (pick) => pick(["https://a.test/x?y=1", "mailto:a@b.test"]),
    run: (value: string) => new URL(value).hostname,
  },
  {
    name: "search by pattern",
    place: "query",
    schema: text,
    valid: (pick) => pick(["^a+$", "x|y", "[0-9]"]),
    run: (value: string) => new RegExp(value).test("abc"),
  },
  {
    name: "price with digits",
    place: "query",
    schema: integer(0, 100),
    valid: (pick) => pick(["0", "2", "100"]),
    run: (value: number) => Math.PI.toFixed(value),
  },
  {
    name: "repeat a line",
    place: "query",
    schema: integer(0, 10_000),
    valid: (pick) => pick(["0", "1", "9999"]),
    run: (value: number) => "-+".repeat(value).length,
  },
  {
    name: "date in a language",
    place: "query",
    schema: text,
    valid: (pick) => pick(["de", "en-GB", "zh-Hant-TW"]),
    run: (value: string) => new Intl.DateTimeFormat(value, { timeZone: "UTC" }).format(0),
  },
  {
    name: "time in a zone",
    place: "query",
    schema: text,
    valid: (pick) => pick(["UTC", "Europe/Berlin", "+02:00"]),
    run: (value: string) => new Date(0).toLocaleString("en", { timeZone: value }),
  },
  {
    name: "price in a currency",
    place: "query",
    schema: text,
    valid: (pick) => pick(["EUR", "usd", "CHF"]),
    run: (value: string) => new Intl.NumberFormat("en", { style: "currency", currency: value }).format(1),
  },
  {
    name: "number in a base",
    place: "query",
    schema: integer(2, 36),
    valid: (pick) => pick(["2", "16", "36"]),
    run: (value: number) => (255).toString(value),
  },
  {
    name: "normal form",
    place: "query",
    schema: z.enum(["NFC", "NFD", "NFKC", "NFKD"]),
    valid: (pick) => pick(["NFC", "NFKD"]),
    run: (value: string) => "é".normalize(value),
  },
  {
    name: "character by code",
    place: "query",
    schema: integer(0, 0x10ffff),
    valid: (pick) => pick(["65", "128512"]),
    run: (value: number) => String.fromCodePoint(value),
  },
  {
    name: "name of an encoding",
    place: "query",
    schema: text,
    valid: (pick) => pick(["utf-8", "latin1", "gbk"]),
    run: (value: string) => new TextDecoder(value).encoding,
  },
  {
    name: "byte at an offset",
    place: "query",
    schema: text,
    valid: (pick) => pick(["0", "1", "2"]),
    run: (value: string) => Buffer.from("abc").readUInt8(Number(value) || 0),
  },
  {
    name: "decode a token",
    place: "query",
    schema: z.base64(),
    valid: (pick) => pick(["YWJj", "eHl6IQ=="]),
    run: (value: string) => atob(value).length,
  },
  {
    name: "page by cursor",
    place: "query",
    schema: z.base64().min(1),
    valid: (pick) => pick(["eyJhIjoxfQ==", "W10="]),
    run: (value: string) => JSON.parse(Buffer.from(value, "base64").toString()) as unknown,
  },
  {
    name: "send a header back",
    place: "query",
    schema: text,
    valid: (pick) => pick(["plain", "a b", "tab\tbed"]),
    run: (value: string) => (validateHeaderValue("x-back", value), value.length),
  },
];

const IN_HEADER: readonly Endpoint[] = [
  {
    name: "settings in a header",
    place: "header",
    schema: text,
    valid: (pick) => pick(["{}", '["a"]', "null"]),
    run: (value: string) => JSON.parse(value) as unknown,
  },
  {
    name: "since when",
    place: "header",
    schema: z.string().refine((value) => !Number.isNaN(Date.parse(value))),
    valid: (pick) => pick(["2026-01-02T03:04:05Z", "Fri, 02 Jan 2026 03:04:05 GMT"]),
    run: (value: string) => new Date(value).toISOString(),
  },
  {
    name: "forward a header",
    place: "header",
    schema: text,
    valid: (pick) => pick(["abc", "x y z"]),
    run: (value: string) => new Headers({ "x-forwarded": decodeURIComponent(value) }).get("x-forwarded"),
  },
];

const IN_TEXT: readonly Endpoint[] = [
  {
    name: "JSON as text",
    place: "text",
    schema: text,
    valid: (pick) => pick(['{"a":1}', "[]", '"x"']),
    run: (value: string) => JSON.parse(value) as unknown,
  },
  {
    name: "numbers by line",
    place: "text",
    schema: text,
    valid: (pick) => pick(["1\n2\n3", "42"]),
    run: (value: string) => String(value.split("\n").reduce((sum, line) => sum + BigInt(line), 0n)),
  },
  {
    name: "escaped text",
    place: "text",
    schema: text,
    valid: (pick) => pick(["a%20b", "plain", "%F0%9F%98%80"]),
    run: (value: string) => decodeURIComponent(value),
  },
  {
    name: "appointment form",
    place: "form",
    schema: z.iso.datetime(),
    valid: (pick) => pick(["2026-01-02T03:04:05Z", "2000-02-29T00:00:00Z"]),
    run: (value: string) => new Date(value).toISOString(),
  },
];

const tree = z.object({
  size: z.number().optional(),
  get children() {
    return z.array(tree).optional();
  },
});
const item = z.object({ price: z.number(), count: z.number() });
const IN_JSON: readonly Endpoint[] = [
  {
    name: "total of a cart",
    place: "json",
    schema: z.object({ items: z.array(item) }),
    valid: (pick) => ({ items: [{ price: pick([1, 2.5]), count: 3 }] }),
    run: (body: { items: { price: number; count: number }[] }) => body.items.reduce((sum, each) => sum + each.price * each.count, 0),
  },
  {
    name: "greet a user",
    place: "json",
    schema: z.object({ user: z.object({ name: z.string() }) }),
    valid: (pick) => ({ user: { name: pick(["ann", "Bö"]) } }),
    run: (body: { user: { name: string } }) => body.user.name.trim().toUpperCase(),
  },
  {
    name: "sort tags",
    place: "json",
    schema: z.object({ tags: z.array(z.string()) }),
    valid: (pick) => ({ tags: pick([[], ["b", "A"]]) }),
    run: (body: { tags: string[] }) => body.tags.map((tag) => tag.toLowerCase()).sort(),
  },
  {
    name: "nights of a stay",
    place: "json",
    schema: z.object({ from: z.iso.date(), nights: z.int().min(1).max(365) }),
    valid: (pick) => ({ from: "2026-05-01", nights: pick([1, 7]) }),
    run: (body: { from: string; nights: number }) =>
      new Date(Date.parse(body.from.split("T")[0] ?? "") + body.nights * 86_400_000).toISOString(),
  },
  {
    name: "size of a tree",
    place: "json",
    schema: tree,
    valid: (pick) => ({ size: pick([1, 2]), children: [{ size: 3 }] }),
    run: (body: Tree) => String(sumTree(body)),
  },
  {
    name: "place on a map",
    place: "json",
    schema: z.object({ at: z.object({ lat: z.number(), lon: z.number() }) }),
    valid: (pick) => ({ at: { lat: pick([52.5, -33]), lon: 13.4 } }),
    run: (body: { at: { lat: number; lon: number } }) => body.at.lat.toFixed(3) + body.at.lon.toFixed(3),
  },
  {
    name: "count filters",
    place: "json",
    schema: z.object({ filters: z.record(z.string(), z.object({ op: z.string() })) }),
    valid: (pick) => ({ filters: { a: { op: pick(["eq", "lt"]) } } }),
    run: (body: { filters: Record<string, { op: string }> }) => Object.values(body.filters).map((each) => each.op.length),
  },
  {
    name: "group by kind",
    place: "json",
    schema: z.object({ kind: z.enum(["a", "b"]) }),
    valid: (pick) => ({ kind: pick(["a", "b"]) }),
    run: (body: { kind: "a" | "b" }) => ({ a: [0], b: [0, 1] })[body.kind].map((each) => each + 1),
  },
  {
    name: "amount in cents",
    place: "json",
    schema: z.object({ cents: z.number() }),
    valid: (pick) => ({ cents: pick([0, 5, 1e15]) }),
    run: (body: { cents: number }) => String(BigInt(body.cents)),
  },
  {
    name: "names in a language",
    place: "json",
    schema: z.object({ locale: z.string(), names: z.array(z.string()) }),
    valid: (pick) => ({ locale: pick(["en", "de-AT"]), names: ["a", "b"] }),
    run: (body: { locale: string; names: string[] }) => new Intl.ListFormat(body.locale).format(body.names),
  },
  {
    name: "weigh anything",
    place: "json",
    valid: (pick) => pick<unknown>([{ a: [1, [2]] }, [], 7]),
    run: (body: unknown) => weighNesting(body),
  },
];

/** All forty, with a database of their own. */
export function createEndpoints(): readonly Endpoint[] {
  const signUp: Endpoint = {
    name: "sign up",
    place: "json",
    schema: z.object({ email: z.string(), age: z.int() }),
    valid: (pick, serial) => ({ email: `a${serial}@b.test`, age: pick([18, 99]) }),
    run: createSignUp(),
  };
  return [...IN_PARAM, ...IN_QUERY, ...IN_HEADER, ...IN_TEXT, ...IN_JSON, signUp];
}
