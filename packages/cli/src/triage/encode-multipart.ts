import { createHash } from "node:crypto";
import type { FormField } from "@faultline/formats/curl";

/** The content types that curl derives from a file's extension. Source: curl, Curl_mime_contenttype. */
const TYPES: Readonly<Record<string, string>> = {
  gif: "image/gif",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  htm: "text/html",
  html: "text/html",
  pdf: "application/pdf",
  xml: "application/xml",
};

/**
 * Encodes form fields as curl does, as multipart/form-data. The boundary is a digest of the fields, so that the same command always sends
 * the same bytes. Source: RFC 7578, and curl's manual for `-F`.
 */
export function encodeMultipart(
  fields: readonly FormField[],
  readFile: (path: string) => Uint8Array,
): { readonly boundary: string; readonly body: Buffer } {
  const boundary = `------------------------${createHash("sha256").update(JSON.stringify(fields)).digest("hex").slice(0, 22)}`;
  const parts = fields.flatMap((field) => {
    const { name, filename, content } = field;
    const type = field.type ?? guessType(field);
    const names = [...(name === "" ? [] : [`name="${quote(name)}"`]), ...(filename === undefined ? [] : [`filename="${quote(filename)}"`])];
    const disposition = ["form-data", ...names].join("; ");
    const head = [`--${boundary}`, `Content-Disposition: ${disposition}`, ...(type === undefined ? [] : [`Content-Type: ${type}`]), "", ""];
    const bytes = content.kind === "file" ? readFile(content.path) : Buffer.from(content.text);
    return [Buffer.from(head.join("\r\n")), bytes, Buffer.from("\r\n")];
  });
  return { boundary, body: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]) };
}

/** Guesses a field's content type from the file name that is sent, or else from the local file's name. A plain text field has none. */
function guessType({ filename, content }: FormField): string | undefined {
  const path = content.kind === "file" ? content.path : "";
  const known = [filename ?? "", path].map((each) => TYPES[/\.([a-z]+)$/i.exec(each)?.[1]?.toLowerCase() ?? ""]).find(Boolean);
  if (filename === undefined) return known === "text/plain" ? undefined : known;
  return known ?? (content.kind === "file" ? "application/octet-stream" : undefined);
}

function quote(text: string): string {
  return text.replaceAll("\r", "%0D").replaceAll("\n", "%0A").replaceAll('"', "%22");
}
