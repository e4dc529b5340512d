/** The feature flags that a request evaluated: kept with its exchange, sent only when it fails. Loaded only by apps that record flags. */
import type { AttributeValue } from "@faultline/model";
import { AttributeText, writeLog } from "../export/otlp-json.ts";
import { escapeText } from "../json-text.ts";
import type { TraceContext } from "../trace-context.ts";

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

/** The event of one evaluation, as a log record. */
function writeEvaluation(evaluation: FlagEvaluation, trace: TraceContext, redact: (text: string) => string): string {
  const attributes = describe(evaluation);
  const shown = attributes["feature_flag.result.value"];
  if (typeof shown === "string") attributes["feature_flag.result.value"] = redact(shown);
  const written = new AttributeText();
  written.addAll(attributes);
  return writeLog({
    timeMs: evaluation.timeMs,
    severity: 9,
    eventName: "feature_flag.evaluation",
    body: escapeText(evaluation.key),
    traceId: trace.traceId,
    spanId: trace.spanId,
    attributes: written.written,
  });
}

/** The evaluations of one request. If a flag is evaluated again, the last evaluation counts. */
export class EvaluatedFlags {
  readonly #evaluations = new Map<string, FlagEvaluation>();

  note(evaluation: FlagEvaluation): void {
    const known = this.#evaluations;
    if (known.size < MAX_FLAGS || known.has(evaluation.key)) known.set(evaluation.key, evaluation);
  }

  /** For a failing request: one `feature_flag.evaluation` event for each flag, and a summary of all of them for its span. */
  write(trace: TraceContext, redact: (text: string) => string): { readonly logs: readonly string[]; readonly short: readonly string[] } {
    const known = [...this.#evaluations.values()];
    return {
      short: known.map(({ key, variant, value }) => redact(`${key}=${variant ?? toShort(value) ?? "?"}`)),
      logs: known.map((each) => writeEvaluation(each, trace, redact)),
    };
  }
}
