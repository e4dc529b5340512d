import { fail, type ProblemDetails, type Result, succeed, type Window } from "@faultline/model";
import { toProblem } from "./problem.ts";
import { quote } from "./quote.ts";

/** Reads one query value. Its error completes a sentence that begins with the name of the parameter: "has to be ...". */
export type ValueParser<T> = (text: string) => Result<T>;

type Parsed<S> = { readonly [K in keyof S]?: S[K] extends ValueParser<infer T> ? T : never };

/**
 * Reads a query against its shape. Every parameter is optional; unknown ones, repeated ones and bad values are a 400 that names the
 * parameter, because a filter that is silently ignored shows the wrong failures.
 */
export function readQuery<S extends Readonly<Record<string, ValueParser<unknown>>>>(
  query: URLSearchParams,
  shape: S,
): Result<Parsed<S>, ProblemDetails> {
  const values: Record<string, unknown> = {};
  for (const [name, text] of query) {
    const parse = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (parse === undefined) {
      const known = Object.keys(shape).join(", ");
      return fail(
        toProblem(400, `There is no parameter ${quote(name)} here; ${known === "" ? "none is taken" : `known are ${known}`}.`, name),
      );
    }
    if (Object.hasOwn(values, name)) return fail(toProblem(400, `${name} is given twice; give it once.`, name));
    const value = parse(text);
    if (!value.ok) return fail(refuseValue(name, text, value.error));
    values[name] = value.value;
  }
  return succeed(values as Parsed<S>); // each value was read by the parser of its own name
}

/** A 400 that says what a value has to be, and what came instead. */
export function refuseValue(name: string, text: string, must: string): ProblemDetails {
  return toProblem(400, `${name} ${must}; got ${quote(text)}.`, name);
}

const EARLIEST_MS = Date.UTC(2000, 0);
const LATEST_MS = Date.UTC(2200, 0);
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/;

/** A time: RFC 3339, or Unix seconds or milliseconds. */
export function parseTime(text: string): Result<number> {
  const wrong = fail("has to be a time of this century: RFC 3339 as 2026-05-01T10:00:00Z, or Unix seconds or milliseconds");
  if (!/^\d{9,13}(\.\d{1,6})?$/.test(text) && !RFC_3339.test(text)) return wrong;
  const number = RFC_3339.test(text) ? Date.parse(text) : Number(text);
  const timeMs = Math.round(!RFC_3339.test(text) && number < 1e11 ? number * 1000 : number);
  return timeMs >= EARLIEST_MS && timeMs < LATEST_MS ? succeed(timeMs) : wrong;
}

/** A whole number between two inclusive bounds. */
export function parseCount(least: number, most: number): ValueParser<number> {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most ? succeed(number) : fail(`has to be a whole number from ${least} to ${most}`);
  };
}

/** Text of 1 to `most` characters. */
export function parseText(most: number): ValueParser<string> {
  return (text) => (text.length > 0 && text.length <= most ? succeed(text) : fail(`has to be text of 1 to ${most} characters`));
}

/** A trace id as the model writes it. */
export function parseTraceId(text: string): Result<string> {
  return /^[0-9a-f]{32}$/.test(text) ? succeed(text) : fail("has to be a trace id: 32 lower-case hexadecimal digits");
}

/** One of a few words. */
export function parseChoice<const T extends string>(...words: readonly T[]): ValueParser<T> {
  return (text) => {
    const found = words.find((word) => word === text);
    return found === undefined ? fail(`has to be one of ${words.join(", ")}`) : succeed(found);
  };
}

/** The longest window a query may span. */
export const LONGEST_WINDOW_MS = 31 * 24 * 3_600_000;

/** The window of a query; without bounds, the last `defaultMs` before now. */
export function readWindow(
  { from, to }: { readonly from?: number; readonly to?: number },
  nowMs: number,
  defaultMs: number,
): Result<Window, ProblemDetails> {
  const toMs = to ?? Math.max(nowMs, (from ?? 0) + 1);
  const fromMs = from ?? toMs - defaultMs;
  if (fromMs >= toMs) return fail(toProblem(400, "to has to be later than from; without one of them it is now.", "to"));
  if (toMs - fromMs > LONGEST_WINDOW_MS)
    return fail(toProblem(400, "from has to be at most 31 days before to; ask for a shorter time.", "from"));
  return succeed({ fromMs, toMs });
}
