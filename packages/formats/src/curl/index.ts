import { fail, type Result, succeed } from "@faultline/model";
import type { PastedError } from "../pasted/cursor.ts";
import { addScheme, checkLength, isHttpUrl, type LocalFile, showName } from "../pasted/request-parts.ts";
import type { FormField } from "./form-field.ts";
import { type BodyPart, type ConnectTo, type Draft, OPTIONS } from "./options.ts";
import type { ShellWord } from "./shell-word.ts";
import { readUrlPattern } from "./url-pattern.ts";
import { guessShell, type Shell, splitShellWords } from "./shell-words.ts";

/** The shells whose quoting is understood. */
export type { Shell } from "./shell-words.ts";
export type { FormField } from "./form-field.ts";
export type { BodyPart, ConnectTo } from "./options.ts";
export type { LocalFile } from "../pasted/request-parts.ts";

/** The request that a curl command would send. */
export type CurlRequest = {
  readonly method: string;
  readonly url: string;
  /** In the order given; curl's own headers (`Accept: *\/*`, `User-Agent`) are not added. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: readonly BodyPart[];
  /** The parts of a multipart body, in order (`-F`, `--form-string`). */
  readonly form: readonly FormField[];
  readonly followsRedirects: boolean;
  readonly isInsecure: boolean;
  readonly timeoutMs?: number;
  /** Other addresses to connect to; the first that matches applies (`--resolve`, `--connect-to`). */
  readonly connectTo: readonly ConnectTo[];
  readonly unixSocket?: string;
  /** Files in PEM format: trusted authorities, the client's certificate and its key. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /**
   * Everything on this machine that the command would read or connect to, in any part of the request. The user must be asked before any of
   * it is used.
   */
  readonly files: readonly LocalFile[];
  /** Options, as spelled, that do not change the request (`-s`, `-o`) or that are not carried out. */
  readonly ignored: readonly string[];
};

/**
 * Parses a pasted curl command. Unless the shell is named, it is guessed from the quoting. An unknown option is an error at its position,
 * because without it a different request would be judged.
 */
export function parseCurl(text: string, shell: Shell = guessShell(text)): Result<CurlRequest, PastedError> {
  const tooLong = checkLength(text);
  if (tooLong !== undefined) return fail(tooLong);
  const words = splitShellWords(
    text.replace(/^\s*\$\s+/, (prompt) => " ".repeat(prompt.length)),
    shell,
  );
  if (!words.ok) return words;
  const [first, ...rest] = words.value;
  if (first === undefined || !/(?:^|[/\\])curl(?:\.exe)?$/i.test(first.text))
    return fail({ message: "the command does not begin with curl", at: first?.at ?? 0 });
  return readWords(rest, text);
}

function readWords(words: readonly ShellWord[], text: string): Result<CurlRequest, PastedError> {
  const draft: Draft = {
    headers: [],
    body: [],
    form: [],
    query: [],
    cookies: [],
    removed: [],
    connectTo: [],
    isGet: false,
    isJson: false,
    isHead: false,
    followsRedirects: false,
    isInsecure: false,
    isPlainUrl: false,
    isCompressed: false,
    ignored: [],
    files: [],
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as ShellWord; // the loop's bound
    const options = word.text.startsWith("-") && word.text !== "-" ? splitOptions(word.text) : [];
    if (options.length === 0 && draft.url !== undefined)
      return fail({ message: "a second URL, or a word that quotes would keep together with the one before it", at: word.at });
    if (options.length === 0) draft.url = word;
    for (const option of options) {
      const setter = OPTIONS[option.name];
      if (setter === undefined) return fail({ message: `the option ${showName(option.name)} is not known here`, at: word.at });
      const takesValue = setter.length > 1;
      const value = takesValue ? (option.value ?? words[++index]?.text) : "";
      if (value === undefined) return fail({ message: `${option.name} needs a value`, at: word.at });
      const wrong = setter(draft, value, { option: option.name, at: word.at });
      if (wrong !== undefined) return fail({ message: `${option.name}: ${wrong}`, at: word.at });
    }
  }
  return draft.url === undefined ? fail({ message: "the command names no URL", at: text.length }) : finish(draft, draft.url, text);
}

/**
 * Splits `--long`, `--long=value` (which curl itself lacks, but people write), `-s`, and `-sXPOST`: short options together, the last one
 * with its value.
 */
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

function finish(draft: Draft, address: ShellWord, text: string): Result<CurlRequest, PastedError> {
  const plain = draft.isPlainUrl ? succeed(address.text) : readUrlPattern(address.text);
  if (!plain.ok) return fail({ ...plain.error, at: findPlace(text, address, plain.error.at) });
  const url = addScheme(plain.value);
  if (!isHttpUrl(url)) return fail({ message: "this is no http or https URL", at: address.at });
  const [file] = draft.files;
  if (draft.isGet && file !== undefined && draft.body.some(({ kind }) => kind === "file"))
    return fail({ message: `${file.option}: a file is not put into the query here (-G); write its text in its place`, at: file.at });
  const asQuery = draft.isGet ? draft.body.map((part) => (part.kind === "text" ? part.text : "")).join("") : "";
  const query = [...draft.query, asQuery].filter((part) => part !== "").join("&");
  const body = draft.isGet ? [] : draft.body;
  const hasBody = body.length > 0 || draft.form.length > 0;
  if (body.length > 0 && draft.form.length > 0)
    return fail({ message: "a form (-F) and a body (-d) cannot be sent together", at: address.at });
  const headers = [...draft.headers, ...listOwnHeaders(draft, body.length > 0)];
  const { followsRedirects, isInsecure, ignored, form, connectTo, files } = draft;
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
    files,
    ignored,
  });
}

/** The position of a word's character in the command, whatever quotes and backslashes precede it. */
function findPlace(command: string, { text, at }: ShellWord, index: number): number {
  const sign = text.charAt(index);
  let place = command.indexOf(sign, at);
  for (let before = text.slice(0, index).split(sign).length; before > 1; before--) place = command.indexOf(sign, place + 1);
  return place === -1 ? at : place;
}

/** The headers that curl adds, unless the command sets or removes them. Cookies of several options become one header. */
function listOwnHeaders(
  { headers, removed, cookies, isJson, isCompressed }: Draft,
  hasBody: boolean,
): readonly (readonly [string, string])[] {
  const own: (readonly [string, string] | undefined)[] = [
    hasBody ? ["Content-Type", isJson ? "application/json" : "application/x-www-form-urlencoded"] : undefined,
    isJson ? ["Accept", "application/json"] : undefined,
    isCompressed ? ["Accept-Encoding", "deflate, gzip, br, zstd"] : undefined,
  ];
  const isOpen = (name: string): boolean => !removed.includes(name) && !headers.some(([each]) => each.toLowerCase() === name);
  return [
    ...(cookies.length === 0 ? [] : [["Cookie", cookies.join(";")] as const]),
    ...own.filter((each) => each !== undefined).filter(([name]) => isOpen(name.toLowerCase())),
  ];
}
