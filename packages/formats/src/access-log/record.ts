import { formatTime } from "./values/clock.ts";
import type { ReadLine } from "./reader.ts";
import { nameSeverity } from "./values/severity.ts";

/** One log line as a flat object with names of the semantic conventions. Absent members are left out. */
export type FlatRecord = { readonly [name: string]: string | number };

/**
 * The flat form of a line. Times are RFC 3339 in UTC with ms, or µs if the log is finer. Durations are in ms, sizes in bytes. A status of 0
 * or 000 (no response) is left out. `upstream.status_code` is that of the last try, as the log notes it. Messages of application and error
 * logs have `log.level` and `message`. Undefined for lines without content (blank, or a piece of a line).
 */
export function toFlatRecord(line: ReadLine): FlatRecord | undefined {
  switch (line.kind) {
    case "blank":
    case "partial":
      return undefined;
    case "unparsed":
      return { unparsed: line.text };
    case "directive":
    case "continuation":
      return { format: line.format, message: line.text };
    case "exchange": {
      const { exchange } = line;
      return keepPresent({
        time: exchange.timeMs === undefined ? undefined : formatTime(exchange.timeMs),
        "http.request.method": exchange.method,
        "url.path": exchange.path,
        "url.query": exchange.query,
        "http.response.status_code": exchange.status,
        "http.response.body.size": exchange.responseBytes,
        "client.address": exchange.clientAddress,
        "user_agent.original": exchange.userAgent,
        duration_ms: exchange.durationMs,
        "upstream.status_code": exchange.upstream?.at(-1)?.status,
        request_id: exchange.requestId,
        format: line.format,
      });
    }
    case "message": {
      const { message } = line;
      return keepPresent({
        time: message.timeMs === undefined ? undefined : formatTime(message.timeMs),
        "http.request.method": message.method,
        "url.path": message.path,
        "url.query": message.query,
        "http.response.status_code": message.status,
        "client.address": message.clientAddress,
        "user_agent.original": message.userAgent,
        duration_ms: message.durationMs,
        request_id: message.requestId,
        "log.level": message.severity === 0 ? undefined : nameSeverity(message.severity),
        message: message.text,
        format: line.format,
      });
    }
  }
}

function keepPresent(record: Readonly<Record<string, string | number | undefined>>): FlatRecord {
  return Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string | number] => entry[1] !== undefined));
}
