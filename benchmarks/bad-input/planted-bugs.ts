/** Twenty bugs of the service's own, half of them in the very words of an input error. Each runs on a harmless request and must stay a 500. */
import { readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** A bug; `run` is asynchronous and always rejects. */
export type PlantedBug = { readonly name: string; readonly run: () => unknown };

type Loose = Record<string, Record<string, (...given: readonly unknown[]) => unknown>>;

/** Something of which the types promise more than there is. */
const absent = (): Loose => JSON.parse("{}") as Loose;
const broken = Object.freeze({ count: 0 });
const database = new DatabaseSync(":memory:");

function recurse(depth: number): number {
  return 1 + recurse(depth + 1);
}

/** All twenty. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  { name: "a member of nothing", run: () => absent()["a"]?.["b"]?.() ?? absent()["a"]!["b"]!() },
  { name: "a call of nothing", run: () => Reflect.apply(absent()["run"] as never, undefined, []) },
  { name: "a constant that is no URL", run: () => new URL("orders.internal/path") },
  { name: "a dependency's broken JSON", run: () => JSON.parse('{"stock": [1, 2,, 3]}') as unknown },
  { name: "a dependency's empty answer", run: () => JSON.parse("") as unknown },
  { name: "a dependency's page in place of JSON", run: () => JSON.parse("<html><title>502</title></html>") as unknown },
  { name: "a price that is no number", run: () => BigInt("12.50 EUR") },
  { name: "a wrong pattern", run: () => new RegExp(["(", "orders"].join("")) },
  { name: "a date out of nothing", run: () => new Date(Number(absent()["date"])).toISOString() },
  { name: "a constant that is badly escaped", run: () => decodeURIComponent("100%") },
  { name: "endless recursion", run: () => recurse(0) },
  { name: "a reduce of nothing", run: () => ([] as number[]).reduce((sum, each) => sum + each) },
  { name: "a frozen counter", run: () => Object.assign(broken, { count: 1 }) },
  { name: "a file that was not shipped", run: () => readFileSync("/nonexistent/template.html") },
  { name: "a table that is not there", run: () => database.prepare("select * from orders") },
  { name: "a zone that is none", run: () => new Date().toLocaleString("en", { timeZone: "Local/Office" }) },
  { name: "a currency out of the configuration", run: () => new Intl.NumberFormat("en", { style: "currency", currency: "EURO" }) },
  { name: "an offset out of a table", run: () => Buffer.from("abc").readUInt8(77_001) },
  { name: "an error that says nothing", run: () => Promise.reject(new Error("failed")) },
  { name: "no error at all", run: () => Promise.reject(new Error("no")).catch(() => JSON.parse("undefined") as unknown) },
];
