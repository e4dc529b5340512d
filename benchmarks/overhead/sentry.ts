/**
 * Loaded before the app in the variant `sentry`: @sentry/node with its defaults and tracing left out, which is its cheapest setting that
 * still tells of errors. It weighs 90 MB and is no dependency of this repository: `PEERS` names a folder in which it was installed.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

type Sentry = {
  init(options: { dsn: string }): void;
  flush(timeoutMs: number): Promise<boolean>;
  setupExpressErrorHandler(app: unknown): void;
  setupFastifyErrorHandler(app: unknown): void;
  captureException(thrown: unknown): void;
};

const sentry = createRequire(join(process.env["PEERS"] ?? "", "index.js"))("@sentry/node") as Sentry;
sentry.init({ dsn: `http://key@${new URL(process.env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "").host}/1` });
Object.assign(globalThis, {
  sendCollected: () => sentry.flush(2_000),
  watchErrors: {
    express: (app: unknown) => sentry.setupExpressErrorHandler(app),
    fastify: (app: unknown) => sentry.setupFastifyErrorHandler(app),
    hono: (thrown: unknown) => sentry.captureException(thrown),
  },
});
