/**
 * Expressions that know many words, written so that the words are read, and added to, line by line. Both give the source of one group:
 * `new RegExp(anyOf(/ENOMEM/, /too many open files/), "i")`. The flags of the whole count, those of the parts are not heard.
 */

/** A group that matches where any of the patterns does, each an expression or the source of one. */
export function anyOf(...patterns: readonly (RegExp | string)[]): string {
  return `(?:${patterns.map((pattern) => (typeof pattern === "string" ? pattern : pattern.source)).join("|")})`;
}

/** A group that matches any of the words of a text, each the source of an expression without white space: anyWord`calls? \w+Error`. */
export function anyWord({ raw }: TemplateStringsArray): string {
  return `(?:${raw.join("").trim().split(/\s+/).join("|")})`;
}
