/** The written incidents as the benchmark and the tests read them. Nothing is stored: each is generated anew, seeded by its scene's name. */
import { createLineReader } from "@faultline/formats/access-log";
import { readOtlpLine } from "@faultline/formats/otlp";
import type { Exchange, LogRecord, MetricPoint, Observations, Span } from "@faultline/model";
import { createDice } from "../incidents/generator/dice.ts";
import type { Incident } from "../incidents/incident.ts";
import { type Scene, type Turn, dueVerdict } from "./plan.ts";
import { READ_HALF } from "./read-half.ts";
import { SCENES } from "./scenes/index.ts";
import { Pen } from "./write-otlp.ts";

/** When every written incident begins. */
const BEGIN_MS = Date.UTC(2026, 10, 18, 9, 30);

type Played = { readonly observations: Observations; readonly failing: number; readonly requests: number };

/** All of them, in source order. */
export function listStackIncidents(): readonly Incident[] {
  return SCENES.map((scene, seed) => toIncident(scene, { seed, half: READ_HALF.has(scene.name) ? "read" : "unread" }));
}

function toIncident(scene: Scene, { seed, half }: { seed: number; half: "read" | "unread" }): Incident {
  const played = playScene(scene);
  const { name, batch, negative, creators = [], path = [], seen } = scene;
  return {
    folder: name,
    facts: {
      name,
      scenario: scene.cause ?? "negatives",
      seed,
      half,
      ...(batch === undefined ? {} : { batch }),
      ...(negative === undefined ? {} : { negative }),
      made: new Date(BEGIN_MS).toISOString(),
      software: [scene.software],
      logFormats: {},
    },
    expected: {
      detect: { failing: played.failing, requests: played.requests, ...seen },
      isolate: { creators, path },
      diagnose: dueVerdict(scene),
    },
    load: () => played.observations,
  };
}

/** Generates the telemetry that a scene's system would have sent. */
export function playScene(scene: Scene): Played {
  const { requests = 60, everyMs = 400, onset = 0, share = 1, visit, access } = scene;
  const dice = createDice(scene.name, 1);
  const pen = new Pen(dice);
  const lines: string[] = [];
  let failing = 0;
  for (let index = 0; index < requests; index += 1) {
    const atMs = index * everyMs + dice.whole(0, Math.floor(everyMs / 3));
    const turn: Turn = { index, atMs, isBad: index >= onset && dice.chance(share), dice };
    const each = visit?.(turn);
    if (turn.isBad || (each?.status ?? 0) >= 500) failing += 1;
    if (each !== undefined) pen.request(each, BEGIN_MS + atMs);
    if (access !== undefined) lines.push(access.line(turn, new Date(BEGIN_MS + atMs)));
  }
  for (const { app, atMs, line } of scene.beside?.lines ?? []) pen.line(app, { line, timeMs: BEGIN_MS + atMs });
  for (const { app, name, unit = "1", points, attributes = {} } of scene.beside?.metrics ?? [])
    pen.gauge(app, { name, unit, attributes, points: points.map(([atMs, value]) => [BEGIN_MS + atMs, value] as const) });
  return { observations: observe(pen, scene, lines), failing, requests };
}

function observe({ telemetry }: Pen, scene: Scene, lines: readonly string[]): Observations {
  const spans: Span[] = [];
  const logs: LogRecord[] = [];
  const metrics: MetricPoint[] = [];
  for (const line of [...(scene.hasNoSpans === true ? [] : telemetry.traces), ...telemetry.logs, ...telemetry.metrics]) {
    const read = readOtlpLine(line);
    if (!read.ok) throw new Error(`a written line is no OTLP: ${read.error}`);
    const { signal, decoded } = read.value;
    if (signal === "traces") spans.push(...decoded.items);
    else if (signal === "logs") logs.push(...decoded.items);
    else metrics.push(...decoded.items);
  }
  const changes = (scene.beside?.changes ?? []).map(({ atMs, ...rest }) => ({
    ...rest,
    timeMs: BEGIN_MS + atMs,
    source: "declared" as const,
  }));
  return { spans, logs, metrics, changes, exchanges: readExchanges(scene, lines) };
}

function readExchanges({ access }: Scene, lines: readonly string[]): readonly Exchange[] {
  const reader = createLineReader({ context: { nowMs: BEGIN_MS, zoneOffsetMinutes: 0 } });
  return lines.flatMap((line) => {
    const read = reader.read(line);
    if (read.kind !== "exchange") throw new Error(`a written line of ${access?.file ?? "a proxy"} was not read: ${line}`);
    return [{ ...read.exchange, observer: { ...read.exchange.observer, name: access?.file.split(".")[0] ?? "proxy" } }];
  });
}
