import { describe, expect, it } from "vitest";
import { type HarEntry, parseHar } from "./index.ts";

const har = (...entries: object[]) => JSON.stringify({ log: { version: "1.2", creator: {}, entries } });
const ENTRY = {
  startedDateTime: "2026-11-21T10:00:00.250+01:00",
  time: 120.5,
  request: {
    method: "POST",
    url: "https://api.example.com/cart?id=1",
    headers: [
      { name: ":authority", value: "api.example.com" },
      { name: "Accept", value: "application/json" },
    ],
    postData: { mimeType: "application/json", text: '{"a":1}' },
  },
  response: {
    status: 502,
    headers: [{ name: "Server", value: "nginx" }],
    content: { mimeType: "text/html", encoding: "base64", text: "PGgxPjwvaDE+" },
  },
};

function parse(text: string): readonly HarEntry[] {
  const result = parseHar(text);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe("HAR", () => {
  it("reads a request that can be sent again, and its response", () => {
    const [entry] = parse(`\uFEFF${har(ENTRY)}`);
    expect(entry).toMatchObject({
      method: "POST",
      url: ENTRY.request.url,
      headers: [["Accept", "application/json"]],
      body: '{"a":1}',
      status: 502,
    });
    expect(entry?.exchange).toMatchObject({
      timeMs: Date.UTC(2026, 10, 21, 9, 0, 0, 250),
      durationMs: 120.5,
      host: "api.example.com",
      path: "/cart",
      query: "id=1",
      status: 502,
      responseHeaders: { server: "nginx" },
      responseBody: "<h1></h1>",
    });
  });

  it("reads status 0 as no response, with the browser's reason", () => {
    const [entry] = parse(har({ ...ENTRY, response: { status: 0, _error: "net::ERR_CONNECTION_REFUSED" } }));
    expect(entry).toMatchObject({ error: "net::ERR_CONNECTION_REFUSED" });
    expect(entry).not.toHaveProperty("status");
  });

  it("leaves out what never reached the network, but keeps the numbers of the others", () => {
    expect(parse(har({ request: { url: "data:text/plain,x" } }, ENTRY)).map(({ index }) => index)).toEqual([1]);
  });

  it("builds a form body from its parameters and survives missing and foreign members", () => {
    const form = { request: { method: "POST", url: "http://a/", postData: { params: [{ name: "a b", value: "1&2" }] } } };
    expect(parse(har(form))[0]?.body).toBe("a%20b=1%262");
    expect(parse(har({ request: { url: "http://a" }, response: 5 }))[0]?.exchange.path).toBe("/");
  });

  it("reads what recorders write in unusual places: cookies without a header, an empty text beside fields, bytes as Base64", () => {
    const request = (more: object) => parse(har({ request: { method: "POST", url: "http://a/", ...more } }))[0];
    const cookies = [
      { name: "sid", value: "1" },
      { name: "b", value: "2" },
    ];
    expect(request({ cookies })?.headers).toEqual([["Cookie", "sid=1; b=2"]]);
    expect(request({ cookies, headers: [{ name: "cookie", value: "sid=1" }] })?.headers).toEqual([["cookie", "sid=1"]]);
    expect(request({ postData: { text: "", params: [{ name: "a", value: "1" }] } })?.body).toBe("a=1");
    expect(request({ postData: { text: "eyJhIjoxfQ==", encoding: "base64" } })?.body).toBe('{"a":1}');
    expect(request({ postData: { text: "", params: [] } })?.body).toBe("");
  });

  it("says where JSON is broken and what is missing", () => {
    expect(parseHar('{"log": {\n  "entries": [}')).toMatchObject({
      ok: false,
      error: 'the file is no JSON: a value or ] should stand at line 2, character 15, not "}"',
    });
    expect(parseHar('{"log":')).toMatchObject({ ok: false, error: expect.stringContaining("it ends too early, at line 1, character 8") });
    expect(parseHar("{}")).toMatchObject({ ok: false, error: expect.stringContaining("log.entries") });
  });
});
