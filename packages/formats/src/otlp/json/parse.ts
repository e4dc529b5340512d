import { MalformedPayload } from "../outcome.ts";
import { utf8Decoder } from "../text-coding.ts";
import { asObject, type JsonObject } from "./fields.ts";

/** Far more than OTLP nests; a few bytes of brackets must not become gigabytes of lists. */
const MAX_NESTING = 100;

/** Parses an OTLP/JSON request or line. Nesting is checked first, for `JSON.parse` builds whatever it is told to. */
export function parseRequest(payload: Uint8Array | string): JsonObject {
  const text = typeof payload === "string" ? payload : utf8Decoder.decode(payload);
  checkNesting(text);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new MalformedPayload(`not JSON: ${error instanceof Error ? error.message : "unreadable"}`, { cause: error });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new MalformedPayload("the request is not a JSON object");
  return asObject(parsed, "the request");
}

/** Counts brackets outside of quotes. */
function checkNesting(text: string): void {
  let depth = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 34) isQuoted = !isQuoted;
    else if (code === 92) index += 1;
    else if (isQuoted) continue;
    else if (code === 91 || code === 123) {
      depth += 1;
      if (depth > MAX_NESTING) throw new MalformedPayload(`nested deeper than ${MAX_NESTING} at character ${index}`);
    } else if (code === 93 || code === 125) depth -= 1;
  }
}
