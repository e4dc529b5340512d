import type { Attributes, LogRecord, Observations, Span } from "@faultline/model";
import { mapStack } from "./map-stack.ts";
import type { SourceMaps } from "./read-source-maps.ts";

const STACK = "exception.stacktrace";

/**
 * The same observations with the stacks of their exceptions mapped to the sources, for people and for the diagnosis. Fingerprints use the stack as it
 * arrived, so that a fault is the same with and without maps.
 */
export function mapObservations(observations: Observations, maps: SourceMaps): Observations {
  return {
    ...observations,
    spans: observations.spans.map((span) => mapSpan(span, maps)),
    logs: observations.logs.map((log) => mapLog(log, maps)),
  };
}

function mapSpan(span: Span, maps: SourceMaps): Span {
  if (!span.events.some(({ attributes }) => attributes[STACK] !== undefined)) return span;
  return { ...span, events: span.events.map((event) => ({ ...event, attributes: mapAttributes(event.attributes, maps) })) };
}

function mapLog(log: LogRecord, maps: SourceMaps): LogRecord {
  return log.attributes[STACK] === undefined ? log : { ...log, attributes: mapAttributes(log.attributes, maps) };
}

function mapAttributes(attributes: Attributes, maps: SourceMaps): Attributes {
  const stack = attributes[STACK];
  return typeof stack === "string" ? { ...attributes, [STACK]: mapStack(stack, maps) } : attributes;
}
