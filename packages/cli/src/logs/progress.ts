import type { CommandIo } from "../command.ts";

const REDRAW_MS = 200;

/** Shows how far the reading is, on a terminal only. `clock` gives ms that only ever grow. */
export class Progress {
  private readonly stderr: CommandIo["stderr"];
  private readonly totalBytes: number;
  private readonly clock: () => number;
  private readonly startMs: number;
  private drawnMs: number;
  private bytes = 0;
  private isDrawn = false;

  constructor(stderr: CommandIo["stderr"], totalBytes: number, clock: () => number) {
    this.stderr = stderr;
    this.totalBytes = totalBytes;
    this.clock = clock;
    this.startMs = clock();
    this.drawnMs = this.startMs;
  }

  add(bytes: number): void {
    this.bytes += bytes;
    if (this.stderr.isTTY !== true) return;
    const nowMs = this.clock();
    if (nowMs - this.drawnMs < REDRAW_MS) return;
    this.drawnMs = nowMs;
    this.isDrawn = true;
    const perSecond = (this.bytes / Math.max(1, nowMs - this.startMs)) * 1000;
    const rate = `${(perSecond / 1e6).toFixed(0)} MB/s`;
    if (this.totalBytes <= 0) {
      this.stderr.write(`\r\u001B[K${(this.bytes / 1e6).toFixed(0)} MB  ${rate}`);
      return;
    }
    const ratio = Math.min(1, this.bytes / this.totalBytes);
    const left = Math.ceil((this.totalBytes - this.bytes) / Math.max(1, perSecond));
    const bar = "█".repeat(Math.round(ratio * 24)).padEnd(24, "░");
    this.stderr.write(`\r\u001B[K${bar} ${(ratio * 100).toFixed(0)} %  ${rate}  ${left} s left`);
  }

  /** Takes the bar off the screen. */
  clear(): void {
    if (this.isDrawn) this.stderr.write("\r\u001B[K");
  }
}
