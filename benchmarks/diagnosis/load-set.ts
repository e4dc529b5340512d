import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readOtlpLine } from "@faultline/formats/otlp";
import { CAUSES, type CauseId, type LogRecord, type MetricPoint, type Observations, type Span, type Window } from "@faultline/model";

/** What is right for a case. No service means that nothing must be diagnosed. */
export type Label = { readonly services: readonly string[]; readonly cause?: CauseId; readonly kind: string };

/** One case of a set, loaded only when it is its turn. */
export type Case = {
  readonly name: string;
  readonly label: Label;
  readonly window?: Window;
  readonly baseline?: Window;
  readonly load: () => Observations;
};

/** Cases of a directory: folders with OTLP lines, labels in `labels.jsonl` beside them or in `expected.json` inside them. */
export function loadSet(directory: string): readonly Case[] {
  const labels = readLabels(join(directory, "labels.jsonl"));
  return findCaseFolders(directory).map((folder) => {
    const name = basename(folder);
    const inside = join(folder, "expected.json");
    const label = labels.get(name) ?? (existsSync(inside) ? toLabel(readJson(inside)) : { services: [], kind: "healthy" });
    return { name, label, ...readWindows(join(folder, "case.json")), load: () => readFolder(folder) };
  });
}

function findCaseFolders(directory: string): readonly string[] {
  const found: string[] = [];
  for (const name of readdirSync(directory).sort()) {
    const path = join(directory, name);
    if (!statSync(path).isDirectory()) continue;
    if (readdirSync(path).some((file) => file.startsWith("traces.jsonl"))) found.push(path);
    else found.push(...findCaseFolders(path));
  }
  return found;
}

function readLabels(path: string): ReadonlyMap<string, Label> {
  const labels = new Map<string, Label>();
  if (!existsSync(path)) return labels;
  for (const line of readFileSync(path, "utf8").split("\n")) {
    if (line.trim() === "") continue;
    const label = parseRecord(line);
    labels.set(toText(label["case_id"]), toLabel(label));
  }
  return labels;
}

function toLabel(label: Readonly<Record<string, unknown>>): Label {
  const { service, services, cause } = label;
  const known = CAUSES.find((each) => each === cause);
  return {
    services: Array.isArray(services) ? services.map(toText) : service === undefined || service === null ? [] : [toText(service)],
    ...(known === undefined ? {} : { cause: known }),
    kind: toText(label["fault_type"] ?? label["product_class"] ?? cause ?? "?"),
  };
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readWindows(path: string): { window?: Window; baseline?: Window } {
  if (!existsSync(path)) return {};
  const windows = readJson(path)["windows_unix_nano"];
  if (typeof windows !== "object" || windows === null) return {};
  const read = (name: string): Window | undefined => {
    const pair: unknown = Reflect.get(windows, name);
    return Array.isArray(pair) ? { fromMs: Number(pair[0]) / 1e6, toMs: Number(pair[1]) / 1e6 } : undefined;
  };
  const [window, baseline] = [read("diagnose"), read("before")];
  return { ...(window === undefined ? {} : { window }), ...(baseline === undefined ? {} : { baseline }) };
}

function readJson(path: string): Readonly<Record<string, unknown>> {
  return parseRecord(readFileSync(path, "utf8"));
}

function parseRecord(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function readFolder(folder: string): Observations {
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  const metrics: MetricPoint[] = [];
  for (const name of readdirSync(folder).sort()) {
    if (!/\.jsonl(?:\.gz)?$/.test(name)) continue;
    const bytes = readFileSync(join(folder, name));
    const text = (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    for (const line of text.split("\n")) {
      const read = line === "" ? undefined : readOtlpLine(line);
      if (read?.ok !== true) continue;
      if (read.value.signal === "traces") spans.push(...read.value.decoded.items);
      else if (read.value.signal === "logs") logs.push(...read.value.decoded.items);
      else metrics.push(...read.value.decoded.items);
    }
  }
  return { spans, logs, metrics, changes: [], exchanges: [] };
}
