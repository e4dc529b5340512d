import { replaceString } from "../scalar.ts";
import { redactJsonWith, redactTextWith } from "./text.ts";
import type { Pass } from "../pass.ts";

function redactContent(headers: string, content: string, pass: Pass): string {
  const name = /\bname="?([^";\r\n]*)/i.exec(headers)?.[1] ?? "";
  const kind = pass.classify(name).kind;
  if (/\bfilename=/i.test(headers) && !/^content-type:\s*(?:text\/|application\/json)/im.test(headers))
    return `[${content.length} characters of a file]`;
  if (kind !== undefined) return replaceString(kind, content, pass);
  return /^\s{0,64}[[{]/.test(content) ? redactJsonWith(content, pass) : redactTextWith(content, pass);
}

function redactPart(part: string, pass: Pass): string {
  const match = /\r?\n\r?\n/.exec(part.slice(0, 16_384));
  if (match === null) return redactTextWith(part, pass);
  const headers = part.slice(0, match.index);
  const ending = part.endsWith("\r\n") ? "\r\n" : "";
  const content = part.slice(match.index + match[0].length, part.length - ending.length);
  return redactTextWith(headers, pass) + match[0] + redactContent(headers, content, pass) + ending;
}

/** Redacts a multipart body (RFC 7578): each field according to its name. Files are reduced to their length unless they are text. */
export function redactMultipart(text: string, boundary: string, pass: Pass): string {
  const mark = boundary === "" ? (/^--([^\r\n]{1,70})/.exec(text)?.[1] ?? "") : boundary;
  if (mark === "") return redactTextWith(text, pass);
  return text
    .split(`--${mark}`)
    .map((part) => (part.startsWith("--") || part === "" ? part.slice(0, 4) : redactPart(part, pass)))
    .join(`--${mark}`);
}
