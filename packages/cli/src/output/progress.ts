import type { CommandIo } from "../command.ts";

const REDRAW_MS = 200;

/** Columns that the bar takes beside its numbers. */
const BAR_COLUMNS = 60;

/** Shows progress, only on a terminal that can redraw a line (not TERM=dumb). `clock` returns milliseconds that never decrease. */
export class Progress {
  private readonly stderr: CommandIo["stderr"];
  private readonly isShown: boolean;
  private readonly totalBytes: number;
  private readonly clock: () => number;
  private readonly startMs: number;
  private drawnMs: number;
  private bytes = 0;
  private isDrawn = false;

  constructor({ stderr, env }: Pick<CommandIo, "stderr" | "env">, totalBytes: number, clock: () => number) {
    this.stderr = stderr;
    this.isShown = stderr.isTTY === true && env["TERM"] !== "dumb";
    this.totalBytes = totalBytes;
    this.clock = clock;
    this.startMs = clock();
    this.drawnMs = this.startMs;
  }

  add(bytes: number): void {
    this.bytes += bytes;
    if (!this.isShown) return;
    const nowMs = this.clock();
    if (nowMs - this.drawnMs < REDRAW_MS) return;
    this.drawnMs = nowMs;
    this.isDrawn = true;
    this.stderr.write(`\r\u001B[K${this.describe(nowMs)}`);
  }

  /** A line that fits the screen, since a wrapped line could not be redrawn. A terminal that does not know its width reports 0. */
  private describe(nowMs: number): string {
    const columns = this.stderr.columns || 80;
    const perSecond = (this.bytes / Math.max(1, nowMs - this.startMs)) * 1000;
    const rate = `${(perSecond / 1e6).toFixed(0)} MB/s`;
    if (this.totalBytes <= 0) return `${(this.bytes / 1e6).toFixed(0)} MB  ${rate}`.slice(0, columns - 1);
    const ratio = Math.min(1, this.bytes / this.totalBytes);
    const left = Math.ceil((this.totalBytes - this.bytes) / Math.max(1, perSecond));
    const bar = columns < BAR_COLUMNS ? "" : `${"█".repeat(Math.round(ratio * 24)).padEnd(24, "░")} `;
    return `${bar}${(ratio * 100).toFixed(0)} %  ${rate}  ${left} s left`.slice(0, columns - 1);
  }

  /** Removes the bar from the screen. */
  clear(): void {
    if (this.isDrawn) this.stderr.write("\r\u001B[K");
  }
}
