import { ALNUM, classAt, classOf, QUOTE } from "./character.ts";
import { lookAt, passOver, type Scan } from "./finding.ts";

/**
 * How a name and its value are joined. `assign`: `=` and its kin; `colon`; `tag`: an XML element; `compare`: `==`; `quote`: a quoted
 * text directly after the name; `flag`: `--password x`; `weak`: a comma, a bracket, a bar, which join many other things too.
 */
export type Operator = "assign" | "colon" | "tag" | "compare" | "quote" | "flag" | "weak";

/** The operator after a name, and where the search for its value begins. */
export type Sign = { readonly operator: Operator; readonly at: number };

/** What may close a name before its operator, `\\"`, `']`, `[]`, a terminal's colour, and the blanks after it. */
const CLOSERS = /(?:\x1b\[\d+m|[\\[\]"'`*]){0,5}(?:%5[dD])?([ \t]{0,32})/y;

/** `password: String = "x9"`, `token: &str = "x9"`: a type between a name and its value. */
const TYPE = /:[ \t]{0,3}[\w.:<>[\]?|&' ]{1,48}[ \t]=[ \t]{0,3}(?=["'`])/y;

function readColons({ text, codes }: Scan, at: number): Sign | undefined {
  let end = at + 1;
  const next = text.charAt(end);
  // `${NAME:?what is missing}`, `${NAME:-x9}`.
  if (next === "?" || next === "+") return undefined;
  if (next === "-") return { operator: "assign", at: end + 1 };
  const typed = passOver(text, at, TYPE);
  if (typed > at) return { operator: "assign", at: typed };
  while (end - at < 3 && codes[end] === 0x3a) end += 1;
  if (codes[end] === 0x3d) return { operator: "assign", at: end + 1 };
  // `::` is a scope, except in LDIF, and `://` is part of a URL.
  if ((end - at > 1 && codes[end] !== 0x20) || (codes[end] === 0x2f && codes[end + 1] === 0x2f)) return undefined;
  return { operator: "colon", at: end };
}

/** `password - x9`, `password ---- x9`, `password ..... x9`: dashes or dots between spaces; `"password" with value "x9"`. */
const LEADER = /(?<= )(?:-{1,64}|([?+.<])\1{1,63}|with value)(?= )/y;

/**
 * Every other sign, by its meaning: it assigns, as does a default for a missing value (`env.SECRET || "x9"`), compares, leads like a
 * colon, or only joins (`std::string token{"x9"}`).
 */
const SIGN =
  /(?:(=[>~]|->|>=|[?+.<]=|<-|\?\?=|(?:\) or|\|\|=?|\?\?)(?= {0,2}["'`])|=(?!=)|[→⇒＝])|(={2,3}|!={1,2})|(：)|\|\|?|[>,(]|\{(?="))/y;

/** What precedes a pair of a list, as Python writes forms and headers: `[('user', 'ann'), ('password', 'x9')]`. */
const PAIR_BEFORE = /(?:\[|\), ?)\(b?["']$/;

/** Reads the operator at `at`, past closers and spaces. */
function readOperator(scan: Scan, at: number, isTag: boolean): Sign | undefined {
  const { text, codes } = scan;
  if (codes[at] === 0x3a) return readColons(scan, at);
  const [sign, assigns, compares, leads] = lookAt(text, at, SIGN) ?? [];
  if (sign === undefined) {
    const end = passOver(text, at, LEADER);
    return end > at ? { operator: "weak", at: end } : undefined;
  }
  const isPair = sign === "," && PAIR_BEFORE.test(text.slice(Math.max(0, scan.chain - 6), scan.chain));
  const operator = assigns || isPair ? "assign" : compares ? "compare" : leads ? "colon" : isTag && sign === ">" ? "tag" : "weak";
  return { operator, at: at + sign.length };
}

/** Characters after a name that may lead to a value; any other ends the search immediately. */
export const LEADS_TO_VALUE = " \t\r\n=:><!?+.,;%(|{*\"'`\\][\x1b\u0080";

/** True for the name of an element: `<password`, `<wsse:Password`. */
function isTagName({ text, codes, chain }: Scan): boolean {
  const before = codes[chain - 1];
  return before === 0x3c || (before === 0x3a && /<[\w-]{1,24}:$/.test(text.slice(Math.max(0, chain - 26), chain)));
}

/** `password for master: x9`, `password (prod): x9`, `password is generated for root@localhost: x9`, `unseal key 1: x9` (`Pass 1: 3456` counts), `ConvertTo-SecureString -String "x9"`. */
const WHOSE =
  /(?: \([\w .-]{1,24}\)(?= ?[:=])| \d(?=:)|(?: is generated)? f[oü]r (?:(?:the|den|die|das) )?(?:user )?["']?[\w.@-]{1,64}["']?(?= ?[:=→])|(?: -[A-Z]\w{1,24}){1,3}(?= ["']))/y;

/** True when no operator can follow a name, which holds for most words of most texts. */
export function isPlainWord(scan: Scan, wordEnd: number): boolean {
  const { text, codes } = scan;
  const code = codes[wordEnd];
  const next = codes[wordEnd + 1] ?? 0;
  // A zero marks the end of the text.
  if (code === 0 || code === 0x2e) return next !== 0x3d;
  // After a single space comes another word, so only `~>`, `->` and dashes can be an operator, unless the name is an option.
  const before = codes[scan.chain - 1];
  // At the end of a line the name may be a table's last column, if it follows a bar, a comma, a tab, a quote or two blanks.
  if (code === 0x0a || code === 0x0d) return !'|,; \t"'.includes(text.charAt(scan.chain - (before === 0x20 ? 2 : 1)));
  const mayBeWhose =
    next === 0x66 || next === 0x69 || next === 0x2d || next === 0x28 || (codes[wordEnd + 2] === 0x3a && codes[wordEnd - 1] === 0x79);
  if (mayBeWhose && code === 0x20 && lookAt(text, wordEnd, WHOSE)) return false;
  if (code !== 0x20 || next === 0x7e || before === 0x2d || before === 0x3c || before === 0x3a) return false;
  if (next === 0x2d) return (classAt(codes, wordEnd + 2) & ALNUM) !== 0;
  return !LEADS_TO_VALUE.includes(String.fromCharCode(classOf(next) === 0 ? Math.min(next, 128) : next)) || next === 0x28 || next === 0x5b;
}

/**
 * The text between a name in an attribute, an element or a part's header and its value: `name="password"><value>`,
 * `<key>password</key><string>`, `name="token"` and an empty line. A table's cell may hold anything, so only a value with a digit counts.
 */
const BEHIND =
  /^(?:["'][^<>\n]*>\s*(?:<(?:value|string)[^<>]*>\s*)?(?=[^<>\s])|\]?["'](?:;[^\n]*)?(?:\r?\n[\w-]+:[^\n]*){0,3}\r?\n\r?\n| ?<\/t[dh]>\s*<td[^<>]{0,80}>\s*(?:<pre>)?(?:&#?\w{2,4};)?(?=[^<>\s]*\d)|<\/(?!t[dh]>)[\w:.-]+(?<!Id)>\s*(?:<[\w:.-]+>){1,2}|["']?<\/\w{1,9}>["']?\s{0,4}(?:=>|[:=])\s{0,4}["']?<\w{1,9}[^<>]{0,80}>)/;

/** Attributes in an element's tag. */
const ATTRIBUTES = /[\w:.-]{1,40}="[^<>]{0,200}>/y;

/** Finds the operator after a name that ends at `wordEnd` and is not a plain word; undefined when there is none. */
export function findSign(scan: Scan, wordEnd: number): Sign | undefined {
  const { text, codes } = scan;
  const code = codes[wordEnd];
  // By far the most common operator; no other begins like this.
  if (code === 0x3d && !"=>~".includes(text.charAt(wordEnd + 1))) return { operator: "assign", at: wordEnd + 1 };
  const from = code === 0x20 ? passOver(text, wordEnd, WHOSE) : wordEnd;
  const [closers = "", blanks = ""] = lookAt(text, from, CLOSERS) ?? [];
  const at = from + closers.length;
  const closed = at - blanks.length;
  const isTag = isTagName(scan);
  const mayStandBehind =
    (code === 0x20 ? codes[wordEnd + 1] : code) === 0x3c ||
    code === 0x5d ||
    ((classOf(code) & QUOTE) !== 0 && (codes[scan.chain - 2] === 0x3d || codes[wordEnd + 1] === 0x3c));
  const behind = mayStandBehind ? BEHIND.exec(text.slice(wordEnd, wordEnd + 240))?.[0] : undefined;
  if (behind !== undefined) return { operator: behind.endsWith("\n") ? "assign" : "tag", at: wordEnd + behind.length };
  const sign = readOperator(scan, at, isTag);
  if (sign !== undefined) return sign;
  const attributed = isTag && at > closed ? passOver(text, at, ATTRIBUTES) : at;
  if (attributed > at) return { operator: "tag", at: attributed };
  if ((classOf(code) & QUOTE) !== 0) return { operator: "quote", at: wordEnd };
  const isFlag = codes[scan.chain - 1] === 0x2d && (codes[scan.chain - 2] === 0x2d || codes[scan.chain - 2] === 0x20);
  if (isFlag && at > closed) return { operator: "flag", at };
  // A table of settings: the name, a tab, the value.
  if (code === 0x09) return { operator: "weak", at };
  return at > wordEnd && (classAt(codes, at) & QUOTE) !== 0 ? { operator: "quote", at } : undefined;
}
