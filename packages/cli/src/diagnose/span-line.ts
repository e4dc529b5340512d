const SPAN = '{"traceId":"';
const START = '"startTimeUnixNano":';
/** Signs of which a failing span has at least one: a status of error, an exception, an error type, an HTTP 5xx, a captured body. A false sign does no harm. */
const SIGNS = [
  '"code":2',
  "STATUS_CODE_ERROR",
  '"exception',
  'error.type"',
  'status_code","value":{"intValue":"5',
  'status_code","value":{"intValue":5',
  'rpc.jsonrpc.error_code"',
  'http.response.body.content"',
];

/** One span of a line, by its place in the text. */
export type SpanPlace = { readonly at: number; readonly traceId: string; looksFailed: boolean };

/**
 * Finds the spans of an OTLP/JSON line without parsing it, provided it is written as every exporter writes it: compact and with the trace id first. Undefined
 * when it is written otherwise, or has links, which look like spans: then it must be parsed.
 */
export function findSpans(line: string): readonly SpanPlace[] | undefined {
  if (!line.startsWith('{"resourceSpans":') || line.includes('"links":[{')) return undefined;
  const places: SpanPlace[] = [];
  for (let at = line.indexOf(SPAN); at !== -1; at = line.indexOf(SPAN, at + SPAN.length)) {
    const before = line.charCodeAt(at - 1);
    const traceId = line.slice(at + SPAN.length, at + SPAN.length + 32);
    if ((before !== 0x5b && before !== 0x2c) || traceId.includes('"')) return undefined;
    places.push({ at, traceId, looksFailed: false });
  }
  if (places.length === 0 || line.includes('"traceId": ')) return undefined;
  return places;
}

/** Sets `looksFailed` on the spans that carry a sign of failure. */
export function markFailing(line: string, places: readonly SpanPlace[]): void {
  for (const sign of SIGNS) markSign(line, sign, places);
}

/** The start of the span at a place, Unix ms; NaN when it is not written in the usual way. */
export function readStart(line: string, at: number): number {
  const from = line.indexOf(START, at) + START.length;
  const quoted = line.charCodeAt(from) === 0x22 ? 1 : 0;
  return Number.parseInt(line.slice(from + quoted, from + quoted + 16), 10) / 1000;
}

function markSign(line: string, sign: string, places: readonly SpanPlace[]): void {
  let index = 0;
  for (let at = line.indexOf(sign); at !== -1; at = line.indexOf(sign, at + sign.length)) {
    while ((places[index + 1]?.at ?? Infinity) < at) index += 1;
    const place = places[index];
    if (place !== undefined && place.at < at) place.looksFailed = true;
  }
}

/** The line reduced to the wanted spans; undefined when none is wanted. */
export function keepSpans(line: string, places: readonly SpanPlace[], isWanted: (place: SpanPlace) => boolean): string | undefined {
  if (!places.some(isWanted)) return undefined;
  const parts: string[] = [];
  let written = 0;
  let keptInArray = 0;
  places.forEach((place, index) => {
    const next = places[index + 1];
    const isFirst = line.charCodeAt(place.at - 1) === 0x5b;
    const isLast = next === undefined || line.charCodeAt(next.at - 1) === 0x5b;
    if (isFirst) {
      parts.push(line.slice(written, place.at));
      keptInArray = 0;
    }
    const end = isLast ? findEnd(line, place.at) : next.at - 1;
    if (isWanted(place)) parts.push(keptInArray++ === 0 ? "" : ",", line.slice(place.at, end));
    written = isLast ? end : next.at;
  });
  parts.push(line.slice(written));
  return parts.join("");
}

/** The index after the end of the object that begins at `at`. */
function findEnd(line: string, at: number): number {
  let depth = 0;
  for (let index = at; index < line.length; index += 1) {
    const code = line.charCodeAt(index);
    if (code === 0x22) index = endOfText(line, index);
    else if (code === 0x7b) depth += 1;
    else if (code === 0x7d && --depth === 0) return index + 1;
  }
  return line.length;
}

function endOfText(line: string, at: number): number {
  for (let index = at + 1; index < line.length; index += 1) {
    const code = line.charCodeAt(index);
    if (code === 0x5c) index += 1;
    else if (code === 0x22) return index;
  }
  return line.length;
}
