/**
 * Repairs JSON as nginx writes it if its `log_format` lacks `escape=json`, or if the quotes around a variable are missing: `\x22` in a
 * text, and members without a value (`"upstream_status":-`), with two values (`502, 200`) or with leading zeros (`009`). It also escapes
 * control characters that a client sent, which gunicorn leaves as they are, too. Nobody else writes JSON like this, and no JSON parser
 * accepts it. Source: ngx_http_log_module, "escape".
 */
import { unescapeQuoted } from "./tokens.ts";

/** A text, which may lack its end. If it is a member's name before a bare value, also everything up to the next member or the end. */
const TEXT = /("(?:[^"\\]|\\.)*(?:"|$))(?:\s{0,8}:\s{0,8}([^\s"{}[\],][^"{}[\]]{0,200}?)?\s{0,8}(?=,\s{0,8}"|\}))?/gs;
/** Control characters that a client sent and the server did not escape. */
const CONTROL = /\p{Cc}/gu;
const ESCAPED = /(?:\\x[0-9A-Fa-f]{2})+/g;

/** The text as valid JSON; undefined if it is not nginx's JSON either. */
export function mendJson(text: string): string | undefined {
  if (!text.startsWith("{") || !text.endsWith("}")) return undefined;
  return text
    .replace(ESCAPED, (run) => JSON.stringify(unescapeQuoted(run)).slice(1, -1))
    .replace(TEXT, (whole, name: string, bare: string | undefined) => {
      const text = name.replace(CONTROL, (control) => JSON.stringify(control).slice(1, -1));
      return whole === name ? text : `${text}:${toValue(bare ?? "")}`;
    });
}

function toValue(bare: string): string {
  if (bare === "" || bare === "-") return "null";
  return /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(bare) ? bare : JSON.stringify(bare);
}
