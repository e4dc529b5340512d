/** Writes an incident to its folder: small, without anything of the machine on which it was made. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Expected, IncidentFacts } from "../incident.ts";
import type { Takings } from "./stage.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** What a team would look at first; the rest of the runtime's metrics would be most of the bytes. */
const METRICS =
  /^(?:nodejs\.eventloop\.(?:delay\.(?:max|p99)|utilization)|v8js\.memory\.heap\.used|process\.|system\.|faultline\.|db\.client\.connection)/;
/** gzip's best: these bytes stay in the repository. */
const LEVEL = 9;

/** Writes `folder` anew. `lost` are services whose telemetry did not arrive. */
export function writeIncident(
  folder: string,
  { facts, expected, takings, lost = [] }: { facts: IncidentFacts; expected: Expected; takings: Takings; lost?: readonly string[] },
): number {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  const write = (name: string, text: string): void => {
    if (text === "") return;
    const data = name.endsWith(".gz") ? gzipSync(text, { level: LEVEL }) : Buffer.from(text);
    bytes += data.length;
    writeFileSync(join(folder, name), data);
  };
  const lines = takings.otlp.flatMap((line) => thinLine(line, lost));
  for (const [signal, key] of [
    ["traces", "resourceSpans"],
    ["logs", "resourceLogs"],
    ["metrics", "resourceMetrics"],
  ] as const) {
    write(
      `${signal}.jsonl.gz`,
      lines
        .filter((line) => line.startsWith(`{"${key}"`))
        .map((line) => `${scrub(line)}\n`)
        .join(""),
    );
  }
  for (const [name, text] of Object.entries(takings.logs)) {
    const wanted = lost.includes(name.split(".")[0] ?? "") ? "" : scrub(text);
    write(`${name}.gz`, wanted);
  }
  write("deploys.jsonl", takings.changes.map((change) => `${JSON.stringify(change)}\n`).join(""));
  write("incident.json", `${JSON.stringify(facts, null, 2)}\n`);
  write("expected.json", `${JSON.stringify(expected, null, 2)}\n`);
  return bytes;
}

type Group = {
  resource?: { attributes?: { key: string; value: { stringValue?: string } }[] };
  scopeMetrics?: { metrics?: { name: string }[] }[];
  scopeLogs?: { logRecords?: object[] }[];
};

/** A payload without services that were not heard of, and without metrics that nobody looks at. */
function thinLine(line: string, lost: readonly string[]): readonly string[] {
  const payload = JSON.parse(line) as Record<string, Group[]>;
  for (const key of ["resourceSpans", "resourceLogs", "resourceMetrics"]) {
    const groups = payload[key];
    if (groups === undefined) continue;
    const kept = groups.filter(
      ({ resource }) => !lost.includes(resource?.attributes?.find((each) => each.key === "service.name")?.value.stringValue ?? ""),
    );
    for (const group of kept) {
      for (const scope of group.scopeMetrics ?? []) scope.metrics = (scope.metrics ?? []).filter(({ name }) => METRICS.test(name));
      if (group.scopeMetrics !== undefined) group.scopeMetrics = group.scopeMetrics.filter(({ metrics }) => (metrics ?? []).length > 0);
    }
    const filled = kept.filter(({ scopeMetrics }) => scopeMetrics === undefined || scopeMetrics.length > 0);
    return filled.length === 0 ? [] : [JSON.stringify({ [key]: filled })];
  }
  return [];
}

function scrub(text: string): string {
  return text.replaceAll(ROOT, "/app/").replace(/\/tmp\/faultline-[\w-]+/g, "/srv/data");
}
