import { describe, expect, it } from "vitest";
import { readPath, readStatusCode } from "./semconv.ts";

describe("reading attributes by either generation of names", () => {
  it("prefers the current status code name and falls back to the old one", () => {
    expect(readStatusCode({ "http.response.status_code": 500, "http.status_code": 200 })).toBe(500);
    expect(readStatusCode({ "http.status_code": "503" })).toBe(503);
    expect(readStatusCode({})).toBeUndefined();
  });

  it("takes the path out of a target or a URL without its query", () => {
    expect(readPath({ "http.target": "/a/b?token=1" })).toBe("/a/b");
    expect(readPath({ "url.full": "https://shop.example/cart?x=1" })).toBe("/cart");
    expect(readPath({ "http.url": "https://shop.example" })).toBe("/");
  });
});
