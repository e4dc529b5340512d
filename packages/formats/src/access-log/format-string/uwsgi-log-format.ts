/**
 * uWSGI's `log-format`: `%(variable)`, with or without Python's `s` after it. Source: uWSGI documentation, "Formatting uWSGI requests
 * logs".
 */
import { type Piece, splitBy } from "./field-sequence.ts";

/** True for uWSGI's format strings. gunicorn's look alike, but their names have a single letter. */
export function isUwsgiFormat(format: string): boolean {
  return /%\((?:[a-z]\w+|var\.\w+|metric\.[\w.]+)\)/i.test(format);
}

/** uWSGI's names for fields that nginx and Apache have as well. The times are those of the request's start. */
const VARIABLES: Readonly<Record<string, string>> = {
  addr: "remote_addr",
  method: "request_method",
  uri: "request_uri",
  host: "host",
  uagent: "http_user_agent",
  status: "status",
  rsize: "body_bytes_sent",
  size: "bytes_sent",
  cl: "request_length",
  ltime: "time_local",
  ctime: "time_local",
  ftime: "time_local",
  time: "msec",
  tmsecs: "msec",
  tmicros: "msec",
  micros: "%D",
  msecs: "%{whole}T",
  secs: "%{s}T",
};

const NUMBERS =
  /^(?:status|[rh]?size|cl|time|epoch|tmsecs|tmicros|micros|msecs|secs|pid|wid|core|vars|headers|switches|[rw]err|ioerr|pktsize|modifier[12]|(?:rss|vsz)M?|metric\..*)$/;

/** The pieces of a format. */
export function splitUwsgi(format: string): Piece[] {
  // Python's conversion is not part of the variable, so uWSGI writes the letter after it.
  return splitBy(format, /%\(([\w.-]+)\)/g, ([, name = ""]) => {
    const header = /^var\.(HTTP_\w+)$/i.exec(name)?.[1]?.toLowerCase();
    const field = (Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined) ?? header ?? `uwsgi.${name}`;
    if (field === "http_x_forwarded_for") return { field, shape: "list" };
    if (name === "proto") return { field, shape: "protocol" };
    return { field, shape: NUMBERS.test(name) ? "number" : "text", ...(name === "ctime" ? { spaces: 4 } : {}) };
  });
}
