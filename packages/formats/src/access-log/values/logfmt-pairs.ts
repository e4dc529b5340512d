import { anyOf } from "@faultline/model";

const TAB = 9;
const SPACE = 32;
const BAR = 124;

/** Reads `key=value key="quoted value"` pairs, separated by spaces, tabs or bars. A line counts as logfmt if nearly all of it is pairs. */
export function readPairs(line: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  const pattern = /([A-Za-z_@][\w.@/-]*)=(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s"]*))(?:,(?=\s)|(?=\s|$))/y;
  const isListed = COMMAS.test(line);
  let index = 0;
  let bare = 0;
  while (index < line.length && pairs.size < 200) {
    const code = line.charCodeAt(index);
    if (code === SPACE || code === TAB || (code === BAR && /^\|\s/.test(line.slice(index, index + 2)))) {
      index += 1;
      continue;
    }
    pattern.lastIndex = index;
    const match = pattern.exec(line);
    if (match !== null) {
      const [, key = "", double, single, plain] = match;
      const bareValue = isListed && plain?.endsWith(",") === true ? plain.slice(0, -1) : plain;
      if (!pairs.has(key)) pairs.set(key, (double ?? single)?.replace(/\\(["'\\])/g, "$1") ?? bareValue ?? "");
      index = pattern.lastIndex;
    } else {
      bare += 1;
      while (index < line.length && line.charCodeAt(index) !== SPACE && line.charCodeAt(index) !== TAB) index += 1;
    }
  }
  return pairs.size >= 2 && bare <= pairs.size / 2 ? pairs : undefined;
}

/** Recognises `status=200, method=GET, …`, where commas separate the pairs and do not belong to the values. */
const COMMAS = /=(?:"[^"]*"|[^\s=]*), [A-Za-z_@][\w.@/-]*=(?:"[^"]*"|[^\s=]*), [A-Za-z_@][\w.@/-]*=/;

const STATUS_PAIR = /(?:status(?:[_.-]?code)?|response_code|\bresp)=["']?\d{3}\b/i;
const TARGET_PAIR = /(?:path|ur[il]|target)=["']?\//i;
/** Words of a caller about the answer to its call, which is not the program's own answer. */
const CALLER = new RegExp(
  String.raw`\b${anyOf(
    "upstream",
    "downstream",
    "outbound",
    "outgoing",
    "call(?:ing|ed)",
    "retr(?:y|ies|ying)",
    "attempts?",
    "fetch(?:ed|ing)?",
    "scrap(?:e|ed|ing)",
    "forwarding",
    "webhook",
    "client",
    /\w*(?:Http|Web|Rest)(?:Client|Template)/,
    "request failed with status code",
  )}\b`,
  "i",
);
/** True for words about a call that the program made. */
export function isOfCaller(words: string): boolean {
  return CALLER.test(words);
}

const WORD_PAIR = /(?:^|[\s{(,|[])([A-Za-z_][\w.-]{0,64})=(?:"((?:[^"\\]|\\.)*)"|(\d+(?:\.\d+)? (?:ms|s|µs|us|ns))\b|([^\s"{}]*))/g;

/**
 * The pairs among the words of a sentence about an answer: `finished request{method=GET uri=/a} latency=3 ms status=200`. Undefined if a
 * whole URL or words of a caller show that another program gave the answer.
 */
export function readTextPairs(text: string): Map<string, string> | undefined {
  if (!text.includes("=") || !STATUS_PAIR.test(text) || !TARGET_PAIR.test(text) || CALLER.test(text)) return undefined;
  const pairs = new Map<string, string>();
  for (const [, key = "", quoted, measured, plain] of text.slice(0, MAX_TEXT).matchAll(WORD_PAIR)) {
    const value = quoted ?? measured?.replace(" ", "") ?? plain?.replace(/[,;|)\]:]{1,4}$/, "") ?? "";
    const name = key === "resp" ? "status" : key;
    if (!pairs.has(name)) pairs.set(name, value);
  }
  return pairs;
}

const MAX_TEXT = 4096;

/** The same for values that contain spaces and have no quotes, as lograge writes them. Each value ends at the next `name=`. */
export function readLoosePairs(line: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const [, key = "", value = ""] of line.matchAll(/(?:^|\s)([A-Za-z_@][\w.@-]*)=(.*?)(?=\s[A-Za-z_@][\w.@-]*=|$)/g))
    if (!pairs.has(key)) pairs.set(key, value.trim().replace(/^"(.*)"$/, "$1"));
  return pairs;
}

/**
 * Reads `[status=502] [request=GET /a HTTP/1.1]` or `[status 502] [request "GET /a HTTP/1.1"]`, as in many layouts. A leading `[time]` has
 * no name.
 */
export function readBracketedPairs(line: string): Map<string, string> | undefined {
  if (!line.startsWith("[") || !line.includes("] [")) return undefined;
  const pairs = new Map<string, string>();
  for (const [index, part] of line
    .slice(1)
    .replace(/\]\s*$/, "")
    .split(/\] ?\[/, 100)
    .entries()) {
    const match = /^([A-Za-z_][\w.-]{0,64})(?:=|: ?| )(.*)$/s.exec(part);
    if (match !== null) pairs.set(match[1] ?? "", (match[2] ?? "").replace(/^"(.*)"$/s, "$1"));
    else if (index === 0 && /^\d/.test(part)) pairs.set("time", part);
    else return undefined;
  }
  return pairs.size >= 3 ? pairs : undefined;
}

/** Reads labelled tab-separated values (ltsv.org): `time:[...]\tstatus:500\treq:GET /a HTTP/1.1`. */
export function readLabelledValues(line: string): Map<string, string> | undefined {
  if (!line.includes("\t")) return undefined;
  const pairs = new Map<string, string>();
  for (const part of line.split("\t", 200)) {
    const match = /^([\w.-]{1,64}):(.*)$/s.exec(part);
    if (match === null) return undefined;
    pairs.set(LABELS[match[1] ?? ""] ?? match[1] ?? "", match[2] ?? "");
  }
  return pairs.size >= 3 ? pairs : undefined;
}

/** Labels of ltsv.org with another meaning elsewhere, or that need a unit. Times without a unit are nginx's seconds. */
const LABELS: Readonly<Record<string, string>> = {
  host: "remote_addr",
  vhost: "host",
  reqtime: "request_time",
  reqtime_microsec: "duration_us",
  apptime: "upstream_response_time",
};
