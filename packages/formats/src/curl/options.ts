import type { Result } from "@faultline/model";
import { toBase64 } from "../otlp/base64.ts";
import { utf8Encoder } from "../otlp/text-coding.ts";
import { isHeaderName, isHeaderValue, type LocalFile } from "../pasted/request-parts.ts";
import { type FormField, parseFormField, parsePlainField } from "./form-field.ts";
import type { ShellWord } from "./shell-word.ts";

/** A piece of a request body: text, or a file that the reader may be allowed to open. */
export type BodyPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string; readonly isBinary: boolean };

/** Another place to connect to for a host and port. Absent members mean any, or the same. */
export type ConnectTo = { readonly host?: string; readonly port?: number; readonly toHost?: string; readonly toPort?: number };

/** What is known of the request while its options are being read. */
export type Draft = {
  method?: string;
  url?: ShellWord;
  headers: [string, string][];
  body: BodyPart[];
  form: FormField[];
  query: string[];
  cookies: string[];
  /** The names, in lower case, of curl's own headers that the command removes (`-H 'Name:'`). */
  removed: string[];
  isGet: boolean;
  isJson: boolean;
  isHead: boolean;
  followsRedirects: boolean;
  isInsecure: boolean;
  /** True if the URL is not a pattern (`-g`). */
  isPlainUrl: boolean;
  timeoutMs?: number;
  connectTo: ConnectTo[];
  unixSocket?: string;
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  isCompressed: boolean;
  ignored: string[];
  files: LocalFile[];
};

/** The option being read, as spelled, and its position. */
type Place = Omit<LocalFile, "path">;

/** Puts an option's value into the draft and returns what is wrong with it, without quoting the value: it may be a password. */
type Setter = (draft: Draft, value: string, place: Place) => string | undefined;

const NO_STDIN = "standard input is not read; write the text itself, or name a file";

/** Notes that a file of this machine would be used. */
function addFile(draft: Draft, path: string, place: Place): string | undefined {
  if (path === "-") return NO_STDIN;
  draft.files.push({ path, ...place });
  return undefined;
}

/** Adds a text to the body. curl joins several parts with `&`. */
function addText(draft: Draft, text: string): undefined {
  if (draft.body.length > 0) draft.body.push({ kind: "text", text: "&" });
  draft.body.push({ kind: "text", text });
}

/** Adds a body as text, or from a file after `@`. `--json` concatenates several parts. */
const addBody =
  ({ isBinary, isJoined = true }: { readonly isBinary: boolean; readonly isJoined?: boolean }): Setter =>
  (draft, value, place) => {
    if (isJoined && draft.body.length > 0) draft.body.push({ kind: "text", text: "&" });
    if (!value.startsWith("@")) return void draft.body.push({ kind: "text", text: value });
    draft.body.push({ kind: "file", path: value.slice(1), isBinary });
    return addFile(draft, value.slice(1), place);
  };

/** Reads `content`, `=content` or `name=content` and encodes it; refuses `@file` and `name@file`. Source: curl manual, --data-urlencode. */
function addEncoded(value: string, add: (encoded: string) => void): string | undefined {
  const match = /^([^=@]*)([=@])([^]*)$/.exec(value);
  if (match?.[2] === "@") return "a file is not URL-encoded here; write its text in its place";
  const [, name = "", , content = value] = match ?? [];
  add(`${name === "" ? "" : `${name}=`}${encodeAsCurl(content)}`);
  return undefined;
}

/** Encodes all but the unreserved characters of RFC 3986 as `%XX`, and a blank as `+`. */
function encodeAsCurl(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function addHeader(draft: Draft, value: string): string | undefined {
  if (value.startsWith("@")) return "headers from a file are not read";
  const match = /^([^\s:;]+)\s*(?::\s*([^]*)|;\s*)$/.exec(value);
  const [, name = "", content = ""] = match ?? [];
  if (!isHeaderName(name)) return 'its value is no header; write "NAME: VALUE" in quotes';
  if (!isHeaderValue(content)) return "a header cannot contain a line end";
  if (content !== "" || value.trimEnd().endsWith(";")) draft.headers.push([name, content.trimEnd()]);
  else draft.removed.push(name.toLowerCase());
  return undefined;
}

function addCookie(draft: Draft, value: string): string | undefined {
  if (!isHeaderValue(value)) return "a header cannot contain a line end";
  draft.cookies.push(value);
  return undefined;
}

function readSeconds(value: string): number | undefined {
  const seconds = Number(value);
  return value.trim() !== "" && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Notes an option that is deliberately unsupported, because carrying it out half would make a different request. */
const ignoreFlag =
  (name: string): Setter =>
  (draft) =>
    void draft.ignored.push(name);
const ignoreValue =
  (name: string): Setter =>
  (draft, value) =>
    void draft.ignored.push(`${name} ${shorten(value)}`);

const SETTERS: Readonly<Record<string, Setter>> = {
  "--request": (draft, value) => (/^[A-Za-z][A-Za-z-]{0,31}$/.test(value) ? void (draft.method = value) : "its value is no method"),
  "--header": (draft, value) => addHeader(draft, value),
  "--data": addBody({ isBinary: false }),
  "--data-binary": addBody({ isBinary: true }),
  "--data-raw": (draft, value) => addText(draft, value),
  "--data-urlencode": (draft, value) => addEncoded(value, (encoded) => addText(draft, encoded)),
  "--json": (draft, value, place) => {
    draft.isJson = true;
    return addBody({ isBinary: true, isJoined: false })(draft, value, place);
  },
  "--form": (draft, value, place) => addField(draft, { read: parseFormField(value), place }),
  "--form-string": (draft, value, place) => addField(draft, { read: parsePlainField(value), place }),
  "--resolve": (draft, value) => addResolve(draft, value),
  "--connect-to": (draft, value) => addConnectTo(draft, value),
  "--unix-socket": (draft, value, place) => addFile(draft, (draft.unixSocket = value), place),
  "--cacert": (draft, value, place) => addFile(draft, (draft.caFile = value), place),
  "--cert": (draft, value, place) => addFile(draft, (draft.certFile = value.replace(/(?<=.{2}):[^\\/]*$/, "")), place),
  "--key": (draft, value, place) => addFile(draft, (draft.keyFile = value), place),
  "--range": (draft, value) => addHeader(draft, `Range: bytes=${value}`),
  "--user": (draft, value) => void draft.headers.push(["Authorization", `Basic ${toBasic(value)}`]),
  "--oauth2-bearer": (draft, value) => addHeader(draft, `Authorization: Bearer ${value}`),
  "--user-agent": (draft, value) => addHeader(draft, `User-Agent: ${value}`),
  "--referer": (draft, value) => addHeader(draft, `Referer: ${value}`),
  "--cookie": (draft, value) => (value.includes("=") ? addCookie(draft, value) : "a file of cookies is not read; write NAME=VALUE"),
  "--url": (draft, value, { at }) => (value.startsWith("@") ? "a file of URLs is not read" : void (draft.url = { text: value, at })),
  "--url-query": (draft, value) => {
    if (!value.startsWith("+")) return addEncoded(value, (encoded) => void draft.query.push(encoded));
    draft.query.push(value.slice(1));
    return undefined;
  },
  "--max-time": (draft, value) => setTime(draft, value),
  "--get": (draft) => void (draft.isGet = true),
  "--head": (draft) => void (draft.isHead = true),
  "--location": (draft) => void (draft.followsRedirects = true),
  "--insecure": (draft) => void (draft.isInsecure = true),
  "--globoff": (draft) => void (draft.isPlainUrl = true),
  "--compressed": (draft) => void (draft.isCompressed = true),
};

function setTime(draft: Draft, value: string): string | undefined {
  const ms = readSeconds(value);
  if (ms === undefined) return "its value is no number of seconds";
  draft.timeoutMs = ms;
  return undefined;
}

/** A field of the form, and the file that it would send. */
function addField(draft: Draft, { read, place }: { read: Result<FormField>; place: Place }): string | undefined {
  if (!read.ok) return read.error;
  draft.form.push(read.value);
  const { content } = read.value;
  return content.kind === "file" ? addFile(draft, content.path, place) : undefined;
}

/** Reads `[+]HOST:PORT:ADDRESS[,ADDRESS...]`. The first address is used, as curl tries it first. */
function addResolve(draft: Draft, value: string): string | undefined {
  const match = /^\+?(\*|\[[^\]]+\]|[^:]+):(\d{1,5}):(\[[^\]]+\]|[^,[]+)/.exec(value);
  if (match === null) return "its value is not HOST:PORT:ADDRESS";
  const [, host = "", port = "", toHost = ""] = match;
  draft.connectTo.push({ ...(host === "*" ? {} : { host }), port: Number(port), toHost: toHost.replace(/^\[|\]$/g, "") });
  return undefined;
}

/** Reads `HOST1:PORT1:HOST2:PORT2`. Any of them may be empty, which means any, or the same. */
function addConnectTo(draft: Draft, value: string): string | undefined {
  const match = /^(\[[^\]]+\]|[^:]*):(\d{0,5}):(\[[^\]]+\]|[^:]*):(\d{0,5})$/.exec(value);
  if (match === null) return "its value is not HOST1:PORT1:HOST2:PORT2";
  const [, host = "", port = "", toHost = "", toPort = ""] = match;
  draft.connectTo.push({
    ...(host === "" ? {} : { host }),
    ...(port === "" ? {} : { port: Number(port) }),
    ...(toHost === "" ? {} : { toHost: toHost.replace(/^\[|\]$/g, "") }),
    ...(toPort === "" ? {} : { toPort: Number(toPort) }),
  });
  return undefined;
}

/** Options that would send a different request here, and why they are not carried out. */
const REFUSED: Readonly<Record<string, string>> = {
  "--proxy": "requests are not sent through a proxy here, and it may be the very hop that fails; leave it out to ask without it",
  "--socks5": "requests are not sent through a proxy here; leave it out to ask without it",
  "--digest": "its answer to a challenge is not computed here; give the Authorization header that a working request has",
  "--ntlm": "its answer to a challenge is not computed here",
  "--negotiate": "its answer to a challenge is not computed here",
  "--aws-sigv4": "the signature is not computed here; give the headers of a signed request",
  "--netrc": "the file of passwords is not read; give -u USER:PASSWORD",
  "--netrc-file": "the file of passwords is not read; give -u USER:PASSWORD",
  "--netrc-optional": "the file of passwords is not read; give -u USER:PASSWORD",
  "--config": "the file of options is not read; write them on the command line",
  "--next": "one request at a time; give the part that fails",
  "--upload-file": "write it as -X PUT --data-binary @FILE",
};

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
  "-g": "--globoff",
  "-r": "--range",
  "-E": "--cert",
};
const SHORT_REFUSED: Readonly<Record<string, string>> = { "-x": "--proxy", "-n": "--netrc", "-K": "--config", "-T": "--upload-file" };
/** The refused options without a value. The others have one, which is not looked at. */
const REFUSED_FLAGS = new Set(["--digest", "--ntlm", "--negotiate", "--netrc", "--netrc-optional", "--next"]);

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
  "-N",
  "--no-buffer",
  "-#",
  "--progress-bar",
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
  "--http1.0",
  "--http2-prior-knowledge",
  "--no-keepalive",
  "--no-alpn",
  "--tlsv1.2",
  "--tlsv1.3",
  "--ssl-no-revoke",
  "--location-trusted",
  "-J",
  "--remote-header-name",
  "-a",
  "--anyauth",
  "--basic",
  "-j",
  "--junk-session-cookies",
  "--tcp-fastopen",
  "--no-sessionid",
  "--raw",
  "--styled-output",
  "--no-styled-output",
  "--create-dirs",
  "-q",
  "--disable",
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
  "--ciphers",
  "--tls-max",
  "--interface",
  "--limit-rate",
  "-Y",
  "-y",
  "--stderr",
  "--connect-timeout",
  "--keepalive-time",
  "--noproxy",
  "--tls13-ciphers",
  "--proto",
  "--trace",
  "--trace-ascii",
  "--expect100-timeout",
  "--speed-limit",
  "--speed-time",
  "--happy-eyeballs-timeout-ms",
  "--output-dir",
  "--max-filesize",
];

/** What each of curl's options does to the request, by name. A function with two parameters takes a value. */
export const OPTIONS: Readonly<Record<string, Setter>> = Object.assign(Object.create(null) as Record<string, Setter>, {
  // no option is called toString
  ...SETTERS,
  ...Object.fromEntries(Object.entries(SHORT).map(([short, long]) => [short, SETTERS[long]])),
  ...Object.fromEntries(IGNORED_FLAGS.map((name) => [name, ignoreFlag(name)])),
  ...Object.fromEntries(IGNORED_VALUES.map((name) => [name, ignoreValue(name)])),
  ...Object.fromEntries(Object.entries(REFUSED).map(([name, because]) => [name, refuse(name, because)])),
  ...Object.fromEntries(Object.entries(SHORT_REFUSED).map(([short, long]) => [short, refuse(long, REFUSED[long] ?? "")])),
});

function refuse(name: string, because: string): Setter {
  return REFUSED_FLAGS.has(name) ? (_draft) => because : (_draft, _value) => because;
}

function toBasic(credentials: string): string {
  const bytes = utf8Encoder.encode(credentials);
  return toBase64(bytes, 0, bytes.length);
}

/** Shortens a word of a command for a message. */
function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
