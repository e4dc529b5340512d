/** The named software's lines about odd requests, written by their own rules, and what shippers, terminals and people put around them. */
import { describe, expect, it } from "vitest";
import { WRAPPERS } from "../../../../tests/oracle/log-lines/wrappers.ts";
import { WRITERS, writeLines } from "../../../../tests/oracle/log-lines/written-lines.ts";
import { createLineReader, toFlatRecord } from "./index.ts";

function pick(line: string, members: Readonly<Record<string, unknown>>) {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  const record = toFlatRecord(reader.read(line));
  return Object.fromEntries(Object.keys(members).map((name) => [name, record?.[name]]));
}

describe("lines of each software", () => {
  it.each(WRITERS)("are read whatever the request is: $software", (writer) => {
    for (const { line, about, members } of writeLines(writer)) {
      expect({ about, ...pick(line, members) }).toEqual({ about, ...members });
    }
  });
});

describe("what stands around a line", () => {
  it.each(WRAPPERS)("changes nothing: $name", ({ wrap }) => {
    for (const writer of WRITERS) {
      for (const { line, members } of writeLines(writer).slice(0, 1)) {
        expect({ software: writer.software, ...pick(wrap(line), members) }).toEqual({ software: writer.software, ...members });
      }
    }
  });
});
