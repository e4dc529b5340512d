/** The whole shop: its processes in the order in which they need each other, and what its operators can do to it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { GatewaySwitch } from "../gateway/main.ts";
import type { LoadSwitch } from "../load/main.ts";
import type { ProviderSwitch } from "../payment-provider/main.ts";
import { SCHEMA } from "../database/schema.ts";
import { type ShopProcess, startProcess } from "./process.ts";

/** Where telemetry goes, and how much traffic there is. */
export type ShopOptions = {
  /** Base URL of an OTLP/HTTP receiver. */
  readonly otlpEndpoint: string;
  readonly otlpProtocol: "http/protobuf" | "http/json";
  /** Ordinary requests per second. */
  readonly rate: number;
  readonly seed: number;
  /** A real PostgreSQL; without it PGlite is started. */
  readonly databaseUrl?: string;
};

/** A running shop, as its operators see it. */
export type Shop = {
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
  tellGateway(order: GatewaySwitch): void;
  tellProvider(order: ProviderSwitch): void;
  tellLoad(order: LoadSwitch): void;
  /** Publishes the exchange rates that payments read; `undefined` publishes a file without any. */
  publishRates(perEuro: Readonly<Record<string, number>> | undefined): Promise<void>;
  /** Rolls the American storefront to another release: the new process takes the traffic, then the old one ends. */
  deployStorefront(release: StorefrontRelease): Promise<void>;
  close(): Promise<void>;
};

/** A version of the storefront and the secrets that its deployment brings along. */
export type StorefrontRelease = { readonly version: string; readonly signingKey?: string };

/** The release the shop starts with. */
export const GOOD_RELEASE: StorefrontRelease = { version: "2.4.1", signingKey: "k3y-of-the-demo" };
/** What one euro buys. */
export const GOOD_RATES = { EUR: 1, USD: 1.08, GBP: 0.84 };

const TELEMETRY = fileURLToPath(new URL("../telemetry.ts", import.meta.url));

/** These bring our guard with them and no OpenTelemetry SDK. */
const GUARDED: ReadonlySet<string> = new Set(["payments"]);

type Identity = { readonly service: string; readonly version: string; readonly region: string; readonly instance: string };

function describeTelemetry(options: ShopOptions, { service, version, region, instance }: Identity): Record<string, string> {
  return {
    SERVICE_VERSION: version,
    SERVICE_REGION: region,
    SERVICE_INSTANCE: instance,
    OTEL_SERVICE_NAME: service,
    OTEL_RESOURCE_ATTRIBUTES: `service.version=${version},service.instance.id=${instance},cloud.region=${region},deployment.environment.name=demo`,
    OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpEndpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: options.otlpProtocol,
    OTEL_TRACES_EXPORTER: "otlp",
    OTEL_LOGS_EXPORTER: "otlp",
    OTEL_METRICS_EXPORTER: "otlp",
    OTEL_NODE_ENABLED_INSTRUMENTATIONS: "http,express,undici,pg,pino,runtime-node",
    OTEL_NODE_RESOURCE_DETECTORS: "env",
    OTEL_BSP_SCHEDULE_DELAY: "400",
    OTEL_BSP_MAX_QUEUE_SIZE: "16384",
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "2048",
    OTEL_BLRP_SCHEDULE_DELAY: "400",
    OTEL_METRIC_EXPORT_INTERVAL: "2000",
    OTEL_METRIC_EXPORT_TIMEOUT: "1500",
  };
}

async function prepareDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(SCHEMA);
  await client.end();
}

/** Starts processes and remembers them, so that a start that fails half-way leaves nothing behind. */
class Crew {
  readonly #options: ShopOptions;
  readonly #running = new Set<ShopProcess>();

  constructor(options: ShopOptions) {
    this.#options = options;
  }

  async start(folder: string, env: Readonly<Record<string, string | undefined>>, identity?: Identity): Promise<ShopProcess> {
    const started = await startProcess({
      name: identity?.instance ?? folder,
      folder,
      nodeOptions: identity === undefined || GUARDED.has(identity.service) ? [] : ["--import", TELEMETRY],
      env: identity === undefined ? env : { ...describeTelemetry(this.#options, identity), ...env },
    });
    this.#running.add(started);
    return started;
  }

  async stop(one: ShopProcess): Promise<void> {
    this.#running.delete(one);
    await one.stop();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].reverse().map((one) => this.stop(one)));
  }
}

function nameHost(host: string, { port }: ShopProcess): string {
  return `http://${host}:${port}`;
}

/** The gateway's last requests to a process that is being replaced are on their way for at most this long. */
const DRAIN_MS = 1_500;
const EUROPE = "eu-west-1";
const AMERICA = "us-east-1";

type Backends = { readonly databaseUrl: string; readonly provider: ShopProcess; readonly urls: Readonly<Record<string, string>> };

/** Everything behind the storefront. What does not need one another starts at the same time. */
async function startBackends(crew: Crew, options: ShopOptions, ratesFile: string): Promise<Backends> {
  const preparing = (async () => {
    const url = options.databaseUrl ?? `postgres://postgres:postgres@127.0.0.1:${(await crew.start("database", {})).port}/postgres`;
    await prepareDatabase(url);
    return url;
  })();
  const [databaseUrl, provider, inventory] = await Promise.all([
    preparing,
    crew.start("payment-provider", {}),
    crew.start("inventory", {}),
  ]);
  const PROVIDER_URL = nameHost("api.payco.example", provider);
  const payments = await crew.start(
    "payments",
    { PROVIDER_URL, RATES_FILE: ratesFile },
    { service: "payments", version: "3.0.2", region: EUROPE, instance: "payments-1" },
  );
  const PAYMENTS_URL = nameHost("payments", payments);
  const orders = await crew.start(
    "orders",
    { DATABASE_URL: databaseUrl, PAYMENTS_URL },
    { service: "orders", version: "5.7.0", region: EUROPE, instance: "orders-1" },
  );
  return {
    databaseUrl,
    provider,
    urls: { PROVIDER_URL, PAYMENTS_URL, ORDERS_URL: nameHost("orders", orders), INVENTORY_URL: nameHost("inventory", inventory) },
  };
}

let deployments = 0;

function startStorefront(crew: Crew, backends: Backends, where: { region: string; release: StorefrontRelease }): Promise<ShopProcess> {
  deployments += 1;
  const { region, release } = where;
  return crew.start(
    "storefront",
    { ...backends.urls, CART_SIGNING_KEY: release.signingKey },
    { service: "storefront", version: release.version, region, instance: `storefront-${region}-${deployments}` },
  );
}

async function assembleShop(crew: Crew, options: ShopOptions, folder: string): Promise<Shop> {
  const ratesFile = join(folder, "rates.json");
  const publishRates: Shop["publishRates"] = (perEuro) => writeFile(ratesFile, JSON.stringify({ publishedBy: "finance", perEuro }));
  await publishRates(GOOD_RATES);
  const backends = await startBackends(crew, options, ratesFile);
  const [europe, firstAmerica] = await Promise.all([
    startStorefront(crew, backends, { region: EUROPE, release: GOOD_RELEASE }),
    startStorefront(crew, backends, { region: AMERICA, release: GOOD_RELEASE }),
  ]);
  let america = firstAmerica;
  const listStorefronts = (): string[] => [nameHost("storefront", europe), nameHost("storefront", america)];
  const gateway = await crew.start(
    "gateway",
    { STOREFRONT_URL: nameHost("storefront", europe), PAYMENTS_URL: backends.urls.PAYMENTS_URL },
    { service: "gateway", version: "1.8.0", region: EUROPE, instance: "gateway-1" },
  );
  gateway.tell({ storefront: listStorefronts() } satisfies GatewaySwitch);
  const gatewayUrl = `http://127.0.0.1:${gateway.port}`;
  const load = await crew.start("load", { GATEWAY_URL: gatewayUrl, LOAD_RATE: `${options.rate}`, LOAD_SEED: `${options.seed}` });
  return {
    gatewayUrl,
    databaseUrl: backends.databaseUrl,
    tellGateway: (order) => gateway.tell(order),
    tellProvider: (order) => backends.provider.tell(order),
    tellLoad: (order) => load.tell(order),
    publishRates,
    async deployStorefront(release) {
      const before = america;
      america = await startStorefront(crew, backends, { region: AMERICA, release });
      gateway.tell({ storefront: listStorefronts() } satisfies GatewaySwitch);
      await sleep(DRAIN_MS);
      await crew.stop(before);
    },
    async close() {
      await crew.stop(load);
      await crew.stopAll();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the shop. When one of its processes cannot start, those that did are ended and the reason is thrown. */
export async function startShop(options: ShopOptions): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), "faultline-demo-"));
  const crew = new Crew(options);
  try {
    return await assembleShop(crew, options, folder);
  } catch (error) {
    await crew.stopAll();
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
