/** A line without any word about what was wrong: a status, an error's type alone, or that a request failed. */
const BARE =
  /^\s*(?:\d{3}|(?:(?:GET|HEAD|POST|PUT|PATCH|DELETE) \S+ failed:?)?\s*(?:(?:[\w$]+(?:\.|::|\\))*\w*(?:Exception|Error):?)?)\s*$/;

/** True for a text that says that something failed, but not what: "Error: ", "500", "GET /orders/7 failed". */
export function isBare(text: string): boolean {
  return text.split("\n").every((line) => BARE.test(line));
}
