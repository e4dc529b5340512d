import type { ReadLine } from "@faultline/formats/access-log";
import type { HeardLine } from "../shapes/line-tokens.ts";
import { isCountedAlone, type Tally } from "../tally/tally.ts";

/** The core's exports for lines that are known messages; see message.h. */
export type MessageCore = {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly messageCountsAt: () => number;
  readonly forgetMessages: () => void;
  /** Counts a known line; 0 if the parsers must read it. */
  readonly countMessage: (start: number, end: number) => number;
  readonly keepMessage: (start: number, end: number, format: number) => void;
  /** The format of a known line, as it was kept; -1 for an unknown one. */
  readonly messageFormat: (start: number, end: number) => number;
};

const MAX_FORMATS = 32;
/** Formats whose readers use one line to understand another. None of their lines is skipped, and no line that may contain one of theirs. */
const REMEMBERING = new Set(["rails", "apigateway-execution", "w3c"]);
const REMEMBERED =
  /Started |Processing |Completed |Method|Execution|(?:Error|Exception|NotFound|Invalid|Timeout|Missing|Abort|Failed|Denied|Unknown|Refused|E[A-Z0-9]+)\w* \(/;
/** Names the fields of the lines that follow, whatever record it is in. */
const FIELDS = /#fields:|cs-method/i;
/** A platform's warnings about memory differ by their time. */
const MEMORY = "Error R1";

/**
 * A program's messages that the core counts by itself. What the parsers said about one message holds for all that differ from it only in a
 * time of day, in long numbers and in ids.
 */
export class KnownMessages {
  private readonly core: MessageCore;
  private readonly counts: Uint32Array;
  private readonly formats: string[] = [];
  private isOff: boolean;
  private isAnyKnown = false;

  /** The known messages of one log. If the log has time limits, each line's time matters, so no line is skipped. */
  constructor(core: MessageCore, { limits: { fromMs, toMs } }: Pick<Tally, "limits">) {
    this.core = core;
    this.counts = new Uint32Array(core.memory.buffer, core.messageCountsAt(), MAX_FORMATS);
    this.counts.fill(0);
    core.forgetMessages();
    this.isOff = fromMs !== undefined || toMs !== undefined;
  }

  /** Takes in each line that the parsers read. */
  hear({ start, end, line, read }: HeardLine): void {
    if (this.isOff) return;
    const { core } = this;
    // What pieces of a line continue is known to the parsers only, and the lines after a directive may be read differently.
    if (read.kind === "partial") return this.stop();
    const isMessage = read.kind === "message" && isPlain(read, line);
    // As long as no message is known, none has to be forgotten.
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

  /** Leaves all further lines to the parsers. */
  private stop(): void {
    this.isOff = true;
    this.forget();
  }

  private forget(): void {
    this.isAnyKnown = false;
    this.core.forgetMessages();
  }

  /** Moves the counts into the tally. */
  flush(tally: Tally): void {
    this.formats.forEach((format, index) => tally.addMessages(format, this.counts[index] ?? 0));
    this.counts.fill(0);
  }
}

function isPlain({ format, message }: ReadLine & { readonly kind: "message" }, line: string): boolean {
  return isCountedAlone(message) && !REMEMBERING.has(format) && !REMEMBERED.test(line) && !line.includes(MEMORY);
}
