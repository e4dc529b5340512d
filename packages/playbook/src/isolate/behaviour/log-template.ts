import type { LogRecord } from "@faultline/model";

/** A place in code as loggers print it: `shop.CartService#31`, `cart.ts:12`, `c.s.Cart:88`. */
const LOCATION = /^[A-Za-z_$][\w$]*(?:[./][\w$-]+)+(?:#|:)\d+$|^[A-Z][\w$]+(?:#|:)\d+$/;
const WORDS = 10;

/**
 * The statement that wrote a log record: its position in the code if the record has one, otherwise its first words with all variable parts
 * removed. Two records of one statement give the same text.
 */
export function toLogTemplate(log: LogRecord): string {
  const { attributes } = log;
  const line = attributes["code.line.number"] ?? attributes["code.lineno"];
  const place =
    attributes["code.file.path"] ?? attributes["code.filepath"] ?? attributes["code.function.name"] ?? attributes["code.namespace"];
  if (line !== undefined && place !== undefined) return `${String(place)}#${String(line)}`;
  const tokens = log.body.slice(0, 400).split(/\s+/, 24);
  const location = tokens.slice(0, 6).find((token) => LOCATION.test(token.replace(/^[[(]|[\])]$/g, "")));
  if (location !== undefined) return location;
  const logger = attributes["logger"] ?? attributes["logger.name"] ?? "";
  return `${String(logger)} ${mask(log.body.slice(0, 400))}`.trim();
}

function mask(text: string): string {
  return text
    .replace(/"[^"]*"|'[^']*'/g, "#")
    .replace(/([=:])\s*[^\s,;\])}]+/g, "$1#")
    .replace(/\[[^\]]*,[^\]]*\]|\{[^}]*\}/g, "#")
    .split(/\s+/)
    .map((token) => (/\d/.test(token) ? "#" : token))
    .slice(0, WORDS)
    .join(" ");
}
