import { describe, expect, it } from "vitest";
import { isBare } from "./bare-words.ts";

describe("messages that only say that something failed", () => {
  it.each([
    "",
    "500",
    "Error: ",
    "SyntaxError",
    "500\nSyntaxError: ",
    "System.InvalidOperationException",
    "GET /orders/7 failed",
    "GET /orders/7 failed: SyntaxError",
    "App\\Error:",
  ])("are %j", (text) => expect(isBare(text)).toBe(true));

  it.each([
    "Error: full",
    "ECONNREFUSED: ",
    "28P01: ",
    "GET /orders/7 failed: full",
    "500\nSyntaxError: Unexpected token",
    "socket hang up",
  ])("are not %j", (text) => expect(isBare(text)).toBe(false));
});
