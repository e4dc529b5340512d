/** JSON logs of no particular product: Elastic Common Schema, winston, and any other library that uses the common names. */
import { readAppRecord } from "../application/app-message.ts";
import { readObject, startDraft } from "../exchange/draft.ts";
import type { JsonFormat, JsonObject } from "../line.ts";
import { createFieldReader } from "../named-fields/field-reader.ts";
import { putNamedFields, putNamedUpstream } from "../named-fields/named-fields.ts";
import { isUnanswered } from "../exchange/unanswered.ts";

/** Elastic Common Schema: `ecs.version`, or `@timestamp` together with its field sets. */
export const ecs: JsonFormat = {
  id: "ecs",
  create: (context) => (object) => {
    const isEcs =
      "ecs.version" in object ||
      readObject(object["ecs"]) !== undefined ||
      ("@timestamp" in object && ("log.level" in object || hasFieldSet(object)));
    return isEcs ? readAppRecord(object, { id: "ecs", observer: "ecs" }, context) : undefined;
  },
};

function hasFieldSet(object: JsonObject): boolean {
  return ["http", "url", "event", "log", "service", "process"].some((name) => readObject(object[name]) !== undefined);
}

/** winston's JSON format: a level word and `message`. Other members are free. */
export const winston: JsonFormat = {
  id: "winston",
  create: (context) => (object) => {
    if (typeof object["level"] !== "string" || !("message" in object)) return undefined;
    const meta = readObject(object["meta"]) ?? readObject(object["metadata"]);
    return readAppRecord(meta === undefined ? object : { ...meta, ...object }, { id: "winston", observer: "winston" }, context);
  },
};

/** Any JSON object that names a status together with a method or a path, or a message together with a level, a time or anything else. */
export const json: JsonFormat = {
  id: "json",
  create: (context) => (object) => {
    const read = createFieldReader(object);
    const draft = startDraft("unknown", "json log");
    if (putNamedFields(draft, read, context)) {
      const level = read(["level", "severity", "lvl", "msg", "message"]);
      if (level !== undefined) return readAppRecord(object, { id: "json", observer: "application" }, context);
      putNamedUpstream(draft, read);
      return { kind: "exchange", format: "json", exchange: draft };
    }
    const hasLevel = read(["level", "severity", "lvl", "log.level", "severity_text", "levelname", "@level", "@l"]) !== undefined;
    const hasText =
      read(["message", "msg", "event", "body", "error", "err", "short_message", "@message", "@m", "@mt", "renderedmessage"]) !== undefined;
    const isMessage = [object["msg"], object["message"]].some((text) => typeof text === "string" && text !== "");
    const isRecord = hasLevel || draft.timeMs !== undefined || (isMessage && Object.keys(object).length > 1);
    if (hasText && isRecord) return readAppRecord(object, { id: "json", observer: "application" }, context);
    return isUnanswered(object, draft) ? { kind: "exchange", format: "json", exchange: draft } : undefined;
  },
};
