import { CAUSES, type CauseId, fail, type HopKind, type Result, succeed } from "@faultline/model";
import type { Certainty, ResponsePattern, Signature } from "./signature.ts";

const HOPS: ReadonlySet<string> = new Set<HopKind>([
  "client",
  "cdn",
  "waf",
  "gateway",
  "load-balancer",
  "mesh",
  "proxy",
  "app-server",
  "app",
  "dependency",
  "platform",
  "unknown",
]);
const MADE: ReadonlySet<string> = new Set<Signature["made"]>(["here", "behind", "passed"]);
const CERTAINTIES: ReadonlySet<string> = new Set<Certainty>(["source", "seen", "recalled"]);
const MAX_OWN = 1000;

/** A team's own signatures, which come before the built-in ones. `off` names built-in ones that do not apply there. */
export type OwnSignatures = { readonly signatures: readonly Signature[]; readonly off: ReadonlySet<string> };

/**
 * Reads a JSON array of signatures: `{ "id", "vendor", "hop", "made", "pattern", "meaning", "cause"?, "proxyError"?, "certainty"?,
 * "source"? }`, or `{ "id", "off": true }` for a built-in one that is not to be used. An own signature replaces the built-in one with the
 * same id. The error names the first entry that cannot be read, and what is wrong with it.
 */
export function parseOwnSignatures(text: string): Result<OwnSignatures> {
  const list = parseJson(text);
  if (!Array.isArray(list)) return fail("it is no JSON array of signatures");
  if (list.length > MAX_OWN) return fail(`it has ${list.length} entries; at most ${MAX_OWN} are taken`);
  const signatures: Signature[] = [];
  const off = new Set<string>();
  for (const [index, entry] of (list as readonly unknown[]).entries()) {
    if (!isRecord(entry) || typeof entry["id"] !== "string" || entry["id"] === "") return fail(`entry ${index + 1} has no "id"`);
    if (entry["off"] === true) {
      off.add(entry["id"]);
      continue;
    }
    const read = readSignature(entry, entry["id"]);
    if (!read.ok) return fail(`entry ${index + 1} (${entry["id"]}): ${read.error}`);
    signatures.push(read.value);
  }
  return succeed({ signatures, off });
}

/** Own signatures followed by the built-in ones that are still in use. */
export function withOwnSignatures(builtIn: readonly Signature[], { signatures, off }: OwnSignatures): readonly Signature[] {
  const replaced = new Set([...off, ...signatures.map(({ id }) => id)]);
  return [...signatures, ...builtIn.filter(({ id }) => !replaced.has(id))];
}

function readSignature(entry: Readonly<Record<string, unknown>>, id: string): Result<Signature> {
  const { vendor, hop, made = "here", meaning, cause, proxyError, certainty = "source", source = "own" } = entry;
  if (typeof vendor !== "string" || vendor === "") return fail('"vendor" must say whose answer it is');
  if (typeof meaning !== "string" || meaning === "") return fail('"meaning" must say what the answer means');
  if (typeof hop !== "string" || !HOPS.has(hop)) return fail(`"hop" must be one of ${[...HOPS].join(", ")}`);
  if (typeof made !== "string" || !MADE.has(made)) return fail(`"made" must be one of ${[...MADE].join(", ")}`);
  if (typeof certainty !== "string" || !CERTAINTIES.has(certainty))
    return fail(`"certainty" must be one of ${[...CERTAINTIES].join(", ")}`);
  if (cause !== undefined && !isCause(cause)) return fail('"cause" must be the id of a cause');
  if (proxyError !== undefined && typeof proxyError !== "string") return fail('"proxyError" must be an error type of RFC 9209');
  const pattern = readPattern(entry["pattern"]);
  if (!pattern.ok) return pattern;
  return succeed({
    id,
    vendor,
    // Checked against the closed sets above.
    hop: hop as HopKind,
    made: made as Signature["made"],
    certainty: certainty as Certainty,
    pattern: pattern.value,
    meaning,
    source: String(source),
    ...(cause === undefined ? {} : { cause }),
    ...(proxyError === undefined ? {} : { proxyError }),
  });
}

const PATTERN_MEMBERS = ["status", "bodyIs", "bodyHas", "bodyLacks", "json", "headers"];

function readPattern(value: unknown): Result<ResponsePattern> {
  if (!isRecord(value)) return fail('"pattern" must say what the answer looks like');
  const unknown = Object.keys(value).find((name) => !PATTERN_MEMBERS.includes(name));
  if (unknown !== undefined) return fail(`"pattern" knows no "${unknown}", only ${PATTERN_MEMBERS.join(", ")}`);
  const { status, json, headers } = value;
  if (Object.keys(value).length === 0) return fail('"pattern" is empty and would match every answer');
  if (status !== undefined && !isArrayOf(status, (each) => Number.isInteger(each)))
    return fail('"status" must be an array of whole numbers');
  for (const name of ["bodyIs", "bodyHas", "bodyLacks"])
    if (value[name] !== undefined && !isArrayOf(value[name], (each) => typeof each === "string"))
      return fail(`"${name}" must be an array of texts`);
  const isPart = (each: unknown) => typeof each === "string" || each === true;
  if (json !== undefined && !(isRecord(json) && Object.values(json).every(isPart)))
    return fail('"json" must hold texts, or true for any value');
  const isHeader = (each: unknown) => typeof each === "string" || typeof each === "boolean";
  if (headers !== undefined && !(isRecord(headers) && Object.values(headers).every(isHeader)))
    return fail('"headers" must hold texts, true for any value, or false for absent');
  const lower = isRecord(headers)
    ? Object.fromEntries(Object.entries(headers).map(([name, part]) => [name.toLowerCase(), lowerText(part)]))
    : undefined;
  // Every member was checked above.
  return succeed({ ...value, ...(lower === undefined ? {} : { headers: lower }) } as ResponsePattern);
}

function lowerText(part: unknown): unknown {
  return typeof part === "string" ? part.toLowerCase() : part;
}

function isCause(value: unknown): value is CauseId {
  return CAUSES.some((cause) => cause === value);
}

function isArrayOf(value: unknown, is: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
