import { redactPairs } from "./url.ts";
import { findCut, redactJsonWith, redactTextWith } from "./text.ts";
import type { Pass } from "../pass.ts";
import { redactMultipart } from "./multipart.ts";

type Body = { readonly text: string; readonly truncated: boolean };

/** The decoder for a charset label; UTF-8 if the label is unknown. */
function createDecoder(label: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}

/** Decodes bytes as text: as UTF-16 if a byte order mark or the zeros say so, else by `charset`. Undefined if they are not text. */
function decodeBytes(bytes: Uint8Array, charset: string): string | undefined {
  const utf16 = findUtf16(bytes);
  const text = createDecoder(utf16 ?? charset).decode(bytes);
  // oxlint-disable-next-line no-control-regex -- control characters are what is counted
  const odd = text.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]/g)?.length ?? 0;
  // A body cut inside a character, or with a few stray bytes, is still text; an image or an archive is not.
  return odd > 2 + text.length / 20 ? undefined : text;
}

function findUtf16(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const first = bytes.subarray(0, 512);
  const hasZeros = (odd: number) => first.filter((byte, at) => byte === 0 && at % 2 === odd).length > first.length / 4;
  if (hasZeros(1)) return "utf-16le";
  return hasZeros(0) ? "utf-16be" : undefined;
}

type MediaType = { readonly type: string; readonly parameters: string };

function parseMediaType(contentType: string | undefined): MediaType {
  const [type = "", parameters = ""] = contentType?.split(/;([^]*)/) ?? [];
  return { type: type.trim().toLowerCase(), parameters };
}

/** The value of one parameter of a media type, quoted or not. */
function readParameter(parameters: string, name: string): string {
  return new RegExp(`(?:^|;)\\s*${name}\\s*=\\s*"?([^";]*)`, "i").exec(parameters)?.[1]?.trim() ?? "";
}

function redactByType(text: string, media: MediaType, pass: Pass): string {
  if (media.type.endsWith("json") || /^\s{0,64}[[{]/.test(text)) return redactJsonWith(text, pass);
  if (media.type === "application/x-www-form-urlencoded") return redactPairs(text, pass);
  if (media.type.startsWith("multipart/")) return redactMultipart(text, readParameter(media.parameters, "boundary"), pass);
  if (media.type === "" && /^(?:(?:^|&)[\w.%[\]-]{1,64}=[^\s<>"{&]*){2,}$/.test(text.slice(0, 4_096))) return redactPairs(text, pass);
  return redactTextWith(text, pass);
}

/** Redacts a body according to its content type. Anything past the limit is dropped unread. */
export function redactBodyWith(body: string | Uint8Array, contentType: string | undefined, pass: Pass): Body {
  const { maxBodyLength } = pass.policy;
  const media = parseMediaType(contentType);
  const truncated = body.length > maxBodyLength;
  const kept =
    typeof body === "string" ? (truncated ? body.slice(0, findCut(body, maxBodyLength)) : body) : body.subarray(0, maxBodyLength);
  const decoded = typeof kept === "string" ? kept : decodeBytes(kept, readParameter(media.parameters, "charset").toLowerCase());
  const text = truncated && typeof body !== "string" ? decoded?.slice(0, findCut(decoded, decoded.length)) : decoded;
  if (text === undefined)
    return {
      text: `[${body.length} bytes of ${/^[\w.+-]+\/[\w.+-]+$/.test(media.type) ? media.type : "binary data"}]`,
      truncated: true,
    };
  return { text: redactByType(text, media, pass), truncated };
}
