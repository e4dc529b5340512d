import { fail, type Result, succeed } from "@faultline/model";
import { toBase64 } from "../otlp/base64.ts";
import { utf8Encoder } from "../otlp/text-coding.ts";
import { guessShell, type Shell, type ShellError, type ShellWord, splitShellWords } from "./shell-words.ts";

/** The shells whose quoting is understood. */
export type { Shell } from "./shell-words.ts";

/** A piece of a request body: text, or a file that the reader may or may not open. */
export type BodyPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string; readonly isBinary: boolean };

/** The request that a curl command would send. */
export type CurlRequest = {
  readonly method: string;
  readonly url: string;
  /** In the order given; curl's own headers (`Accept: *\/*`, `User-Agent`) are not added. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: readonly BodyPart[];
  /** Fields of `-F`, for a multipart body. */
  readonly form: readonly string[];
  readonly followsRedirects: boolean;
  readonly isInsecure: boolean;
  readonly timeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Options that change nothing about the request (`-s`, `-o`) or that are not carried out, in their own spelling. */
  readonly ignored: readonly string[];
};

type Draft = {
  method?: string;
  url?: string;
  headers: [string, string][];
  body: BodyPart[];
  form: string[];
  query: string[];
  isGet: boolean;
  isHead: boolean;
  followsRedirects: boolean;
  isInsecure: boolean;
  timeoutMs?: number;
  connectTimeoutMs?: number;
  ignored: string[];
};

type Setter = (draft: Draft, value: string) => string | undefined;

const COMMAND_CHARACTERS = 1 << 20;

/**
 * Parses a pasted curl command. The shell is guessed from its quoting unless it is named. An option that is not known is an error at its
 * character: a request that leaves something out would be judged for another one.
 */
export function parseCurl(text: string, shell: Shell = guessShell(text)): Result<CurlRequest, ShellError> {
  if (text.length > COMMAND_CHARACTERS)
    return fail({ message: `the command is longer than ${COMMAND_CHARACTERS} characters`, at: COMMAND_CHARACTERS });
  const words = splitShellWords(
    text.replace(/^\s*\$\s+/, (prompt) => " ".repeat(prompt.length)),
    shell,
  );
  if (!words.ok) return words;
  const [first, ...rest] = words.value;
  if (first === undefined || !/(?:^|[/\\])curl(?:\.exe)?$/i.test(first.text))
    return fail({ message: "the command does not begin with curl", at: first?.at ?? 0 });
  return readWords(rest, text.length);
}

function readWords(words: readonly ShellWord[], end: number): Result<CurlRequest, ShellError> {
  const draft: Draft = {
    headers: [],
    body: [],
    form: [],
    query: [],
    isGet: false,
    isHead: false,
    followsRedirects: false,
    isInsecure: false,
    ignored: [],
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as ShellWord; // the loop's bound
    const options = word.text.startsWith("-") && word.text !== "-" ? splitOptions(word.text) : [];
    if (options.length === 0 && draft.url !== undefined)
      return fail({ message: `a second URL or a stray word "${shorten(word.text)}"`, at: word.at });
    if (options.length === 0) draft.url = word.text;
    for (const option of options) {
      const setter = OPTIONS[option.name];
      if (setter === undefined) return fail({ message: `the option ${option.name} is not known here`, at: word.at });
      const takesValue = setter.length > 1;
      const value = takesValue ? (option.value ?? words[++index]?.text) : "";
      if (value === undefined) return fail({ message: `${option.name} needs a value`, at: word.at });
      const wrong = setter(draft, value);
      if (wrong !== undefined) return fail({ message: `${option.name}: ${wrong}`, at: word.at });
    }
  }
  return draft.url === undefined ? fail({ message: "the command names no URL", at: end }) : finish(draft, draft.url);
}

/** `--long`, `--long=value` (not curl's own, but often written), `-s`, and `-sXPOST`: short options together, the last with its value. */
function splitOptions(word: string): readonly { readonly name: string; readonly value?: string }[] {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    return equals === -1 ? [{ name: word }] : [{ name: word.slice(0, equals), value: word.slice(equals + 1) }];
  }
  const options: { name: string; value?: string }[] = [];
  for (let at = 1; at < word.length; at++) {
    const name = `-${word[at]}`;
    const rest = word.slice(at + 1);
    if ((OPTIONS[name]?.length ?? 0) > 1) return [...options, rest === "" ? { name } : { name, value: rest }];
    options.push({ name });
  }
  return options;
}

function finish(draft: Draft, given: string): Result<CurlRequest, ShellError> {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  if (!/^https?:\/\/[^/?#]/i.test(url)) return fail({ message: `"${shorten(given)}" is no http or https URL`, at: 0 });
  const asQuery = draft.isGet ? draft.body.map((part) => (part.kind === "text" ? part.text : "")).join("") : "";
  const query = [...draft.query, asQuery].filter((part) => part !== "").join("&");
  const body = draft.isGet ? [] : draft.body;
  const hasBody = body.length > 0 || draft.form.length > 0;
  if (body.length > 0 && !draft.headers.some(([name]) => name.toLowerCase() === "content-type")) {
    draft.headers.push(["Content-Type", "application/x-www-form-urlencoded"]);
  }
  const { followsRedirects, isInsecure, ignored, headers, form, timeoutMs, connectTimeoutMs } = draft;
  return succeed({
    method: draft.method ?? (draft.isHead ? "HEAD" : hasBody ? "POST" : "GET"),
    url: query === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`,
    headers,
    body,
    form,
    followsRedirects,
    isInsecure,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
    ignored,
  });
}

/** Adds a body part; curl joins several with `&`. `@` names a file, unless the option takes text as it is. */
function addBody(draft: Draft, value: string, kind: "ascii" | "binary" | "raw"): undefined {
  if (draft.body.length > 0) draft.body.push({ kind: "text", text: "&" });
  if (kind !== "raw" && value.startsWith("@")) draft.body.push({ kind: "file", path: value.slice(1), isBinary: kind === "binary" });
  else draft.body.push({ kind: "text", text: value });
}

/** `content`, `=content`, `name=content`; `@file` and `name@file` are left to the reader. Source: curl manual, --data-urlencode. */
function addEncoded(draft: Draft, value: string): string | undefined {
  const match = /^([^=@]*)([=@])([^]*)$/.exec(value);
  if (match?.[2] === "@") return "files cannot be URL-encoded here";
  const [, name = "", , content = value] = match ?? [];
  return addBody(draft, `${name === "" ? "" : `${name}=`}${encodeURIComponent(content)}`, "raw");
}

function addHeader(draft: Draft, value: string): string | undefined {
  if (value.startsWith("@")) return "headers from a file are not read";
  const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?::\s*([^]*)|;\s*)$/.exec(value);
  if (match === null) return `"${shorten(value)}" is no header`;
  const [, name = "", content = ""] = match;
  if (/[\r\n\0]/.test(content)) return "a header cannot contain a line end";
  // `Name:` without a value takes curl's own header away; there are none here.
  if (content !== "" || value.trimEnd().endsWith(";")) draft.headers.push([name, content.trimEnd()]);
  return undefined;
}

function readSeconds(value: string): number | undefined {
  const seconds = Number(value);
  return value.trim() !== "" && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Unsupported on purpose: carrying them out half would be a different request. */
const ignoreFlag =
  (name: string): Setter =>
  (draft) =>
    void draft.ignored.push(name);
const ignoreValue =
  (name: string): Setter =>
  (draft, value) =>
    void draft.ignored.push(`${name} ${shorten(value)}`);

const SETTERS: Readonly<Record<string, Setter>> = {
  "--request": (draft, value) => (/^[A-Za-z]{1,32}$/.test(value) ? void (draft.method = value) : `"${shorten(value)}" is no method`),
  "--header": (draft, value) => addHeader(draft, value),
  "--data": (draft, value) => addBody(draft, value, "ascii"),
  "--data-binary": (draft, value) => addBody(draft, value, "binary"),
  "--data-raw": (draft, value) => addBody(draft, value, "raw"),
  "--data-urlencode": (draft, value) => addEncoded(draft, value),
  "--json": (draft, value) => {
    for (const name of ["Content-Type", "Accept"]) draft.headers.push([name, "application/json"]);
    return addBody(draft, value, "binary");
  },
  "--form": (draft, value) => void draft.form.push(value),
  "--user": (draft, value) => void draft.headers.push(["Authorization", `Basic ${toBasic(value)}`]),
  "--oauth2-bearer": (draft, value) => void draft.headers.push(["Authorization", `Bearer ${value}`]),
  "--user-agent": (draft, value) => void draft.headers.push(["User-Agent", value]),
  "--referer": (draft, value) => void draft.headers.push(["Referer", value]),
  "--cookie": (draft, value) => (value.includes("=") ? void draft.headers.push(["Cookie", value]) : "cookie files are not read"),
  "--url": (draft, value) => void (draft.url = value),
  "--url-query": (draft, value) => void draft.query.push(value),
  "--max-time": (draft, value) => setTime(draft, "timeoutMs", value),
  "--connect-timeout": (draft, value) => setTime(draft, "connectTimeoutMs", value),
  "--get": (draft) => void (draft.isGet = true),
  "--head": (draft) => void (draft.isHead = true),
  "--location": (draft) => void (draft.followsRedirects = true),
  "--insecure": (draft) => void (draft.isInsecure = true),
};

function setTime(draft: Draft, name: "timeoutMs" | "connectTimeoutMs", value: string): string | undefined {
  const ms = readSeconds(value);
  if (ms === undefined) return `"${shorten(value)}" is no number of seconds`;
  draft[name] = ms;
  return undefined;
}

const SHORT: Readonly<Record<string, string>> = {
  "-X": "--request",
  "-H": "--header",
  "-d": "--data",
  "--data-ascii": "--data",
  "-F": "--form",
  "-u": "--user",
  "-A": "--user-agent",
  "-e": "--referer",
  "-b": "--cookie",
  "-m": "--max-time",
  "-G": "--get",
  "-I": "--head",
  "-L": "--location",
  "-k": "--insecure",
};
const IGNORED_FLAGS = [
  "-s",
  "--silent",
  "-S",
  "--show-error",
  "-v",
  "--verbose",
  "-i",
  "--include",
  "-f",
  "--fail",
  "--compressed",
  "-N",
  "--no-buffer",
  "-#",
  "--progress-bar",
  "-g",
  "--globoff",
  "--http1.1",
  "--http2",
  "--http3",
  "--tcp-nodelay",
  "-4",
  "--ipv4",
  "-6",
  "--ipv6",
  "-O",
  "--remote-name",
  "--path-as-is",
  "--fail-with-body",
  "--no-progress-meter",
];
const IGNORED_VALUES = [
  "-o",
  "--output",
  "-w",
  "--write-out",
  "-D",
  "--dump-header",
  "-c",
  "--cookie-jar",
  "--retry",
  "--retry-delay",
  "--retry-max-time",
  "--max-redirs",
  "--cacert",
  "--cert",
  "--key",
  "--resolve",
  "-x",
  "--proxy",
  "--ciphers",
  "--tls-max",
  "--interface",
  "--limit-rate",
  "-Y",
  "-y",
  "--stderr",
];

const OPTIONS: Readonly<Record<string, Setter>> = Object.assign(Object.create(null) as Record<string, Setter>, {
  // no option is called toString
  ...SETTERS,
  ...Object.fromEntries(Object.entries(SHORT).map(([short, long]) => [short, SETTERS[long]])),
  ...Object.fromEntries(IGNORED_FLAGS.map((name) => [name, ignoreFlag(name)])),
  ...Object.fromEntries(IGNORED_VALUES.map((name) => [name, ignoreValue(name)])),
});

function toBasic(credentials: string): string {
  const bytes = utf8Encoder.encode(credentials);
  return toBase64(bytes, 0, bytes.length);
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
