/** morgan's short formats; its `combined` and `common` belong to the CLF family. Source: morgan's README, "Predefined Formats". */
import { putClient, putDuration, putNumber, putStatus, putTarget, startDraft } from "../draft.ts";
import type { ParsedLine, TextFormat } from "../line.ts";
import { unescapeQuoted } from "../tokens.ts";

/** `dev`, `tiny` and `short`. */
export const morgan: TextFormat = { id: "morgan", create: () => parseMorgan };

const DEV = /^([A-Z][A-Z-]{2,19}) (\S+) (\d{3}|-) (\d+(?:\.\d+)?|-) ms - (\d+|-)$/;
/** The applications' own line begins with the client more often than not (`:remote-addr :method :url`). */
const CLIENT = /^((?:\d{1,3}\.){3}\d{1,3}|[\da-f:]{2,39}(?::(?:\d{1,3}\.){3}\d{1,3})?) (?:- )?(?=[A-Z]{3,20} )/i;
const TINY = /^([A-Z][A-Z-]{2,19}) (\S+) (\d{3}|-)(?: (\d+|-))? - (\d+(?:\.\d+)?|-) ms$/;
const SHORT = /^(\S+) (\S+) ([A-Z][A-Z-]{2,19}) (\S+) HTTP\/[\d.]+ (\d{3}|-) (\d+|-) - (\d+(?:\.\d+)?|-) ms$/;

function parseMorgan(line: string): ParsedLine | undefined {
  const text = line.trim();
  if (!/ ms(?: - (?:\d+|-))?$/.test(text)) return undefined;
  const client = CLIENT.exec(text);
  const own = client === null ? text : text.slice(client[0].length);
  const dev = DEV.exec(own);
  if (dev !== null) return build({ client: client?.[1], method: dev[1], target: dev[2], status: dev[3], bytes: dev[5], duration: dev[4] });
  const tiny = TINY.exec(own);
  if (tiny !== null)
    return build({ client: client?.[1], method: tiny[1], target: tiny[2], status: tiny[3], bytes: tiny[4], duration: tiny[5] });
  const short = SHORT.exec(text);
  if (short === null) return undefined;
  return build({ client: short[1], method: short[3], target: short[4], status: short[5], bytes: short[6], duration: short[7] });
}

type Parts = Readonly<Partial<Record<"client" | "method" | "target" | "status" | "bytes" | "duration", string | undefined>>>;

function build(parts: Parts): ParsedLine {
  const draft = startDraft("app", "morgan");
  draft.method = parts.method ?? "";
  putTarget(draft, unescapeQuoted(parts.target ?? ""));
  putStatus(draft, parts.status);
  putNumber(draft, "responseBytes", parts.bytes);
  putDuration(draft, parts.duration, 1);
  putClient(draft, parts.client ?? "");
  if (draft.status !== undefined && draft.status >= 500) {
    draft.madeBy = { hop: "observer", because: "the application logged its own answer", confidence: 0.75 };
  }
  return { kind: "exchange", format: "morgan", exchange: draft };
}
