import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { type FetchRequest, parseFetchCall } from "./index.ts";

function parse(text: string): FetchRequest {
  const result = parseFetchCall(text);
  if (!result.ok) throw new Error(`${result.error.message} at ${result.error.at}`);
  return result.value;
}

const CHROME = `fetch("https://api.example.com/cart?id=1", {
  "headers": {
    "accept": "application/json",
    "content-type": "application/json",
    "sec-ch-ua": "\\"Chromium\\";v=\\"141\\""
  },
  "referrer": "https://shop.example.com/",
  "body": "{\\"a\\":\\"b \\u00e9\\"}",
  "method": "POST",
  "mode": "cors",
  "credentials": "include"
});`;

describe("a pasted call of fetch", () => {
  it("reads what browsers copy, and says that their cookies are missing", () => {
    expect(parse(CHROME)).toEqual({
      method: "POST",
      url: "https://api.example.com/cart?id=1",
      headers: [
        ["accept", "application/json"],
        ["content-type", "application/json"],
        ["sec-ch-ua", '"Chromium";v="141"'],
        ["Referer", "https://shop.example.com/"],
      ],
      body: '{"a":"b é"}',
      followsRedirects: true,
      notes: [expect.stringContaining("Copy as cURL")],
    });
    expect(parse('await fetch("https://a.example/", {"credentials": "omit", "headers": {}, "method": "GET"})').notes).toEqual([]);
    expect(parse('fetch("https://a.example/", {"headers": {"cookie": "a=b"}, "body": null})').notes).toEqual([]);
  });

  it("reads what people write: unquoted names, other quotes, comments, JSON.stringify, a list of headers, joined texts", () => {
    const written = `const res = await fetch('https://a.example/x', {
      method: 'put', // again
      headers: new Headers([['X-One', '1'],]),
      body: JSON.stringify({ a: [1, true, null], 'b': "it\\'s" + ' "here"' }),
    }).then((r) => r.json())`;
    expect(parse(written)).toMatchObject({
      method: "PUT",
      headers: [
        ["X-One", "1"],
        ["Content-Type", "text/plain;charset=UTF-8"],
      ],
      body: '{"a":[1,true,null],"b":"it\'s \\"here\\""}',
    });
    expect(parse("fetch(`https://a.example/x`, { body: new URLSearchParams({ a: 'b c' }), redirect: 'manual' })")).toMatchObject({
      body: "a=b%20c",
      followsRedirects: false,
    });
  });

  it.each([
    ["fetch(url)", "url is not a value that stands in the text", 6],
    ["fetch(`https://a.example/${id}`)", "has no value in the text", 25],
    ['fetch("/cart")', "no http or https URL", 6],
    ['fetch("https://a.example", { headers: auth() })', "auth is not a value", 38],
    ['fetch("https://a.example", { method: "GET" ', "a comma or } is missing", 43],
    ['fetch("https://a.example', "never closed", 6],
    ['fetch("https://a.example", { agent: 1 })', "agent of fetch is not known", 6],
    ['fetch("https://a.example", { headers: { "a b": "c" } })', "headers are neither", 6],
    ['fetch("https://a.example", { headers: { a: "b\\nc" } })', "headers are neither", 6],
    ["axios.get(1)", "no call of fetch", 0],
  ])("refuses %j and says what and where", (text, message, at) => {
    expect(parseFetchCall(text)).toEqual({ ok: false, error: { message: expect.stringContaining(message), at } });
  });

  it.each([
    'fetch("https://a.example", { headers: { Authorization: eyJ0eXAi.tr0ub4dor } })',
    'fetch("https://a.example", { "Bearer tr0ub4dor": 1 })',
    'fetch("ftp://me:tr0ub4dor@a.example")',
    'fetch("https://a.example", { headers: { "Bearer tr0ub4dor": "x" } })',
  ])("says what is wrong with %j without quoting what may be a password", (text) => {
    const result = parseFetchCall(text);
    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toContain("tr0ub4dor");
  });

  it("never throws, whatever is pasted", () => {
    assert(property(string({ maxLength: 200, unit: "binary" }), (text) => typeof parseFetchCall(`fetch(${text}`).ok === "boolean"));
    expect(parseFetchCall(`fetch(${"[".repeat(100_000)}`)).toMatchObject({ ok: false });
  });
});
