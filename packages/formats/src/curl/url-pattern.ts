import { fail, type Result, succeed } from "@faultline/model";
import type { PastedError } from "../pasted/cursor.ts";

const SIGNS = "{}[]";

/**
 * The one URL that curl makes of an address, which it reads as a pattern: `{a,b}` and `[1-3]` stand for several, and `\{` for the sign itself,
 * as browsers copy it. A pattern is an error, at its place in the address: which of its requests fails is for the user to say. `[]` and an
 * IPv6 address are none. Source: curl manual, "URL globbing".
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
