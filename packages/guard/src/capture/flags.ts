/** The feature flags that a request evaluated: kept beside its exchange, told only when it fails. */
import type { AttributeValue } from "@faultline/model";
import type { Exchange } from "../exchange.ts";
import { AttributeText, writeLog } from "../export/otlp-json.ts";
import { findCurrentExchange } from "./context.ts";

/** One evaluation, in the words of the semantic conventions (`feature_flag.*`). */
export type FlagEvaluation = {
  readonly timeMs: number;
  readonly key: string;
  readonly variant?: string | undefined;
  readonly value: unknown;
  readonly reason?: string | undefined;
  readonly provider?: string | undefined;
  readonly errorType?: string | undefined;
};

const MAX_FLAGS = 32;
const MAX_TEXT = 128;
const flags = new WeakMap<Exchange, Map<string, FlagEvaluation>>();

/** Notes an evaluation on the request that runs now; of a flag evaluated again the last one counts. */
export function noteFlag(evaluation: FlagEvaluation): void {
  const exchange = findCurrentExchange();
  if (exchange === undefined || exchange.isFinished) return;
  let known = flags.get(exchange);
  if (known === undefined) flags.set(exchange, (known = new Map()));
  if (known.size < MAX_FLAGS || known.has(evaluation.key)) known.set(evaluation.key, evaluation);
}

/** A value that can stand for a variant: objects and long texts may hold anything, so they are left out. */
function toShort(value: unknown): string | undefined {
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return typeof value === "string" && value.length <= MAX_TEXT ? value : undefined;
}

function describe(evaluation: FlagEvaluation): Record<string, AttributeValue | undefined> {
  const { key, variant, value, reason, provider, errorType } = evaluation;
  return {
    "feature_flag.key": key,
    "feature_flag.result.variant": variant,
    "feature_flag.result.value": variant === undefined ? toShort(value) : undefined,
    "feature_flag.result.reason": reason,
    "feature_flag.provider.name": provider,
    "error.type": errorType,
  };
}

const NONE: readonly string[] = [];

/** The evaluations of a failing request: one `feature_flag.evaluation` event each, and all of them in short for its span. */
export function writeFlags(
  exchange: Exchange,
  redact: (text: string) => string,
): { readonly logs: readonly string[]; readonly short: readonly string[] } {
  const evaluated = flags.get(exchange);
  if (evaluated === undefined) return { short: NONE, logs: NONE };
  const known = [...evaluated.values()];
  const { traceId, spanId } = exchange.trace;
  return {
    short: known.map(({ key, variant, value }) => redact(`${key}=${variant ?? toShort(value) ?? "?"}`)),
    logs: known.map((each) => {
      const attributes = describe(each);
      const shown = attributes["feature_flag.result.value"];
      if (typeof shown === "string") attributes["feature_flag.result.value"] = redact(shown);
      const written = new AttributeText();
      written.addAll(attributes);
      return writeLog({
        timeMs: each.timeMs,
        severity: 9,
        eventName: "feature_flag.evaluation",
        body: each.key,
        traceId,
        spanId,
        attributes: written.written,
      });
    }),
  };
}
