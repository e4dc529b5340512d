import { readFileSync } from "node:fs";
import { type BodyPart, type ConnectTo, type CurlRequest, type LocalFile, parseCurl } from "@faultline/formats/curl";
import { parseFetchCall } from "@faultline/formats/fetch-call";
import { parseHar } from "@faultline/formats/har";
import { isWebRequest, parseWebRequest } from "@faultline/formats/invoke-web-request";
import { createRedactor } from "@faultline/guard/redact";
import type { Result } from "@faultline/model";
import { UsageError } from "../command.ts";
import { describeFileError } from "../input/file-error.ts";
import { encodeMultipart } from "./encode-multipart.ts";
import type { Credentials } from "./trust.ts";

/** An override of where to connect, valid only for the URL's original host and port. */
type Connection =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "address"; readonly ofHost: string; readonly ofPort: number; readonly host: string; readonly port: number };

/** The request to be triaged, exactly as it will be sent. */
export type TriageRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: Uint8Array;
  readonly followsRedirects: boolean;
  readonly isInsecure: boolean;
  readonly connection?: Connection;
  readonly credentials?: Credentials;
  /** What was ignored in the target; shown before anything is sent. */
  readonly notes: readonly string[];
};

/** Options for reading a target. */
export type TargetOptions = { readonly entry?: number; readonly allowFiles: boolean };

const HAR_BYTES = 256 << 20;
const SAFE = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
const IDEMPOTENT = new Set([...SAFE, "PUT", "DELETE"]);

/** Methods that may be sent again without asking. Source: RFC 9110 section 9.2.2. */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method.toUpperCase());
}

/** Methods that change nothing, so that concurrent requests do no more than consecutive ones. Source: RFC 9110 section 9.2.1. */
export function isSafe(method: string): boolean {
  return SAFE.has(method.toUpperCase());
}

/** Reads a target: a URL, a pasted curl or PowerShell command, a pasted fetch call, or a HAR file. */
export function readTarget(target: string, options: TargetOptions): TriageRequest {
  if (/^\s*(?:\$\s+)?(?:\S*[/\\])?curl(?:\.exe)?\s/i.test(target)) return readCurl(target, options);
  if (isWebRequest(target)) return readWebRequest(target, options);
  if (/^\s*(?:(?:const|let|var)\s.{1,60}=\s*)?(?:await\s+)?(?:(?:window|globalThis|self)\.)?fetch\s*\(/.test(target))
    return readFetch(target);
  if (isUrl(target)) return readUrl(target);
  if (/\.har$/i.test(target)) return readHar(target, options);
  throw new UsageError(
    `"${showTarget(target)}" is no URL (http:// or https://), no curl command, no call of fetch, no Invoke-WebRequest and no .har file${suggestTarget(target)}`,
  );
}

/** True for a target that is just a URL. */
export function isUrl(target: string): boolean {
  return /^https?:\/\//i.test(target);
}

/** Guesses what the user meant, most often a URL without its scheme. */
function suggestTarget(target: string): string {
  if (/^\s*curl\s*$/i.test(target)) return "; put the whole curl command in quotes, so that it is one word";
  if (/^wss?:\/\//i.test(target))
    return `; a WebSocket begins with a request over HTTP: ${showTarget(target.replace(/^ws(s?)/i, (_, secure: string) => `http${secure.toLowerCase()}`))}`;
  if (!/^[\w.-]+(?::\d{1,5})?(?:[/?].*)?$/.test(target) || !/[.:/]|^localhost/.test(target)) return "";
  const isNear = /^(?:localhost|127\.|10\.|192\.168\.|\[)|:\d+/.test(target);
  return `; did you mean ${isNear ? "http" : "https"}://${shorten(target)}?`;
}

const MOST_PORT = 65_535;

/** The part of a URL that makes it invalid, as far as that shows. */
function explainUrl(text: string): string {
  const [, host = "", port] = /^https?:\/\/(?:[^/?#@]*@)?([^/?#]*?)(?::([^/?#\]]*))?(?:[/?#]|$)/i.exec(text) ?? [];
  if (host === "") return ": it names no host";
  if (port !== undefined && !/^\d*$/.test(port)) return `: "${port}" is no port`;
  if (port !== undefined && Number(port) > MOST_PORT) return `: a port is at most ${MOST_PORT}`;
  return `: "${host}" is no host name`;
}

function readUrl(text: string): TriageRequest {
  const url = URL.parse(text);
  if (url === null) throw new UsageError(`"${showTarget(text)}" is no valid URL${explainUrl(text)}`);
  const credentials = url.username === "" && url.password === "" ? [] : [["Authorization", `Basic ${toBasic(url)}`] as const];
  url.username = "";
  url.password = "";
  return { method: "GET", url: url.href, headers: credentials, followsRedirects: true, isInsecure: false, notes: [] };
}

function toBasic({ username, password }: URL): string {
  return Buffer.from(`${decodePart(username)}:${decodePart(password)}`).toString("base64");
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that is not part of an escape stands for itself, as in curl.
    return text;
  }
}

/** The pasted text in a form that may be shown: shortened and redacted, since it may contain a token. */
function showTarget(target: string): string {
  return shorten(createRedactor().redactText(target));
}

/** Unwraps a parser's result; throws a `UsageError` that names the position where parsing failed. */
function expectRead<T>(what: string, read: Result<T, { readonly message: string; readonly at: number }>): T {
  if (!read.ok) throw new UsageError(`the ${what} cannot be read: ${read.error.message}, at character ${read.error.at + 1}`);
  return read.value;
}

const MOST_NAMED_FILES = 5;

/** Refuses local files and sockets in a pasted command unless the user allowed them: its author and its destination may be strangers. */
function askLeave(files: readonly LocalFile[], allowFiles: boolean): void {
  if (files.length === 0 || allowFiles) return;
  const named = files.slice(0, MOST_NAMED_FILES).map(({ option, at, path }) => `${option} at character ${at + 1} uses "${shorten(path)}"`);
  const more = files.length > named.length ? `, and ${files.length - named.length} more` : "";
  throw new UsageError(`${named.join(", ")}${more} of this machine; allow that with --allow-files, if you trust whoever wrote the command`);
}

function readCurl(command: string, { allowFiles }: TargetOptions): TriageRequest {
  const read = expectRead("curl command", parseCurl(command));
  askLeave(read.files, allowFiles);
  const { form, body, url, headers, method, followsRedirects, isInsecure, ignored } = read;
  const parts = body.map((part) => (part.kind === "text" ? Buffer.from(part.text) : readBodyFile(part)));
  const multipart = form.length === 0 ? undefined : encodeMultipart(form, readLocalFile);
  const whole = readUrl(url);
  const credentials = readCredentials(read);
  const connection = readConnection(read, new URL(whole.url));
  return {
    method,
    followsRedirects,
    isInsecure,
    url: whole.url,
    headers: [...whole.headers, ...(multipart === undefined ? headers : setMultipartType(headers, multipart.boundary))],
    ...(multipart !== undefined ? { body: multipart.body } : parts.length === 0 ? {} : { body: Buffer.concat(parts) }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(connection === undefined ? {} : { connection }),
    notes: ignored.length === 0 ? [] : [`without effect here: ${ignored.join(", ")}`],
  };
}

/** Sets the multipart Content-Type. One that the command gives is kept and gets the boundary, as with curl. */
function setMultipartType(headers: TriageRequest["headers"], boundary: string): TriageRequest["headers"] {
  const isType = ([name]: readonly [string, string]): boolean => name.toLowerCase() === "content-type";
  const given = headers.find(isType)?.[1] ?? "multipart/form-data";
  return [...headers.filter((each) => !isType(each)), ["Content-Type", `${given}; boundary=${boundary}`]];
}

function readCredentials({ caFile, certFile, keyFile }: CurlRequest): Credentials | undefined {
  if (caFile === undefined && certFile === undefined) return undefined;
  return {
    ...(caFile === undefined ? {} : { ca: readLocalFile(caFile) }),
    ...(certFile === undefined ? {} : { cert: readLocalFile(certFile) }),
    ...(keyFile === undefined ? {} : { key: readLocalFile(keyFile) }),
  };
}

function readConnection({ unixSocket, connectTo }: CurlRequest, { hostname, port, protocol }: URL): Connection | undefined {
  if (unixSocket !== undefined) return { kind: "socket", path: unixSocket };
  const ofPort = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  const fits = (each: ConnectTo): boolean =>
    (each.host === undefined || each.host.toLowerCase() === hostname) && (each.port === undefined || each.port === ofPort);
  const other = connectTo.find(fits);
  if (other === undefined) return undefined;
  const { toHost = hostname.replace(/^\[|\]$/g, ""), toPort = ofPort } = other;
  return { kind: "address", ofHost: hostname, ofPort, host: toHost, port: toPort };
}

function readFetch(text: string): TriageRequest {
  return toRequest({ ...expectRead("call of fetch", parseFetchCall(text)), isInsecure: false });
}

function readWebRequest(text: string, { allowFiles }: TargetOptions): TriageRequest {
  const { ignored, bodyFile, ...rest } = expectRead("PowerShell command", parseWebRequest(text));
  const notes = ignored.length === 0 ? [] : [`without effect here: ${ignored.join(", ")}`];
  if (bodyFile === undefined) return toRequest({ ...rest, notes });
  askLeave([bodyFile], allowFiles);
  return { ...toRequest({ ...rest, notes }), body: readLocalFile(bodyFile.path) };
}

type Pasted = Omit<TriageRequest, "body" | "connection" | "credentials"> & { readonly body?: string };

function toRequest({ url, body, headers, ...rest }: Pasted): TriageRequest {
  const whole = readUrl(url);
  return { ...rest, url: whole.url, headers: [...whole.headers, ...headers], ...(body === undefined ? {} : { body: Buffer.from(body) }) };
}

const LEFT_OUT = new Set([0x00, 0x0a, 0x0d]);

/** Reads a file as a body; `-d` drops line breaks and NUL bytes. Source: curl manual, --data. */
function readBodyFile({ path, isBinary }: Extract<BodyPart, { kind: "file" }>): Uint8Array {
  const bytes = readLocalFile(path);
  return isBinary ? bytes : bytes.filter((byte) => !LEFT_OUT.has(byte));
}

/** Reads a file that a pasted command names, once the user has allowed it. */
function readLocalFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw describeFileError(shorten(path), error);
  }
}

function readHar(path: string, { entry }: TargetOptions): TriageRequest {
  let text: string;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > HAR_BYTES) throw new UsageError(`${path} is larger than ${HAR_BYTES >> 20} MiB`);
    text = bytes.toString("utf8");
  } catch (error) {
    throw describeFileError(path, error);
  }
  const parsed = parseHar(text);
  if (!parsed.ok) throw new UsageError(`${path}: ${parsed.error}`);
  if (parsed.value.length === 0) {
    throw new UsageError(
      `${path} has no entry with an http or https URL; record the failing request with the browser's network panel open`,
    );
  }
  // A request without an answer failed too, unless the browser itself aborted it; server errors are preferred.
  const errors = parsed.value.filter(({ status }) => status !== undefined && status >= 500);
  const unanswered = parsed.value.filter(({ status, error }) => status === undefined && !/ABORTED|BLOCKED/.test(error ?? ""));
  const failed = [...errors, ...unanswered];
  const chosen = entry === undefined ? failed[0] : parsed.value.find(({ index }) => index === entry);
  if (chosen === undefined) {
    throw new UsageError(
      entry === undefined
        ? `${path} has ${parsed.value.length} entries and none that failed; name one with --entry N (from 0)`
        : `${path} has no entry ${entry}; it has ${parsed.value.length}, counted from 0`,
    );
  }
  const notes = [
    `entry ${chosen.index} of ${parsed.value.length}${failed.length > 1 && entry === undefined ? `; ${failed.length} entries failed, choose another with --entry N` : ""}`,
  ];
  const hasSecrets = chosen.headers.some(([name]) => /^(?:cookie|authorization)$/i.test(name));
  if (!hasSecrets) notes.push("it has no Cookie or Authorization header: browsers leave them out, so this may answer 401");
  // The transport sets these headers from what it actually sends.
  const headers = chosen.headers.filter(([name]) => !/^(?:host|connection|content-length|transfer-encoding|accept-encoding)$/i.test(name));
  return {
    method: chosen.method,
    url: chosen.url,
    headers,
    ...(chosen.body === undefined ? {} : { body: Buffer.from(chosen.body) }),
    followsRedirects: false,
    isInsecure: false,
    notes,
  };
}

function shorten(text: string): string {
  const line = text.replaceAll(/[\p{Cc}]+/gu, " ");
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
