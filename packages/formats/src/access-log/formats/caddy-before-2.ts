/**
 * The error log of Caddy before version 2: time, status and path in brackets, and what went wrong. Status 0 means that the client had gone.
 * A panic has no status. Source: caddy v1, caddyhttp/errors/errors.go.
 */
import { parseClfTime } from "../values/clock.ts";
import { readStatus, splitTarget } from "../exchange/draft.ts";
import type { ParsedLine, TextFormat } from "../line.ts";

/** The errors of Caddy 0.x and 1.x. */
export const caddyBefore2: TextFormat = { id: "caddy-error", create: () => parseLine };

const LINE = /^(\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}) \[(?:ERROR (\d{1,3})|PANIC) ([^\]]{0,8192})\] (.*)$/s;

function parseLine(line: string): ParsedLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const [, time = "", code, target = "", text = ""] = match;
  const timeMs = parseClfTime(time, 0);
  const status = readStatus(code);
  const { path, query } = splitTarget(target);
  const message = {
    severity: code === undefined ? 21 : 17,
    text,
    ...(timeMs === undefined ? {} : { timeMs }),
    ...(status === undefined ? {} : { status }),
    ...(path === undefined ? {} : { path }),
    ...(query === undefined ? {} : { query }),
  };
  return { kind: "message", format: "caddy-error", message };
}
