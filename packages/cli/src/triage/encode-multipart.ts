import { createHash } from "node:crypto";
import { basename } from "node:path";

/** A field of curl's `-F`, or of `--form-string`, whose text is taken as it is. */
export type FormField = { readonly field: string; readonly isPlain: boolean };

/**
 * A multipart/form-data body as curl makes it of `NAME=TEXT`, `NAME=@FILE` and `NAME=<FILE`, with `;type=` and `;filename=` behind. The
 * boundary is a digest of the fields, so that the same command is the same request. Source: RFC 7578, and curl's manual for `-F`.
 */
export function encodeMultipart(
  fields: readonly FormField[],
  readFile: (path: string) => Uint8Array,
): { readonly contentType: string; readonly body: Buffer } {
  const boundary = `------------------------${createHash("sha256").update(JSON.stringify(fields)).digest("hex").slice(0, 22)}`;
  const parts = fields.flatMap((each) => {
    const { name, filename, type, content } = readField(each, readFile);
    const disposition = `form-data; name="${quote(name)}"${filename === undefined ? "" : `; filename="${quote(filename)}"`}`;
    const head = [`--${boundary}`, `Content-Disposition: ${disposition}`, ...(type === undefined ? [] : [`Content-Type: ${type}`]), "", ""];
    return [Buffer.from(head.join("\r\n")), content, Buffer.from("\r\n")];
  });
  return { contentType: `multipart/form-data; boundary=${boundary}`, body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]) };
}

type Part = { readonly name: string; readonly filename?: string; readonly type?: string; readonly content: Uint8Array };

function readField({ field, isPlain }: FormField, readFile: (path: string) => Uint8Array): Part {
  const name = field.slice(0, field.indexOf("="));
  const value = field.slice(name.length + 1);
  if (isPlain) return { name, content: Buffer.from(value) };
  const [, text = "", options = ""] = /^([^;]*|"(?:[^"\\]|\\.)*")((?:;\s*(?:type|filename)=[^;]+(?:;[^;=]+=[^;]+)*)*)$/s.exec(value) ?? [
    undefined,
    value,
  ];
  const type = /;\s*type=([^;\r\n]+)/.exec(options)?.[1]?.trim();
  const given = /;\s*filename=([^;\r\n]+)/.exec(options)?.[1]?.trim().replace(/^"|"$/g, "");
  const whole = text.replace(/^"(.*)"$/s, "$1");
  if (!/^[@<]/.test(whole)) return { name, content: Buffer.from(whole), ...(type === undefined ? {} : { type }) };
  const path = whole.slice(1);
  const isFile = whole.startsWith("@");
  return {
    name,
    content: readFile(path),
    ...(isFile ? { filename: given ?? basename(path), type: type ?? "application/octet-stream" } : type === undefined ? {} : { type }),
  };
}

function quote(text: string): string {
  return text.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
