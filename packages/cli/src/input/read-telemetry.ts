import { type OtlpLine, readOtlpLine } from "@faultline/formats/otlp";
import { UsageError } from "../command.ts";
import { type LineSource, readLines } from "./read-lines.ts";

/** What receives the lines that were read. */
export type TelemetrySink = {
  readonly take: (line: OtlpLine) => void;
  /** Called when something was left out; reading goes on. */
  readonly warn: (sentence: string) => void;
  readonly onBytes?: (count: number) => void;
  /** Reduces a line before it is parsed; undefined when nothing of it is wanted. */
  readonly reduce?: (bytes: Uint8Array) => Uint8Array | undefined;
};

/** How many bytes of a line are enough to tell what it is. */
const LOOKED_AT = 200;
/** Warnings given for one file before the rest is only counted. */
const MAX_WARNINGS = 3;

/**
 * Reads OTLP/JSON lines, as the file exporter of an OpenTelemetry Collector writes them. A half-written last line is left out with
 * a warning; so are broken lines among good ones. A file without a single good line is refused.
 */
export async function readTelemetry(source: LineSource, sink: TelemetrySink): Promise<void> {
  let good = 0;
  let bad = 0;
  let firstError = "";
  let first = "";
  for await (const { bytes, number, isUnfinished } of readLines(source, sink.onBytes)) {
    if (isBlank(bytes)) continue;
    const wanted = sink.reduce === undefined ? bytes : sink.reduce(bytes);
    if (wanted === undefined) {
      good += 1;
      continue;
    }
    const line = readOtlpLine(wanted);
    if (line.ok) {
      good += 1;
      sink.take(line.value);
      if (line.value.decoded.rejected > 0) {
        sink.warn(
          `${source.name}: line ${number}: ${line.value.decoded.rejected} items left out: ${line.value.decoded.rejectedBecause ?? ""}`,
        );
      }
      continue;
    }
    bad += 1;
    if (bad === 1) first = Buffer.from(wanted.subarray(0, LOOKED_AT)).toString("latin1");
    firstError ||= `line ${number}: ${line.error}`;
    const sentence = isUnfinished ? "the last line is half-written" : line.error;
    if (good > 0 && bad <= MAX_WARNINGS) sink.warn(`${source.name}: line ${number} left out: ${sentence}`);
  }
  if (good === 0 && bad > 0) throw new UsageError(`${source.name} is no OTLP/JSON lines file: ${firstError}${suggest(first)}`);
  if (bad > MAX_WARNINGS) sink.warn(`${source.name}: ${bad} lines left out in all`);
}

/** What to do about a file that holds no telemetry, judged by how its first line begins. */
function suggest(first: string): string {
  if (/[\u0000-\u0008\u000e-\u001a]/.test(first))
    return "; it is binary: export OTLP as JSON lines (the Collector's file exporter, format: json)";
  if (/^\s*[{[]\s*$/.test(first)) return "; JSON over several lines becomes one line by: jq -c . FILE";
  if (/^\s*\{/.test(first)) return "";
  return "; of log lines, faultline logs says which routes fail";
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.length === 0 || (bytes.length < 3 && bytes.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09));
}
