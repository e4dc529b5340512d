/** Reads, by the columns of a file's own layout, what a line does not tell by itself. */
import { parseAnyTime } from "../values/clock.ts";
import {
  type Draft,
  isAbsent,
  putClient,
  putDuration,
  putNumber,
  putRequestLine,
  putStatus,
  putTarget,
  putTime,
  startDraft,
} from "../exchange/draft.ts";
import { METHOD } from "../formats/plain-row.ts";
import { cutCells, dropName } from "./layout-cells.ts";
import type { LayoutColumns, ParseContext, ParsedLine } from "../line.ts";
import { putNginxUpstream } from "../named-fields/nginx-upstream.ts";
import { unescapeQuoted } from "../values/tokens.ts";
import { isUsualStatus } from "../values/usual-status.ts";

/** The ids of lines in operators' own layouts. */
const OWN = new Set(["request-line", "common", "combined", "vhost-common", "vhost-combined", "nginx-main"]);

/**
 * The line with the values of the layout's columns added. A line that is not in this layout stays as it was read. If line and column
 * disagree on the status, a row in an operator's own layout is not read.
 */
export function readByLayout(line: string, parsed: ParsedLine | undefined, context: ParseContext): ParsedLine | undefined {
  const { layout } = context;
  if (layout === undefined) return parsed;
  if (parsed !== undefined && (parsed.kind !== "exchange" || !OWN.has(parsed.format))) return parsed;
  const cut = cutCells(line);
  if (cut === undefined || cut.separator !== layout.separator || cut.cells.length !== layout.count) return parsed;
  if (layout.status === -1) return isOfNumbers(parsed, cut.cells, layout) ? undefined : parsed;
  const code = cut.cells[layout.status];
  const isOther = parsed !== undefined && parsed.exchange.status !== (isUsualStatus(code) ? Number(code) : undefined);
  if (isOther) return parsed.format === "request-line" ? undefined : parsed;
  if (!isUsualStatus(code) || layout.twins.some((twin) => cut.cells[twin] !== code)) return parsed;
  const draft = parsed === undefined ? startRow(cut.cells, layout, context) : { ...parsed.exchange };
  if (draft === undefined) return undefined;
  putPlaces(draft, cut.cells, layout);
  return { kind: "exchange", format: parsed?.format ?? "request-line", exchange: draft };
}

/** True if the number taken for this row's status is in a column of which the file shows that it holds no statuses. */
function isOfNumbers(parsed: ParsedLine | undefined, cells: readonly string[], { numbers }: LayoutColumns): boolean {
  if (parsed?.kind !== "exchange" || parsed.format !== "request-line" || parsed.exchange.status === undefined) return false;
  const written = new RegExp(String.raw`(?<![\w./-])${parsed.exchange.status}(?!\w|\.\d)`);
  const places = cells.flatMap((cell, index) => (written.test(cell) ? [index] : []));
  return places.length > 0 && places.every((place) => numbers.includes(place));
}

/** Starts a row that no format reads: when, who, what, and the answer. */
function startRow(cells: readonly string[], layout: LayoutColumns, context: ParseContext): Draft | undefined {
  const timeMs = parseAnyTime(cells[layout.time]?.replace(/^\[|\]$/g, ""), context);
  if (timeMs === undefined) return undefined;
  const draft = startDraft("unknown", "access log");
  putTime(draft, timeMs);
  putClient(draft, cells[layout.client]);
  const request = unescapeQuoted(cells[layout.request] ?? "");
  if (request.includes(" ")) putRequestLine(draft, request);
  else if (METHOD.test(request) && cells[layout.request + 1]?.startsWith("/") === true) {
    draft.method = request;
    putTarget(draft, unescapeQuoted(cells[layout.request + 1] ?? ""));
  }
  putStatus(draft, cells[layout.status]);
  return draft;
}

function putPlaces(draft: Draft, cells: readonly string[], { size, duration, upstreamStatus }: LayoutColumns): void {
  if (size !== undefined) {
    delete draft.responseBytes;
    putNumber(draft, "responseBytes", cells[size]);
  }
  if (duration !== undefined) putDuration(draft, dropName(cells[duration.index] ?? ""), duration.unitMs);
  const status = upstreamStatus === undefined ? undefined : cells[upstreamStatus];
  if (draft.upstream === undefined && status !== undefined)
    putNginxUpstream(draft, { status: isAbsent(status) ? undefined : status }, true);
}
