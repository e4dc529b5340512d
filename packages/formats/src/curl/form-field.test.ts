import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFormField, parsePlainField } from "./form-field.ts";

const text = (content: string, more: object = {}) => ({ name: "x", content: { kind: "text", text: content }, ...more });
const file = (path: string, more: object = {}) => ({ name: "x", content: { kind: "file", path }, ...more });

describe("a field of a form", () => {
  // Each was sent with curl 7.88 too, and is what it made of it.
  it.each([
    ["x=1;2", text("1")],
    ["x=a;", text("a")],
    ["x= a b ", text("a b")],
    ['x="a;b" c;type=a/b', text("a;b", { type: "a/b" })],
    ['x="a\\"b\\\\"', text('a"b\\')],
    ['x="a', text('"a')],
    ["x=1;type=text/plain; charset=utf-8 ;filename=n", text("1", { type: "text/plain; charset=utf-8", filename: "n" })],
    ['x="@/srv/a;b"', text("@/srv/a;b")],
    ["x= @a", text("@a")],
    ['x={"a":1};type=application/json', text('{"a":1}', { type: "application/json" })],
    ['x=@"/srv/a"', file("/srv/a", { filename: "a" })],
    ['x=@"/srv/a;b,c"', file("/srv/a;b,c", { filename: "a;b,c" })],
    ["x=@/srv/a;b", file("/srv/a", { filename: "a" })],
    ["x=@ a ;filename=q r ;foo=bar", file("a", { filename: "q r" })],
    ['x=@a;filename="q;\\"r";type=a/b', file("a", { filename: 'q;"r', type: "a/b" })],
    ['x=<"a;b"', file("a;b")],
    ["x=<a,b;filename=n;type=a/b", file("a,b", { type: "a/b" })],
    ["=@a", { name: "", content: { kind: "file", path: "a" }, filename: "a" }],
    ['x="";type=a/b', text("", { type: "a/b" })],
  ])("reads %s as curl does", (value, expected) => {
    expect(parseFormField(value)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ["nothing", "no field"],
    ["x=@a,b", "several files"],
    ["x=(a)", "a form within the form"],
    ["x=@a;type=bad", "no media type"],
    ["x=a;headers=A: b", "not carried out"],
    ["x=@a;encoder=base64", "not carried out"],
  ])("refuses %s with a reason", (value, reason) => {
    expect(parseFormField(value)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });

  it("takes the text of --form-string verbatim", () => {
    expect(parsePlainField('x="@a";type=b')).toEqual({ ok: true, value: text('"@a";type=b') });
    expect(parsePlainField("x")).toMatchObject({ ok: false });
  });

  it("never throws, whatever is pasted", () => {
    assert(property(string({ unit: "binary" }), (value) => typeof parseFormField(`x=${value}`).ok === "boolean"));
  });
});
