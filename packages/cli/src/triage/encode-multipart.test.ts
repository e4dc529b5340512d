import type { FormField } from "@faultline/formats/curl";
import { describe, expect, it } from "vitest";
import { encodeMultipart } from "./encode-multipart.ts";

const files: Readonly<Record<string, string>> = { "a/cat.png": "PNG", "note.txt": "hello", "page.html": "<p>" };
const encode = (...fields: FormField[]) => {
  const { body, boundary } = encodeMultipart(fields, (path) => Buffer.from(files[path] ?? `no ${path}`));
  return body.toString().replaceAll(boundary, "B");
};
const text = (content: string, more: object = {}): FormField => ({ name: "a", content: { kind: "text", text: content }, ...more });
const file = (path: string, more: object = {}): FormField => ({ name: "f", content: { kind: "file", path }, ...more });

describe("a multipart body as curl makes it", () => {
  it("has a part for each field, with the names and types of files", () => {
    expect(
      encode(text("1"), file("a/cat.png", { filename: "cat.png", type: "image/x" }), file("note.txt", { filename: "n" }), file("note.txt")),
    ).toBe(
      [
        '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n',
        '--B\r\nContent-Disposition: form-data; name="f"; filename="cat.png"\r\nContent-Type: image/x\r\n\r\nPNG\r\n',
        '--B\r\nContent-Disposition: form-data; name="f"; filename="n"\r\nContent-Type: text/plain\r\n\r\nhello\r\n',
        '--B\r\nContent-Disposition: form-data; name="f"\r\n\r\nhello\r\n--B--\r\n',
      ].join(""),
    );
  });

  // Each was sent with curl 7.88 too.
  it.each([
    [file("a/cat.png", { filename: "cat.PNG" }), "image/png"],
    [file("a", { filename: "b" }), "application/octet-stream"],
    [file("a.pdf", { filename: "b" }), "application/pdf"],
    [file("page.html"), "text/html"],
    [text("1", { filename: "a.xml" }), "application/xml"],
  ])("knows the type of a file by its name: %j", (field, type) => {
    expect(encode(field)).toContain(`\r\nContent-Type: ${type}\r\n\r\n`);
  });

  it("gives text no type, keeps a name from ending its quotes, and leaves out a name that is empty", () => {
    expect(encode(text("1"))).not.toContain("Content-Type");
    expect(encode(text("1;2", { name: 'a"b' }))).toContain('name="a%22b"\r\n\r\n1;2\r\n');
    expect(encode(text("1", { name: "" }))).toContain("form-data\r\n");
  });

  it("has the same boundary for the same fields", () => {
    const [one, two] = [1, 2].map(() => encodeMultipart([text("1")], () => Buffer.from("")).boundary);
    expect(one).toBe(two);
  });
});
