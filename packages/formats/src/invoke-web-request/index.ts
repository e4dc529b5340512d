import { fail, type Result, succeed } from "@faultline/model";
import type { PastedError } from "../pasted/cursor.ts";
import { addScheme, checkLength, isHeaderName, isHeaderValue, isHttpUrl, type LocalFile, showName } from "../pasted/request-parts.ts";
import { encodeForm, readPowershell, type Token } from "./read-powershell.ts";

/** The request that `Invoke-WebRequest` or `Invoke-RestMethod` would send. */
export type WebRequest = {
  readonly method: string;
  readonly url: string;
  /** The session's headers first, then the others in the order given. PowerShell's own `User-Agent` is not included. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  /** A file on this machine that contains the body (`-InFile`). The user must be asked before it is read. */
  readonly bodyFile?: LocalFile;
  readonly followsRedirects: boolean;
  readonly isInsecure: boolean;
  /** Parameters, as spelled, that do not change the request (`-OutFile`). */
  readonly ignored: readonly string[];
};

const COMMAND = /\b(?:Invoke-WebRequest|Invoke-RestMethod|iwr|irm)(?=[\s`])/i;

/** True for text that looks like PowerShell's commands for HTTP, perhaps after the lines that build its session. */
export function isWebRequest(text: string): boolean {
  return COMMAND.test(text) && !/^\s*(?:\$\s+)?curl/i.test(text);
}

/**
 * Parses a pasted `Invoke-WebRequest` or `Invoke-RestMethod`, written by a browser's "Copy as PowerShell" or by a person. Nothing is run: a
 * variable is an error at its position, because its value is not in the text.
 */
export function parseWebRequest(text: string): Result<WebRequest, PastedError> {
  const tooLong = checkLength(text);
  if (tooLong !== undefined) return fail(tooLong);
  const start = COMMAND.exec(text);
  if (start === null) return fail({ message: "it names neither Invoke-WebRequest nor Invoke-RestMethod", at: 0 });
  const from = start.index + start[0].length;
  const tokens = readPowershell(text, from);
  if (!tokens.ok) return tokens;
  const session = readSession(text.slice(0, start.index));
  if (!session.every(([, value]) => isHeaderValue(value)))
    return fail({ message: "the session has a header with a line end in it", at: 0 });
  const draft: Draft = { headers: [...session], ignored: [] };
  const mistake = readParameters(tokens.value, draft);
  if (mistake !== undefined) return fail(mistake);
  if (draft.body !== undefined && draft.bodyFile !== undefined)
    return fail({ message: "the body is told twice, by -Body and by -InFile", at: draft.bodyFile.at });
  if (draft.url === undefined) return fail({ message: "the command names no address; it stands behind -Uri", at: text.length });
  const url = addScheme(draft.url.text);
  if (!isHttpUrl(url)) return fail({ message: "this is no http or https URL", at: draft.url.at });
  return succeed(finish(draft, url));
}

type Draft = {
  url?: { readonly text: string; readonly at: number };
  method?: string;
  headers: (readonly [string, string])[];
  contentType?: string;
  body?: Token;
  bodyFile?: LocalFile;
  isInsecure?: boolean;
  staysAtRedirect?: boolean;
  ignored: string[];
};

/** The user agent and the cookies that "Copy as PowerShell" puts into `$session`. */
function readSession(text: string): readonly (readonly [string, string])[] {
  const agent = /\.UserAgent\s*=\s*"((?:[^"`]|`[^])*)"/i.exec(text)?.[1];
  const cookies = [...text.matchAll(/Net\.Cookie\(\s*"((?:[^"`]|`[^])*)"\s*,\s*"((?:[^"`]|`[^])*)"/gi)].map(
    ([, name = "", value = ""]) => `${unescape(name)}=${unescape(value)}`,
  );
  return [
    ...(agent === undefined ? [] : [["User-Agent", unescape(agent)] as const]),
    ...(cookies.length === 0 ? [] : [["Cookie", cookies.join("; ")] as const]),
  ];
}

function unescape(text: string): string {
  return text.replaceAll(/`([^])/g, "$1");
}

type Parameter = (draft: Draft, value: Token) => string | undefined;

const toText = (value: Token): string | undefined => (value.kind === "text" ? value.text : undefined);

const PARAMETERS: Readonly<Record<string, Parameter>> = {
  "-uri": (draft, value) => setText(value, (text) => (draft.url = { text, at: value.at })),
  "-method": (draft, value) => setText(value, (text) => (draft.method = text.toUpperCase())),
  "-custommethod": (draft, value) => setText(value, (text) => (draft.method = text)),
  "-contenttype": (draft, value) => setText(value, (text) => (draft.contentType = text)),
  "-useragent": (draft, value) => setText(value, (text) => draft.headers.push(["User-Agent", text])),
  "-body": (draft, value) => void (draft.body = value),
  "-infile": (draft, value) => setText(value, (path) => (draft.bodyFile = { path, option: "-InFile", at: value.at })),
  "-headers": (draft, value) => {
    if (value.kind !== "table") return "its value is no table @{...}";
    if (!value.entries.every(([name, each]) => isHeaderName(name) && isHeaderValue(each))) return "one of its entries is no header";
    // Browsers also copy HTTP/2's pseudo headers, without their colon. They belong to the request line.
    draft.headers.push(...value.entries.filter(([name]) => !/^(?:authority|method|path|scheme)$/.test(name)));
    return undefined;
  },
  "-maximumredirection": (draft, value) => void (draft.staysAtRedirect = toText(value) === "0"),
  "-websession": () => undefined,
  "-outfile": (draft, value) => void draft.ignored.push(`-OutFile ${toText(value) ?? ""}`),
  "-timeoutsec": (draft, value) => void draft.ignored.push(`-TimeoutSec ${toText(value) ?? ""}`),
};
const FLAGS: Readonly<Record<string, (draft: Draft) => void>> = {
  "-usebasicparsing": () => {},
  "-passthru": () => {},
  "-skiphttperrorcheck": () => {},
  "-disablekeepalive": () => {},
  "-skipcertificatecheck": (draft) => (draft.isInsecure = true),
};

function setText(value: Token, set: (text: string) => void): string | undefined {
  if (value.kind !== "text") return "its value is no text";
  if (!isHeaderValue(value.text)) return "its value cannot contain a line end";
  set(value.text);
  return undefined;
}

function readParameters(tokens: readonly Token[], draft: Draft): PastedError | undefined {
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token; // the loop's bound
    const name = token.kind === "text" && !token.isQuoted && token.text.startsWith("-") ? token.text.toLowerCase() : undefined;
    if (name === undefined) {
      if (token.kind !== "text" || draft.url !== undefined) return { message: "a stray word, or a second address", at: token.at };
      draft.url = token;
      continue;
    }
    const flag = Object.hasOwn(FLAGS, name) ? FLAGS[name] : undefined;
    flag?.(draft);
    if (flag !== undefined) continue;
    const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (parameter === undefined) return { message: `the parameter ${showName(name)} is not known here`, at: token.at };
    const value = tokens[++index];
    if (value === undefined) return { message: `${name} needs a value`, at: token.at };
    const wrong = parameter(draft, value);
    if (wrong !== undefined) return { message: `${name}: ${wrong}`, at: value.at };
  }
  return undefined;
}

/**
 * Completes the request as the cmdlet does: GET unless a method is named, and with POST a content type of its own. Source: PowerShell 7,
 * FillRequestStream.
 */
function finish({ headers, contentType, body, bodyFile, ignored, ...draft }: Draft, url: string): WebRequest {
  const method = draft.method ?? "GET";
  // A table as a body is a form; with GET it becomes the query (PowerShell's manual of Invoke-WebRequest, -Body).
  const text = body?.kind === "table" ? encodeForm(body.entries) : body?.text;
  const isQuery = method === "GET" && body?.kind === "table";
  const others = headers.filter(([name]) => name.toLowerCase() !== "content-type");
  const hasType = others.length < headers.length;
  const typed =
    contentType !== undefined
      ? [...others, ["Content-Type", contentType] as const]
      : method === "POST" && !hasType
        ? [...headers, ["Content-Type", "application/x-www-form-urlencoded"] as const]
        : headers;
  return {
    method,
    url: isQuery && text !== undefined && text !== "" ? `${url}${url.includes("?") ? "&" : "?"}${text}` : url,
    headers: typed,
    ...(text === undefined || isQuery ? {} : { body: text }),
    ...(bodyFile === undefined ? {} : { bodyFile }),
    followsRedirects: draft.staysAtRedirect !== true,
    isInsecure: draft.isInsecure === true,
    ignored,
  };
}
