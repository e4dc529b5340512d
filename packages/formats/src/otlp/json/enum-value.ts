import { MalformedPayload } from "../outcome.ts";
import type { JsonReader } from "./reader.ts";

/** The names of an enum's members in protobuf: `prefix` and, in capitals, one of `names`, in the order of their numbers. */
export type EnumNames = { readonly what: string; readonly prefix: string; readonly names: readonly string[] };

/** Reads an enum: OTLP sends its number, some senders its name. */
export function readEnum(reader: JsonReader, { what, prefix, names }: EnumNames): number {
  const start = reader.at;
  if (reader.peek() === 34) {
    const text = reader.readText(what);
    if (text.startsWith(prefix)) {
      const index = names.indexOf(text.slice(prefix.length).toLowerCase());
      if (index < 0) throw new MalformedPayload(`${what} is no known name`);
      return index;
    }
    reader.at = start;
  }
  return reader.readNumber(what) ?? 0;
}
