/**
 * CloudFront's logs as JSON (standard logging v2, or real-time logs after a converter), with the fields of its W3C files as members. The
 * time is in `date` and `time`, in `timestamp` (seconds) or in `timestamp(ms)`. Source: AWS, "Standard logging reference".
 */
import { parseAnyTime } from "../values/clock.ts";
import { putTime, readJsonText } from "../exchange/draft.ts";
import type { JsonFormat, JsonLineParser, ParseContext } from "../line.ts";
import { readW3cRow } from "./w3c.ts";

/** CloudFront as JSON, and any other W3C file that was turned into JSON. */
export const cloudfrontJson: JsonFormat = { id: "cloudfront", create: createCloudfrontJson };

function createCloudfrontJson(context: ParseContext): JsonLineParser {
  return (object) => {
    if (!("sc-status" in object && ("cs-uri-stem" in object || "cs-method" in object))) return undefined;
    const row = new Map<string, string>();
    for (const [name, value] of Object.entries(object)) {
      const text = readJsonText(value);
      if (text !== undefined) row.set(name.toLowerCase(), text);
    }
    const parsed = readW3cRow(row);
    if (parsed?.kind !== "exchange" || parsed.exchange.timeMs !== undefined) return parsed;
    const exchange = { ...parsed.exchange };
    putTime(exchange, parseAnyTime(row.get("timestamp(ms)") ?? row.get("timestamp"), context));
    return { ...parsed, exchange };
  };
}
