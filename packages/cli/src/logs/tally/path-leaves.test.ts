import { describe, expect, it } from "vitest";
import { PathLeaves } from "./path-leaves.ts";
import { PlainLine } from "../shapes/line-shape.ts";

const PIECES = [
  "users",
  "v1",
  "7",
  "42",
  "a.json",
  "9f8e7d6c5b4a",
  "@me",
  "x@y.example",
  "2026-11-21",
  "item-7.pdf",
  "",
  "v2:run",
  "%20",
  "-",
];

function createRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function toLine(method: string, path: string): PlainLine {
  const line = new PlainLine("");
  line.method = method;
  line.bytes = Buffer.from(`"${method} ${path} HTTP/1.1"`);
  line.pathStart = method.length + 2;
  line.pathEnd = line.pathStart + path.length;
  return line;
}

describe("paths on their way to the tries", () => {
  it("are of one kind with and without matrix parameters, by their bytes and by their text", () => {
    const leaves = new PathLeaves();
    const plain = leaves.get("GET", "/login/form");
    expect(leaves.get("GET", "/login;jsessionid=A1B2/form;x=1")).toBe(plain);
    expect(leaves.getAt(toLine("GET", "/login;jsessionid=C3D4/form"))).toBe(plain);
    expect(leaves.getAt(toLine("GET", "/logout;jsessionid=C3D4/form"))).not.toBe(plain);
    expect(leaves.getAt(toLine("GET", "/login/form"))).toBe(plain);
  });

  it.each([1, 2, 3])("are of the same kind by their bytes as by their text, seed %i", (seed) => {
    const below = createRandom(seed);
    const leaves = new PathLeaves();
    const paths = Array.from({ length: 3000 }, () => `/${Array.from({ length: below(5) }, () => PIECES[below(PIECES.length)]).join("/")}`);
    const others = paths.filter((path, index) => {
      const method = ["GET", "POST"][index % 2];
      return leaves.getAt(toLine(method as string, path)) !== leaves.get(method, path);
    });
    expect(others).toEqual([]);
  });

  it("are distinguished by their words, suffixes and methods", () => {
    const leaves = new PathLeaves();
    const lines = [
      ["GET", "/users/1"],
      ["POST", "/users/1"],
      ["GET", "/users/1.json"],
      ["GET", "/user/1"],
      ["GET", "/users/1/"],
      ["GET", "/1/users"],
      ["GET", "/v1/users"],
      ["GET", "/v2/users"],
      ["GET", "/"],
    ].map(([method = "", path = ""]) => leaves.getAt(toLine(method, path)));
    expect(new Set(lines).size).toBe(lines.length);
  });
});
