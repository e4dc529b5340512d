/** uvicorn's access lines: `INFO:     127.0.0.1:5000 - "GET /a?b=1 HTTP/1.1" 500 Internal Server Error`. Source: uvicorn/logging.py. */
import { putClient, putRequestLine, putStatus, startDraft } from "../exchange/draft.ts";
import type { ParsedLine, TextFormat } from "../line.ts";

/** uvicorn, and hypercorn in its uvicorn style. */
export const uvicorn: TextFormat = { id: "uvicorn", create: () => parseUvicorn };

const LINE =
  /^(?:[A-Z]+: +(?=")|(?:[A-Z]+: +)?((?:\d{1,3}\.){3}\d{1,3}:\d+|\[?[0-9a-fA-F:]+\]?:\d+) - )"([A-Z-]+ \S+ HTTP\/[\d.]+)" (\d{3})(?: [A-Za-z][A-Za-z -]*)?$/;

function parseUvicorn(line: string): ParsedLine | undefined {
  const match = LINE.exec(line);
  if (match === null) return undefined;
  const draft = startDraft("app-server", "uvicorn");
  // The port is the last number, whatever colons precede it.
  putClient(draft, match[1]?.replace(/:\d+$/, "").replaceAll(/[[\]]/g, ""));
  putRequestLine(draft, match[2]);
  putStatus(draft, match[3]);
  if (draft.status !== undefined && draft.status >= 500) {
    draft.madeBy = { hop: "observer", because: "the application under uvicorn answered so", confidence: 0.85 };
  }
  return { kind: "exchange", format: "uvicorn", exchange: draft };
}
