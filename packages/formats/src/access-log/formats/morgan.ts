/** morgan's short formats. Its `combined` and `common` are read with the CLF family. Source: morgan's README, "Predefined Formats". */
import { parseAnyTime } from "../values/clock.ts";
import { putClient, putDuration, putNumber, putStatus, putTarget, putText, putTime, startDraft } from "../exchange/draft.ts";
import type { ParseContext, ParsedLine, TextFormat } from "../line.ts";
import { unescapeQuoted } from "../values/tokens.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/** `dev`, `tiny` and `short`. */
export const morgan: TextFormat = { id: "morgan", create: (context) => (line) => parseMorgan(line, context) };

const DEV = /^([A-Z][A-Z-]{2,19}) (\S+) (\d{3}|-) (\d+(?:\.\d+)?|-) ms - (\d+|-)$/;
/** Applications' own formats usually begin with the client (`:remote-addr :method :url`). */
const CLIENT = /^((?:\d{1,3}\.){3}\d{1,3}|[\da-f:]{2,39}(?::(?:\d{1,3}\.){3}\d{1,3})?) (?:- )?(?=[A-Z]{3,20} )/i;
const TINY = /^([A-Z][A-Z-]{2,19}) (\S+) (\d{3}|-)(?: (\d+|-))? - (\d+(?:\.\d+)?|-) ms$/;
/** An application's own layout with the status first. */
const CODE_FIRST = /^(\d{3}) ([A-Z][A-Z-]{2,19}) (\/\S*) (\d+(?:\.\d+)?) ms$/;
const LETTER_A = 65;
/** A user agent that operators add to the shortest format. */
const AGENT = / "([^"]*)"$/;
const SHORT = /^(\S+) (\S+) ([A-Z][A-Z-]{2,19}) (\S+) HTTP\/[\d.]+ (\d{3}|-) (\d+|-) - (\d+(?:\.\d+)?|-) ms$/;

/** Additions of applications: `:date` in brackets before the line, their own tokens in brackets after it. */
const BRACKETED = /^\[([^\][]{8,40})\] (?=[A-Z]{3,16} \/)/;
const OWN_TOKENS = /(?<= ms)(?: \[[^\][]{0,200}\]){1,4}$/;

function parseMorgan(line: string, context: ParseContext): ParsedLine | undefined {
  const whole = line.trim();
  const stamp = whole.startsWith("[") ? BRACKETED.exec(whole) : null;
  if (stamp === null) return parseOwn(whole);
  const timeMs = parseAnyTime(stamp[1], context);
  if (timeMs === undefined) return undefined;
  const parsed = parseOwn(whole.slice(stamp[0].length).replace(OWN_TOKENS, ""));
  if (parsed?.kind === "exchange") putTime(parsed.exchange, timeMs);
  return parsed;
}

function parseOwn(written: string): ParsedLine | undefined {
  if (!/ ms(?: - (?:\d+|-)| "[^"]*")?$/.test(written)) return undefined;
  const agent = written.endsWith('"') ? AGENT.exec(written) : null;
  const text = agent === null ? written : written.slice(0, agent.index);
  const coded = agent === null && text.charCodeAt(0) < LETTER_A ? CODE_FIRST.exec(text) : null;
  if (coded !== null && isUsualStatus(coded[1])) return build({ method: coded[2], target: coded[3], status: coded[1], duration: coded[4] });
  const client = CLIENT.exec(text);
  const own = client === null ? text : text.slice(client[0].length);
  const dev = DEV.exec(own);
  if (dev !== null) return build({ client: client?.[1], method: dev[1], target: dev[2], status: dev[3], bytes: dev[5], duration: dev[4] });
  const tiny = TINY.exec(own);
  if (tiny !== null)
    return build({
      client: client?.[1],
      method: tiny[1],
      target: tiny[2],
      status: tiny[3],
      bytes: tiny[4],
      duration: tiny[5],
      agent: agent?.[1],
    });
  const short = SHORT.exec(text);
  if (short === null) return undefined;
  return build({ client: short[1], method: short[3], target: short[4], status: short[5], bytes: short[6], duration: short[7] });
}

type Parts = Readonly<Partial<Record<"client" | "method" | "target" | "status" | "bytes" | "duration" | "agent", string | undefined>>>;

function build(parts: Parts): ParsedLine {
  const draft = startDraft("app", "morgan");
  draft.method = parts.method ?? "";
  putTarget(draft, unescapeQuoted(parts.target ?? ""));
  putStatus(draft, parts.status);
  putNumber(draft, "responseBytes", parts.bytes);
  putDuration(draft, parts.duration, 1);
  putClient(draft, parts.client ?? "");
  putText(draft, "userAgent", parts.agent);
  if (draft.status !== undefined && draft.status >= 500) {
    draft.madeBy = { hop: "observer", because: "the application logged its own answer", confidence: 0.75 };
  }
  return { kind: "exchange", format: "morgan", exchange: draft };
}
