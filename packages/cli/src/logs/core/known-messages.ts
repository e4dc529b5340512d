import type { ReadLine } from "@faultline/formats/access-log";
import type { HeardLine } from "../shapes/line-tokens.ts";
import { isCountedAlone, type Tally } from "../tally/tally.ts";

/** What the core exports for lines that it knows as messages; see message.h. */
export type MessageCore = {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly messageCountsAt: () => number;
  readonly forgetMessages: () => void;
  /** Counts a line that is known; 0 where the parsers must read it. */
  readonly countMessage: (start: number, end: number) => number;
  readonly keepMessage: (start: number, end: number, format: number) => void;
  /** The format of a line that is known, as it was kept; -1 of another. */
  readonly messageFormat: (start: number, end: number) => number;
};

const MAX_FORMATS = 32;
/** Readers that remember of one line what they say of another: none of their lines is passed over, nor one that may hold such a line. */
const REMEMBERING = new Set(["rails", "apigateway-execution", "w3c"]);
const REMEMBERED =
  /Started |Processing |Completed |Method|Execution|(?:Error|Exception|NotFound|Invalid|Timeout|Missing|Abort|Failed|Denied|Unknown|Refused|E[A-Z0-9]+)\w* \(/;
/** What names the fields of the lines behind it, in whatever record it stands. */
const FIELDS = /#fields:|cs-method/i;
/** What a platform says of memory is told apart by its time. */
const MEMORY = "Error R1";

/**
 * Lines of a program's own words that the core counts by itself: what the parsers said of one holds for all that differ from it in a time of
 * the day, in long numbers and in ids.
 */
export class KnownMessages {
  private readonly core: MessageCore;
  private readonly counts: Uint32Array;
  private readonly formats: string[] = [];
  private isOff: boolean;
  private isAnyKnown = false;

  /** Of a log whose limits are known: where there are any, each line's time matters. */
  constructor(core: MessageCore, { limits: { fromMs, toMs } }: Pick<Tally, "limits">) {
    this.core = core;
    this.counts = new Uint32Array(core.memory.buffer, core.messageCountsAt(), MAX_FORMATS);
    this.counts.fill(0);
    core.forgetMessages();
    this.isOff = fromMs !== undefined || toMs !== undefined;
  }

  /** Hears of each line that the parsers read. */
  hear({ start, end, line, read }: HeardLine): void {
    if (this.isOff) return;
    const { core } = this;
    // Of pieces of a line only the parsers know what they continue, and what follows a directive may be read otherwise.
    if (read.kind === "partial") return this.stop();
    const isMessage = read.kind === "message" && isPlain(read, line);
    // While none is known, none has to be forgotten.
    if (!isMessage && !this.isAnyKnown) return;
    if (read.kind === "directive" || FIELDS.test(line)) return this.forget();
    const format = isMessage ? this.find(read.format) : -1;
    const known = core.messageFormat(start, end);
    if (known === -1) {
      if (format === -1) return;
      this.isAnyKnown = true;
      core.keepMessage(start, end, format);
    } else if (known !== format) this.stop();
  }

  private find(format: string): number {
    const known = this.formats.indexOf(format);
    if (known !== -1 || this.formats.length === MAX_FORMATS) return known;
    return this.formats.push(format) - 1;
  }

  /** Leaves all lines to the parsers from here on. */
  private stop(): void {
    this.isOff = true;
    this.forget();
  }

  private forget(): void {
    this.isAnyKnown = false;
    this.core.forgetMessages();
  }

  /** Moves what was counted into the tally. */
  flush(tally: Tally): void {
    this.formats.forEach((format, index) => tally.addMessages(format, this.counts[index] ?? 0));
    this.counts.fill(0);
  }
}

function isPlain({ format, message }: ReadLine & { readonly kind: "message" }, line: string): boolean {
  return isCountedAlone(message) && !REMEMBERING.has(format) && !REMEMBERED.test(line) && !line.includes(MEMORY);
}
