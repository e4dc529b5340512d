/** The whole log of a small Rails 6.1 application, with and without request ids as tags, as its logger wrote it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createLineReader, type FlatRecord, toFlatRecord } from "../index.ts";

function readLog(name: string): FlatRecord[] {
  const reader = createLineReader({ context: { nowMs: Date.UTC(2026, 10, 22), zoneOffsetMinutes: 0 } });
  const lines = readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8").split("\n");
  return lines.map((line) => toFlatRecord(reader.read(line))).filter((record) => record !== undefined);
}

describe.each(["rails-untagged.log", "rails-tagged.log"])("%s", (name) => {
  const records = readLog(name);

  it("has no line that is not understood", () => {
    expect(records.filter((record) => "unparsed" in record)).toEqual([]);
  });

  it("names method, path and status of each answered request, also after one that ended in a routing error", () => {
    const answered = records.filter((record) => "http.response.status_code" in record);
    expect(answered.map((record) => [record["http.request.method"], record["url.path"], record["http.response.status_code"]])).toEqual([
      ["GET", "/orders/1", 200],
      ["GET", "/boom", 500],
      ["GET", "/go", 302],
      ["POST", "/orders", 503],
    ]);
  });

  it("names the exceptions", () => {
    const fatal = records.filter((record) => /Error \(/.test(String(record["message"])));
    expect(fatal.map((record) => record["message"])).toEqual([
      "RuntimeError (boom):",
      'ActionController::RoutingError (No route matches [GET] "/nothing"):',
    ]);
  });
});

describe("Rails 2", () => {
  it("has the method at the start of a request and the URL at the end", () => {
    const reader = createLineReader({ context: { nowMs: 0, zoneOffsetMinutes: 0 } });
    reader.read("Processing PostController#list (for 75.36.147.245 at 2010-10-06 21:51:07) [GET]");
    expect(toFlatRecord(reader.read("Completed in 37000ms (View: 27, DB: 21) | 200 OK [http://shop.example/posts?page=2]"))).toEqual({
      time: "2010-10-06T21:51:07.000Z",
      "http.request.method": "GET",
      "url.path": "/posts",
      "url.query": "page=2",
      "http.response.status_code": 200,
      "client.address": "75.36.147.245",
      duration_ms: 37000,
      format: "rails",
    });
  });
});
