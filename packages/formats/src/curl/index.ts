import { fail, type Result, succeed } from "@faultline/model";
import { type BodyPart, type ConnectTo, type Draft, OPTIONS, shorten } from "./options.ts";
import { guessShell, type Shell, type ShellError, type ShellWord, splitShellWords } from "./shell-words.ts";

/** The shells whose quoting is understood. */
export type { Shell } from "./shell-words.ts";
export type { BodyPart, ConnectTo } from "./options.ts";

/** The request that a curl command would send. */
export type CurlRequest = {
  readonly method: string;
  readonly url: string;
  /** In the order given; curl's own headers (`Accept: *\/*`, `User-Agent`) are not added. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: readonly BodyPart[];
  /** Fields of a multipart body, in their order: `-F`, or `--form-string` whose text is taken as it is. */
  readonly form: readonly { readonly field: string; readonly isPlain: boolean }[];
  readonly followsRedirects: boolean;
  readonly isInsecure: boolean;
  readonly timeoutMs?: number;
  /** Other addresses to connect to, the first that fits (`--resolve`, `--connect-to`). */
  readonly connectTo: readonly ConnectTo[];
  readonly unixSocket?: string;
  /** Files in PEM: authorities to trust, the client's certificate and its key. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Options that change nothing about the request (`-s`, `-o`) or that are not carried out, in their own spelling. */
  readonly ignored: readonly string[];
};

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
    connectTo: [],
    isGet: false,
    isHead: false,
    followsRedirects: false,
    isInsecure: false,
    isCompressed: false,
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

function finish(draft: Draft, address: string): Result<CurlRequest, ShellError> {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`;
  if (!/^https?:\/\/[^/?#]/i.test(url)) return fail({ message: `"${shorten(address)}" is no http or https URL`, at: 0 });
  const asQuery = draft.isGet ? draft.body.map((part) => (part.kind === "text" ? part.text : "")).join("") : "";
  const query = [...draft.query, asQuery].filter((part) => part !== "").join("&");
  const body = draft.isGet ? [] : draft.body;
  const hasBody = body.length > 0 || draft.form.length > 0;
  if (body.length > 0 && !draft.headers.some(([name]) => name.toLowerCase() === "content-type")) {
    draft.headers.push(["Content-Type", "application/x-www-form-urlencoded"]);
  }
  if (draft.isCompressed && !draft.headers.some(([name]) => name.toLowerCase() === "accept-encoding"))
    draft.headers.push(["Accept-Encoding", "deflate, gzip, br, zstd"]);
  const { followsRedirects, isInsecure, ignored, headers, form, connectTo } = draft;
  const { timeoutMs, unixSocket, caFile, certFile, keyFile } = draft;
  const given = Object.entries({ timeoutMs, unixSocket, caFile, certFile, keyFile }).filter(([, value]) => value !== undefined);
  return succeed({
    method: draft.method ?? (draft.isHead ? "HEAD" : hasBody ? "POST" : "GET"),
    url: query === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${query}`,
    headers,
    body,
    form,
    followsRedirects,
    isInsecure,
    connectTo,
    ...Object.fromEntries(given),
    ignored,
  });
}
