import { toBase64 } from "../otlp/base64.ts";
import { utf8Encoder } from "../otlp/text-coding.ts";

/** A piece of a request body: text, or a file that the reader may or may not open. */
export type BodyPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly path: string; readonly isBinary: boolean };

/** Another place to connect to for a host and port; what is absent is any, or the same. */
export type ConnectTo = { readonly host?: string; readonly port?: number; readonly toHost?: string; readonly toPort?: number };

/** What is known of the request while its options are read. */
export type Draft = {
  method?: string;
  url?: string;
  headers: [string, string][];
  body: BodyPart[];
  form: { field: string; isPlain: boolean }[];
  query: string[];
  isGet: boolean;
  isHead: boolean;
  followsRedirects: boolean;
  isInsecure: boolean;
  timeoutMs?: number;
  connectTo: ConnectTo[];
  unixSocket?: string;
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  isCompressed: boolean;
  ignored: string[];
};

type Setter = (draft: Draft, value: string) => string | undefined;

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
  "--form": (draft, value) => addField(draft, value, false),
  "--form-string": (draft, value) => addField(draft, value, true),
  "--resolve": (draft, value) => addResolve(draft, value),
  "--connect-to": (draft, value) => addConnectTo(draft, value),
  "--unix-socket": (draft, value) => void (draft.unixSocket = value),
  "--cacert": (draft, value) => void (draft.caFile = value),
  "--cert": (draft, value) => void (draft.certFile = value.replace(/(?<=.{2}):[^\\/]*$/, "")),
  "--key": (draft, value) => void (draft.keyFile = value),
  "--range": (draft, value) => addHeader(draft, `Range: bytes=${value}`),
  "--user": (draft, value) => void draft.headers.push(["Authorization", `Basic ${toBasic(value)}`]),
  "--oauth2-bearer": (draft, value) => void draft.headers.push(["Authorization", `Bearer ${value}`]),
  "--user-agent": (draft, value) => void draft.headers.push(["User-Agent", value]),
  "--referer": (draft, value) => void draft.headers.push(["Referer", value]),
  "--cookie": (draft, value) => (value.includes("=") ? void draft.headers.push(["Cookie", value]) : "cookie files are not read"),
  "--url": (draft, value) => void (draft.url = value),
  "--url-query": (draft, value) => void draft.query.push(value),
  "--max-time": (draft, value) => setTime(draft, value),
  "--get": (draft) => void (draft.isGet = true),
  "--head": (draft) => void (draft.isHead = true),
  "--location": (draft) => void (draft.followsRedirects = true),
  "--insecure": (draft) => void (draft.isInsecure = true),
  "--compressed": (draft) => void (draft.isCompressed = true),
};

function setTime(draft: Draft, value: string): string | undefined {
  const ms = readSeconds(value);
  if (ms === undefined) return `"${shorten(value)}" is no number of seconds`;
  draft.timeoutMs = ms;
  return undefined;
}

function addField(draft: Draft, field: string, isPlain: boolean): string | undefined {
  if (!/^[^=]+=/.test(field)) return `"${shorten(field)}" is no field; write NAME=VALUE`;
  draft.form.push({ field, isPlain });
  return undefined;
}

/** `[+]HOST:PORT:ADDRESS[,ADDRESS...]`; the first address is taken, as curl tries it first. */
function addResolve(draft: Draft, value: string): string | undefined {
  const match = /^\+?(\*|\[[^\]]+\]|[^:]+):(\d{1,5}):(\[[^\]]+\]|[^,[]+)/.exec(value);
  if (match === null) return `"${shorten(value)}" is not HOST:PORT:ADDRESS`;
  const [, host = "", port = "", toHost = ""] = match;
  draft.connectTo.push({ ...(host === "*" ? {} : { host }), port: Number(port), toHost: toHost.replace(/^\[|\]$/g, "") });
  return undefined;
}

/** `HOST1:PORT1:HOST2:PORT2`, each of which may be empty: any, or the same. */
function addConnectTo(draft: Draft, value: string): string | undefined {
  const match = /^(\[[^\]]+\]|[^:]*):(\d{0,5}):(\[[^\]]+\]|[^:]*):(\d{0,5})$/.exec(value);
  if (match === null) return `"${shorten(value)}" is not HOST1:PORT1:HOST2:PORT2`;
  const [, host = "", port = "", toHost = "", toPort = ""] = match;
  draft.connectTo.push({
    ...(host === "" ? {} : { host }),
    ...(port === "" ? {} : { port: Number(port) }),
    ...(toHost === "" ? {} : { toHost: toHost.replace(/^\[|\]$/g, "") }),
    ...(toPort === "" ? {} : { toPort: Number(toPort) }),
  });
  return undefined;
}

/** What would send another request than the one meant, and why it is not done here. */
const REFUSED: Readonly<Record<string, string>> = {
  "--proxy": "requests are not sent through a proxy here, and it may be the very hop that fails; leave it out to ask without it",
  "--socks5": "requests are not sent through a proxy here; leave it out to ask without it",
  "--digest": "its answer to a challenge is not computed here; give the Authorization header that a working request has",
  "--ntlm": "its answer to a challenge is not computed here",
  "--negotiate": "its answer to a challenge is not computed here",
  "--aws-sigv4": "the signature is not computed here; give the headers of a signed request",
  "--netrc": "the file of passwords is not read; give -u USER:PASSWORD",
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
  "-r": "--range",
  "-E": "--cert",
};
const SHORT_REFUSED: Readonly<Record<string, string>> = { "-x": "--proxy", "-n": "--netrc", "-K": "--config", "-T": "--upload-file" };
/** The refused ones that stand alone; the others have a value, which is not looked at. */
const REFUSED_FLAGS = new Set(["--digest", "--ntlm", "--negotiate", "--netrc", "--next"]);

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
];

/** What each option of curl does to the request, by its name; one that takes a value has a function of two parameters. */
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

/** A word of a command as a message may show it. */
export function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
