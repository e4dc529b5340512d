import { fail, type Result, succeed } from "@faultline/model";
import type { PastedError } from "../pasted/cursor.ts";

const SIGNS = "{}[]";

/**
 * The single URL that curl makes of an address. curl reads the address as a pattern: `{a,b}` and `[1-3]` stand for several values, and `\{`
 * for the character itself, as browsers copy it. A pattern with several values is an error at its position, because only the user can say
 * which of its requests fails. `[]` and an IPv6 address are not patterns. Source: curl manual, "URL globbing".
 */
export function readUrlPattern(address: string): Result<string, PastedError> {
  const host = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#@]*@)?\[[\da-f:.]*(?:%[\w.-]+)?\]/i.exec(address)?.[0] ?? "";
  let url = host;
  for (let at = host.length; at < address.length; at++) {
    const sign = address.charAt(at);
    const next = address.charAt(at + 1);
    if (sign === "\\" && next !== "" && SIGNS.includes(next)) {
      url += next;
      at++;
    } else if (sign === "[" && next === "]") {
      url += "[]";
      at++;
    } else if (SIGNS.includes(sign)) {
      return fail({ message: `curl takes "${sign}" for a pattern of several URLs; write one of them, or add -g to send it as it is`, at });
    } else url += sign;
  }
  return succeed(url);
}
