/** What a scenario may start and do. Everything that was started here ends with the stage. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CauseId, Change } from "@faultline/model";
import { createTelemetrySink, type TelemetrySink } from "../../../demo/src/capture/sink.ts";
import { findFreePort, launchProxy, readVersion, type RunningProxy } from "../../rig/real-proxies.ts";
import type { ServicePlan } from "../services/plan.ts";
import type { Expected } from "../incident.ts";
import type { Crew, RunningService, ServiceStart } from "./crew.ts";
import { type RunningDatabase, startPostgres, startRedis } from "./databases.ts";
import type { Dice } from "./dice.ts";
import { PROXY_FILES, type ProxyPlan, TRACED_COMBINED } from "./proxies.ts";
import { startRelay } from "./relay.ts";
import type { Sign, Sources } from "./signs.ts";
import { until } from "./until.ts";

/** One request of the load. */
export type LoadRequest = {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** What goes with it and is no part of the symptom. */
  readonly isNoise?: boolean;
};

/** How requests arrive. */
export type Load = {
  readonly port: number;
  readonly count: number;
  readonly perSecond: number;
  /** Clients that begin the trace themselves and say so: what proxies log can then be joined. */
  readonly isTraced: boolean;
  readonly next: (index: number) => LoadRequest;
  /** Called before a request of that number is sent; before the first of these nothing may fail. */
  readonly at?: Readonly<Record<number, () => unknown>>;
  /** The fault comes later: nothing may fail. */
  readonly isBefore?: boolean;
};

/** What the clients saw. */
export type Seen = {
  failing: number;
  requests: number;
  /** Those that failed before the fault was there. */
  early: number;
  readonly statuses: Map<number, number>;
};

/** What was gathered while the stage stood. */
export type Takings = {
  readonly otlp: readonly string[];
  readonly logs: Readonly<Record<string, string>>;
  readonly logFormats: Readonly<Record<string, string>>;
  readonly changes: readonly Change[];
  readonly software: readonly string[];
  /** What only the generator is told. */
  readonly sources: Sources;
};

const HEALTH = { method: "GET", path: "/healthz", steps: [] } as const;
/** A little more than an interval between two reports of metrics. */
const SETTLE_MS = 1200;
/** A request of the stage's own, which stays out of the log. */
const FIRST_LINE = "/healthz?first-line";

/** Ways that came to a scenario later, and the even seed from which on they take turns. */
export type Later<T> = { readonly from: number; readonly ways: readonly T[] };

/** A place for one incident. */
export class Stage {
  readonly dice: Dice;
  readonly seed: number;
  readonly folder = createFolder();
  readonly #crew: Crew;
  readonly #sink: TelemetrySink;
  readonly #services: RunningService[] = [];
  readonly #closing: (() => unknown)[] = [];
  readonly #proxies: StagedProxy[] = [];
  readonly #changes: Change[] = [];
  readonly #software = new Set<string>();
  /** Responses that the load got, by the port that it was sent to. */
  readonly #answered = new Map<number, number>();
  #startedAt = 0;
  readonly seen: Seen = { failing: 0, requests: 0, early: 0, statuses: new Map() };

  private constructor({ dice, seed, crew, sink }: { dice: Dice; seed: number; crew: Crew; sink: TelemetrySink }) {
    this.dice = dice;
    this.seed = seed;
    this.#crew = crew;
    this.#sink = sink;
  }

  /** A stage with an ear for telemetry and nothing on it. */
  static async open(options: { dice: Dice; seed: number; crew: Crew }): Promise<Stage> {
    return new Stage({ ...options, sink: await createTelemetrySink() });
  }

  /** One of several ways, so that both halves of the seeds get every way. */
  way<T>(ways: readonly T[], later?: Later<T>): T {
    // What was thought of later is for later seeds, so that the earlier ones stay what they were.
    const [list, from] = later === undefined || this.seed < later.from ? [ways, 0] : [later.ways, later.from];
    return list[Math.floor((this.seed - from) / 2) % list.length]; // inside the list by the remainder
  }

  async service(
    plan: ServicePlan,
    more: { env?: Readonly<Record<string, string>>; port?: number; alone?: ServiceStart["alone"] } = {},
  ): Promise<RunningService> {
    const { service, version, instance, region } = plan;
    const attributes = { "service.version": version, "service.instance.id": instance, "cloud.region": region };
    const env = {
      OTEL_SERVICE_NAME: service,
      OTEL_RESOURCE_ATTRIBUTES: Object.entries(attributes)
        .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
        .join(","),
      OTEL_NODE_RESOURCE_DETECTORS: "env",
      OTEL_EXPORTER_OTLP_ENDPOINT: this.#sink.endpoint,
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_LOGS_EXPORTER: "otlp",
      OTEL_METRICS_EXPORTER: "otlp",
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_METRIC_EXPORT_TIMEOUT: "900",
      OTEL_BSP_SCHEDULE_DELAY: "100",
      OTEL_BLRP_SCHEDULE_DELAY: "100",
      ...more.env,
    };
    const { port, alone } = more;
    const routes = plan.routes.some(({ path }) => path === "/healthz") ? plan.routes : [...plan.routes, HEALTH];
    const started = await this.#crew.start({
      plan: { ...plan, routes },
      env,
      ...(port === undefined ? {} : { port }),
      ...(alone === undefined ? {} : { alone }),
    });
    this.#services.push(started);
    this.#startedAt = performance.now();
    // As an orchestrator asks before it sends traffic; what is slow the first time is slow now.
    if (plan.tls === undefined) await fetch(`http://127.0.0.1:${started.port}/healthz`).then((response) => response.text());
    this.#software.add(`Node ${process.version} with ${plan.framework}, watched by ${plan.watch}`);
    return started;
  }

  async proxy(plan: ProxyPlan, name: string = plan.kind): Promise<RunningProxy & { readonly port: number }> {
    const port = await findFreePort();
    const proxy = await launchProxy(plan.kind, port, (directory) => PROXY_FILES[plan.kind](plan, { directory, port }));
    this.#proxies.push({ name, port, proxy, writer: plan.kind === "varnish" ? await startLogWriter(proxy) : undefined });
    this.#software.add(readVersion(plan.kind));
    return { ...proxy, port };
  }

  async postgres(options?: Parameters<typeof startPostgres>[0]): Promise<RunningDatabase> {
    return this.#keep(await startPostgres(options), "PostgreSQL");
  }

  async redis(settings?: readonly string[]): Promise<RunningDatabase> {
    return this.#keep(await startRedis(settings), "Redis");
  }

  #keep(database: RunningDatabase, name: string): RunningDatabase {
    this.#software.add(name);
    this.#closing.push(() => database.stop());
    return database;
  }

  async relay(port: number, delayMs: number): Promise<number> {
    const relay = await startRelay(port, delayMs);
    this.#closing.push(() => relay.close());
    return relay.port;
  }

  onClose(close: () => unknown): void {
    this.#closing.push(close);
  }

  /** Notes a change as a deployment tool would announce it. */
  change(change: Omit<Change, "timeMs" | "source">): void {
    this.#changes.push({ ...change, timeMs: Date.now(), source: "declared" });
  }

  /** Sends the load, open loop, and counts what came back. */
  async load({ port, count, perSecond, isTraced, next, at = {}, isBefore = false }: Load): Promise<void> {
    // What starting cost is measured and reported first: a service that has just come stood still for a while.
    await sleep(Math.max(0, SETTLE_MS - (performance.now() - this.#startedAt)));
    const open: Promise<void>[] = [];
    const faultFrom = isBefore ? count : Math.min(...Object.keys(at).map(Number));
    for (let index = 0; index < count; index += 1) {
      if (index === faultFrom) await Promise.all(open);
      await at[index]?.();
      open.push(this.#send(port, next(index), { isTraced, isEarly: Number.isFinite(faultFrom) && index < faultFrom }));
      await sleep((1000 / perSecond) * (0.5 + Math.random()));
    }
    await Promise.all(open);
  }

  async #send(
    port: number,
    { method = "GET", path, body, headers, isNoise = false }: LoadRequest,
    { isTraced, isEarly }: { isTraced: boolean; isEarly: boolean },
  ): Promise<void> {
    const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join("");
    const traced = isTraced ? { traceparent: `00-${hex(32)}-${hex(16)}-01`, "x-request-id": hex(20) } : {};
    const status = await new Promise<number>((resolve) => {
      const type = body === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
      const options = {
        host: "127.0.0.1",
        port,
        method,
        path,
        agent: false,
        headers: { host: "shop.example", "user-agent": "shop-app/4.2", ...traced, ...type, ...headers },
      };
      const outgoing = request(options, (response) => {
        response.resume();
        response.on("end", () => resolve(response.statusCode ?? 0)).on("error", () => resolve(0));
      });
      outgoing.setTimeout(15_000, () => outgoing.destroy());
      outgoing.on("error", () => resolve(0));
      outgoing.end(body);
    });
    if (status > 0) this.#answered.set(port, (this.#answered.get(port) ?? 0) + 1);
    if (isNoise) return;
    this.seen.requests += 1;
    this.seen.statuses.set(status, (this.seen.statuses.get(status) ?? 0) + 1);
    if (status < 500 && status !== 0) return;
    this.seen.failing += 1;
    if (isEarly) this.seen.early += 1;
  }

  /** Ends all that was started, the services first so that their telemetry comes, and hands over what was gathered. */
  async close(): Promise<Takings> {
    const logs: Record<string, string> = {};
    const logFormats: Record<string, string> = {};
    // The front first: whoever still asks must not find the service behind it gone.
    for (const service of this.#services.toReversed()) await service.end().catch(() => undefined);
    const sources: Record<string, Map<string, number>> = {
      supervisor: countWords(this.#changes.map(({ description = "" }) => description)),
    };
    for (const service of this.#services)
      sources[`${service.plan.service} ${service.plan.instance ?? ""}`] = new Map(Object.entries(service.notes()));
    for (const staged of this.#proxies) {
      const { name, proxy, writer } = staged;
      await this.#waitForLines(staged);
      writer?.kill();
      for (const kind of ["access", "error"] as const) {
        const text = readLog(proxy, kind);
        if (text.trim() === "") continue;
        sources[`${name}.${kind}.log`] = countWords(text.split("\n"));
        logs[`${name}.${kind}.log`] = text.replaceAll(proxy.directory, `/var/lib/${proxy.name}`);
        if (kind === "access" && (proxy.name === "apache" || proxy.name === "varnish"))
          logFormats[`${name}.access.log.gz`] = TRACED_COMBINED;
      }
      await proxy.close();
    }
    for (const close of this.#closing.reverse()) await close();
    const otlp = this.#sink.take();
    await this.#sink.close();
    rmSync(this.folder, { recursive: true, force: true });
    return { otlp, logs, logFormats, changes: this.#changes, software: [...this.#software].sort(), sources };
  }

  /** A line reaches a log after its response: there must be one for each response of the load. */
  async #waitForLines({ port, proxy }: StagedProxy): Promise<void> {
    const due = this.#answered.get(port) ?? 0;
    const count = (): number => readLog(proxy, "access").match(/\b(?:GET|POST)\b/g)?.length ?? 0;
    await until(() => count() >= due, `${due} lines of ${proxy.name}`);
  }
}

type StagedProxy = {
  readonly name: string;
  readonly port: number;
  readonly proxy: RunningProxy;
  readonly writer: ChildProcess | undefined;
};

function countWords(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** What a proxy wrote; HAProxy writes all of it where its output goes. */
function readLog(proxy: RunningProxy, kind: "access" | "error"): string {
  const file = join(proxy.directory, `${kind}.log`);
  const text = existsSync(file) ? readFileSync(file, "utf8") : proxy.name === "haproxy" && kind === "access" ? proxy.log() : "";
  return text.includes(FIRST_LINE) ? text.replace(FIRST_LINES, "") : text;
}

const FIRST_LINES = new RegExp(`^.*${FIRST_LINE.replace("?", "\\?")}.*\n`, "gm");

/** Open to the user that PostgreSQL runs as. */
function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "faultline-incident-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** varnishd keeps its log in memory; this program writes it down, and only what comes after it has found that memory. */
async function startLogWriter(proxy: RunningProxy): Promise<ChildProcess> {
  const file = join(proxy.directory, "access.log");
  const args = ["-n", join(proxy.directory, "state"), "-t", "10", "-F", TRACED_COMBINED, "-w", file];
  const writer = spawn("/usr/bin/varnishncsa", args, { stdio: "ignore" });
  await until(async () => {
    await fetch(`${proxy.url}${FIRST_LINE}`).then((response) => response.text());
    return existsSync(file) && readFileSync(file, "utf8").includes(FIRST_LINE);
  }, "the first line of Varnish");
  return writer;
}

/** What a scenario says is right, once it has been played. */
export type Played = {
  readonly service?: string;
  readonly route?: string;
  readonly creators: readonly string[];
  readonly path: Expected["isolate"]["path"];
  readonly diagnose: Expected["diagnose"];
  /** By what the fault is known to be there, when not by the usual sign of its cause. */
  readonly sign?: Sign;
  /** Services whose telemetry never reached anybody. */
  readonly lost?: readonly string[];
};

/** One kind of incident: it sets the stage, plays, and says what is right. */
export type Scenario = {
  readonly cause: CauseId | "negatives";
  readonly count: number;
  readonly play: (stage: Stage) => Promise<Played & { readonly name: string; readonly negative?: string }>;
};
