/**
 * JSON as nginx writes it where its `log_format` does not ask for `escape=json`, or leaves the quotes around a variable out: `\x22` in a
 * text, and members without a value (`"upstream_status":-`), with two (`502, 200`) or with leading zeros (`009`); and control characters as a client sent them, which gunicorn too leaves as they are. No other writer of JSON
 * does so, and no reader of JSON takes it. Source: ngx_http_log_module, "escape".
 */
import { unescapeQuoted } from "./tokens.ts";

/** A text, which may have no end, and where it is a member's name before a bare value, all up to the next member or the end. */
const TEXT = /("(?:[^"\\]|\\.)*(?:"|$))(?:\s{0,8}:\s{0,8}([^\s"{}[\],][^"{}[\]]{0,200}?)?\s{0,8}(?=,\s{0,8}"|\}))?/gs;
/** What a client sent and its server wrote as it came. */
const CONTROL = /\p{Cc}/gu;
const ESCAPED = /(?:\\x[0-9A-Fa-f]{2})+/g;

/** The text as JSON; undefined where it is none of nginx's either. */
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
