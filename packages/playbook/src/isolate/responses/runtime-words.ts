import { normaliseBody } from "../signatures/index.ts";

/**
 * Words that only a program's own runtime writes about an error, by language, and the frames of a stack. The pages and sentences of
 * proxies, load balancers and content networks contain none of these. Gateways that run on the JVM report by its exceptions that they could
 * not connect, or waited too long, so these exceptions are left out.
 */
const RUNTIME_WORDS: readonly RegExp[] = [
  // JavaScript
  /\bCannot (?:read|set) propert(?:y|ies)[^.]{0,40} of (?:undefined|null)\b/,
  /\bCannot destructure property\b/,
  /\b(?:TypeError|ReferenceError|RangeError|SyntaxError): /,
  /\bConverting circular structure to JSON\b/,
  // Java, Kotlin, Scala
  /\b(?!java\.(?:net|io|nio)\.|javax\.net\.|java\.util\.concurrent\.Timeout|org\.springframework\.(?:cloud|web\.server)\.)(?:java|javax|jakarta|kotlin|scala|org\.springframework|org\.hibernate)(?:\.\w+){1,6}(?:Exception|Error)\b/,
  /\bNullPointerException\b/,
  // Python
  /\bTraceback \(most recent call last\)/,
  /'NoneType' object (?:has no attribute|is not)\b/,
  // .NET
  /\bObject reference not set to an instance of an object\b/,
  /\bSystem(?:\.\w+){1,5}Exception\b/,
  // Go
  /\bruntime error: (?:invalid memory address|index out of range|slice bounds out of range|integer divide by zero)/,
  // Ruby
  /\bundefined (?:local variable or )?method [`']\w+[?!]?' for /,
  /\bActive(?:Record|Model|Support)::\w+/,
  // PHP
  /\bCall to (?:a member function|undefined (?:function|method)) /,
  /\bUncaught (?:\w+\\)*\w*(?:Error|Exception)\b/,
  /\bUndefined (?:array key (?:\\?"|\d)|variable(?:: \$?| \$)\w|(?:index|offset): )/,
  // Rust, Elixir
  /\bcalled `(?:Option|Result)::\w+\(\)` on /,
  /\bno function clause matching in\b/,
  // Frames
  /\bat [^\s()]{1,80} ?\((?:node:[^\s()]{1,160}|[^\s()]{1,160}\.(?:[cm]?[jt]sx?|java|kt|scala|groovy|cs)):\d+(?::\d+)?\)/,
  /\bFile \\?"[^"\\]{1,160}\.py\\?", line \d+/,
  /\.php(?: on line |:)\d+/,
];

/** The words in a response's body that only a program's own runtime writes, at most 60 characters; undefined if there are none. */
export function findRuntimeWords(body: string | undefined): string | undefined {
  const text = normaliseBody(body ?? "");
  for (const words of RUNTIME_WORDS) {
    const [found] = words.exec(text) ?? [];
    if (found !== undefined) return found.slice(0, 60).trim();
  }
  return undefined;
}
