import { describe, expect, it } from "vitest";
import { encodeMultipart } from "./encode-multipart.ts";

const files: Readonly<Record<string, string>> = { "a/cat.png": "PNG", "note.txt": "hello" };
const encode = (...fields: (string | { field: string; isPlain: boolean })[]) => {
  const all = fields.map((field) => (typeof field === "string" ? { field, isPlain: false } : field));
  const { body, contentType } = encodeMultipart(all, (path) => Buffer.from(files[path] ?? `no ${path}`));
  const [, boundary = ""] = contentType.split("boundary=");
  return body.toString().replaceAll(boundary, "B");
};

describe("a multipart body as curl makes it", () => {
  it("has a part for each field, with the names and types of files", () => {
    expect(encode("a=1", "f=@a/cat.png;type=image/png", "g=@note.txt;filename=other.txt", "h=<note.txt")).toBe(
      [
        '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n',
        '--B\r\nContent-Disposition: form-data; name="f"; filename="cat.png"\r\nContent-Type: image/png\r\n\r\nPNG\r\n',
        '--B\r\nContent-Disposition: form-data; name="g"; filename="other.txt"\r\nContent-Type: application/octet-stream\r\n\r\nhello\r\n',
        '--B\r\nContent-Disposition: form-data; name="h"\r\n\r\nhello\r\n--B--\r\n',
      ].join(""),
    );
  });

  it("takes text as it is where the command says so, and keeps a name from ending its quotes", () => {
    expect(encode({ field: "a=@b;type=c", isPlain: true })).toContain('name="a"\r\n\r\n@b;type=c\r\n');
    expect(encode('a"b=1;2')).toContain('name="a%22b"\r\n\r\n1;2\r\n');
  });

  it("has the same boundary for the same fields", () => {
    const [one, two] = [1, 2].map(() => encodeMultipart([{ field: "a=1", isPlain: false }], () => Buffer.from("")).contentType);
    expect(one).toBe(two);
  });
});
