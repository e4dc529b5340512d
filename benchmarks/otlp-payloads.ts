/** Trace payloads as a fleet of instrumented services would send them; the same for the same seed. */
import { encodeTraces, encodeTracesJson } from "@faultline/formats/otlp-encode";
import type { Attributes, Resource, Span } from "@faultline/model";
import { createRandom } from "../tests/rig/seeded-random.ts";

/** What a set of payloads looks like. */
export type PayloadPlan = {
  readonly spans: number;
  /** Spans of each trace; a trace lies in one payload. */
  readonly spansPerTrace: number;
  /** Share of traces that fail, with an exception event on one span. */
  readonly failingRatio: number;
  readonly seed: number;
  /** Unix ms of the first span. */
  readonly startMs: number;
};

const ROUTES = Array.from({ length: 50 }, (_, index) => `/api/v1/resource-${index}/{id}`);
const STACK = Array.from({ length: 12 }, (_, index) => `    at handler${index} (/srv/app/routes/orders.js:${100 + index}:17)`).join("\n");

/** Resources of a service in a few instances. */
function createResources(random: () => number): Resource[] {
  return Array.from({ length: 4 }, (_, index) => {
    const attributes: Attributes = {
      "service.name": ["storefront", "orders", "payments", "inventory"][index],
      "service.version": "1.14.2",
      "service.instance.id": `pod-${Math.floor(random() * 1e9).toString(36)}`,
      "cloud.region": "eu-west-1",
      "telemetry.sdk.language": "nodejs",
      "telemetry.sdk.version": "2.1.0",
      "process.runtime.version": "24.1.0",
      "deployment.environment.name": "production",
    };
    return { service: String(attributes["service.name"]), version: "1.14.2", region: "eu-west-1", attributes };
  });
}

function createId(random: () => number, words: number): string {
  return Array.from({ length: words }, () =>
    Math.floor(random() * 0xffffffff + 1)
      .toString(16)
      .padStart(8, "0")
      .slice(-8),
  ).join("");
}

function toServerAttributes(random: () => number, status: number): Attributes {
  const route = ROUTES[Math.floor(random() * ROUTES.length)]!;
  return {
    "http.request.method": random() < 0.8 ? "GET" : "POST",
    "url.path": route.replace("{id}", String(Math.floor(random() * 1e6))),
    "url.scheme": "https",
    "http.route": route,
    "http.response.status_code": status,
    "server.address": "shop.example",
    "server.port": 443,
    "network.protocol.version": "1.1",
    "client.address": `10.0.${Math.floor(random() * 255)}.${Math.floor(random() * 255)}`,
    "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36",
    ...(random() < 0.5 ? { "tenant.id": `tenant-${Math.floor(random() * 200)}` } : {}),
    ...(status >= 500 ? { "error.type": String(status) } : {}),
  };
}

function toDatabaseAttributes(random: () => number): Attributes {
  return {
    "db.system.name": "postgresql",
    "db.namespace": "shop",
    "db.query.text": "SELECT id, name, price FROM products WHERE id = $1 AND deleted_at IS NULL",
    "db.operation.name": "SELECT",
    "db.collection.name": "products",
    "server.address": "db.internal",
    "server.port": 5432,
    "thread.id": Math.floor(random() * 16),
    "thread.name": "worker",
    "code.function.name": "findProduct",
  };
}

/** The spans of one payload. */
export function createSpans(plan: PayloadPlan): Span[] {
  const random = createRandom(plan.seed);
  // A fleet of sixteen processes, which send again and again.
  const resources = createResources(createRandom(plan.seed % 4));
  const spans: Span[] = [];
  while (spans.length < plan.spans) {
    const traceId = createId(random, 4);
    const isFailing = random() < plan.failingRatio;
    let parentSpanId: string | undefined;
    for (let index = 0; index < plan.spansPerTrace && spans.length < plan.spans; index += 1) {
      const spanId = createId(random, 2);
      const isServer = index % 2 === 0;
      const startMs = plan.startMs + spans.length + index;
      const fails = isFailing && index === 0;
      spans.push({
        traceId,
        spanId,
        ...(parentSpanId === undefined ? {} : { parentSpanId }),
        name: isServer ? "GET /api" : "SELECT products",
        kind: isServer ? "server" : "client",
        startMs,
        endMs: startMs + 1 + random() * 80,
        status: fails ? "error" : "unset",
        attributes: isServer ? toServerAttributes(random, fails ? 500 : 200) : toDatabaseAttributes(random),
        events: fails
          ? [
              {
                name: "exception",
                timeMs: startMs,
                attributes: {
                  "exception.type": "TypeError",
                  "exception.message": "Cannot read properties of undefined (reading 'price')",
                  "exception.stacktrace": STACK,
                },
              },
            ]
          : [],
        links: [],
        resource: resources[(index >> 1) % resources.length]!,
      });
      parentSpanId = spanId;
    }
  }
  return spans;
}

/** One payload in protobuf. */
export function createProtobufPayload(plan: PayloadPlan): Uint8Array<ArrayBuffer> {
  return encodeTraces(createSpans(plan));
}

/** One payload as a line of JSON. */
export function createJsonPayload(plan: PayloadPlan): string {
  return encodeTracesJson(createSpans(plan));
}
