/**
 * Secrets and harmless text, made anew from a seed at each run: nothing here is a secret, and none stands in the repository as text,
 * so that scanners of repositories stay quiet. Forms follow the issuers' documentation.
 */

import type { Random } from "../../tests/rig/seeded-random.ts";
import { fill, SECRET_FORMS } from "./forms.ts";

/** How settings and programs write a name (`§`) and its secret (`¤`). */
export const SHAPES: readonly string[] = [
  '§Token="¤"',
  '§Token = "¤"',
  "§Token=¤",
  "§Token = ¤",
  '{\n    "§_token": "¤"\n}',
  '\\{\n    \\"§_token\\": \\"¤\\"\n\\}',
  "<§Token>¤</§Token>",
  "<§Token>\n    ¤\n</§Token>",
  "§_token: ¤",
  "§_token: '¤'",
  '§_token: "¤"',
  "§_token: |\n  ¤",
  "§_token: >\n  ¤",
  'string §Token = "¤";',
  'var §Token string = "¤"',
  '§Token := "¤"',
  "§Token := `¤`",
  '$§Token .= "¤"',
  "§Token = '¤'",
  "§Token,¤,",
  '  "§Token" => "¤"',
  '§_TOKEN := "¤"',
  '§_TOKEN ::= "¤"',
  '§_TOKEN :::= "¤"',
  '§_TOKEN ?= "¤"',
  '§_TOKEN += "¤"',
  "§_API_KEY=¤",
  '§-api-key: "¤"',
  "export §_SECRET=¤",
  "--§-token ¤",
  '{"settings":{"§ApiKey":"¤"}}',
];

/** A text with a secret in it. */
export type Positive = { readonly text: string; readonly secret: string; readonly service: string };

/** Every form in every shape; those that are known alone also without a name, in twelve places of a request and its failure. */
export function createPositives(random: Random): Positive[] {
  const positives: Positive[] = [];
  for (const { service, form, alone } of SECRET_FORMS) {
    for (const shape of SHAPES) {
      const secret = fill(form, random);
      positives.push({ text: shape.replaceAll("§", service).replaceAll("¤", () => secret), secret, service });
    }
    for (const place of alone ? PLACES : []) {
      const secret = fill(form, random);
      positives.push({ text: place.replaceAll("¤", () => secret), secret, service });
    }
  }
  return positives;
}

/** Places without any name that would tell. */
const PLACES: readonly string[] = [
  "¤",
  "fetch failed for ¤",
  "GET /v1/things/¤/items",
  "https://api.example.com/x?q=¤&page=2",
  '{"note":"¤"}',
  '["a",["¤"]]',
  "a=1&note=¤&b=2",
  'Content-Disposition: form-data; name="note"\r\n\r\nS\r\n',
  "Error: upstream said no (¤)",
  "    at lookup (/app/src/a.js:10:5) ¤",
  "2026-11-21T05:00:00Z warn sent '¤'",
  "UPDATE things SET note = '¤' WHERE id = 3",
];

const pick = <T>(values: readonly T[], random: Random): T => {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new RangeError("an empty list");
  return value;
};

const FUNCTIONS = [
  "handle",
  "Layer.handle [as handle_request]",
  "processTicksAndRejections",
  "async Promise.all",
  "Object.<anonymous>",
  "TokenStream.next",
  "Session.commit",
  "PasswordPolicy.check",
  "SecretStore.load",
  "AuthGuard.canActivate",
  "Parser.parseToken",
  "new CookieJar",
];
const FILES = [
  "/app/src/server.js",
  "node:internal/process/task_queues",
  "/usr/src/app/node_modules/express/lib/router/index.js",
  "/app/node_modules/pg-pool/index.js",
  "webpack:///./src/token.ts",
  "/app/dist/auth/session.controller.js",
  "file:///app/src/password-reset.mjs",
  "/opt/python/lib/python3.12/site-packages/requests/sessions.py",
];
const MESSAGES = [
  "TypeError: Cannot read properties of undefined (reading 'token')",
  "SyntaxError: Unexpected token '<', \"<!DOCTYPE \"... is not valid JSON",
  "SyntaxError: Unexpected token o in JSON at position 1",
  "Error: connect ECONNREFUSED 10.0.3.7:5432",
  "Error: getaddrinfo ENOTFOUND payments.internal",
  "ValidationError: password: must be at least 12 characters",
  "Error: invalid token: unexpected end of input",
  "JsonWebTokenError: invalid signature",
  "TokenExpiredError: jwt expired",
  "AuthError: missing Authorization header",
  "Error: session expired for user 4711",
  'error: duplicate key value violates unique constraint "users_email_key"',
  "Error: Request failed with status code 502",
  "RangeError: Maximum call stack size exceeded",
  "KeyError: 'api_key'",
  "Error: csrf token missing",
  "Error: secret not found: projects/shop/secrets/db",
  "java.lang.IllegalStateException: No credentials provided (Mechanism level: Failed to find any Kerberos tgt)",
  'ProgrammingError: column "access_token" does not exist',
  "Error: cookie is too large",
];

function createStack(random: Random): string {
  const frames = Array.from(
    { length: 6 + Math.floor(random() * 10) },
    () => `    at ${pick(FUNCTIONS, random)} (${pick(FILES, random)}:${1 + Math.floor(random() * 900)}:${1 + Math.floor(random() * 80)})`,
  );
  return [pick(MESSAGES, random), ...frames].join("\n");
}

/** Harmless values by what they are. */
export const BENIGN: Readonly<Record<string, (random: Random) => string>> = {
  stack: createStack,
  uuid: (random) => `request ${fill("{id}", random)} took ${Math.floor(random() * 900)} ms`,
  traceparent: (random) => fill("traceparent: 00-{h32}-{h16}-01", random),
  traceId: (random) => fill('{"trace_id":"{h32}","span_id":"{h16}"}', random),
  sentryTrace: (random) => fill("sentry-trace: {h32}-{h16}-1", random),
  date: (random) => new Date(Math.floor(random() * 2e12)).toISOString(),
  semver: (random) =>
    `v${Math.floor(random() * 40)}.${Math.floor(random() * 40)}.${Math.floor(random() * 40)}-rc.${Math.floor(random() * 9)}+build.${Math.floor(random() * 9999)}`,
  sha1: (random) => fill("commit {h40}", random),
  sha256: (random) => fill("sha256:{h64}", random),
  integrity: (random) => fill('"integrity": "sha512-{b86}=="', random),
  etag: (random) => fill('etag: W/"{h4}-{w27}"', random),
  order: (random) => fill("order ORD-{d8}-{u4} for customer {d7}", random),
  image: (random) => fill("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{b300}==", random),
  epoch: (random) => `at ${1_700_000_000_000 + Math.floor(random() * 1e11)} and ${1_700_000_000 + Math.floor(random() * 1e8)}`,
  log: (random) =>
    `2026-11-21T05:${10 + Math.floor(random() * 49)}:00.123Z INFO [http-nio-8080-exec-${Math.floor(random() * 9)}] c.s.shop.OrderController : GET /orders/${Math.floor(random() * 99_999)} 200 ${Math.floor(random() * 90)}ms`,
  agent: () => "user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36",
  path: (random) => fill("/assets/main.{h8}.js?v=1.2.{d2}", random),
  sql: (random) => `SELECT id, name, password_hash FROM users WHERE id = ${Math.floor(random() * 9999)} AND token_type = 'bearer' LIMIT 10`,
  json: (random) =>
    fill('{"id":{d7},"status":"open","items":[{"sku":"SKU-{u6}","quantity":2}],"total":1{d3}.50,"max_tokens":4096}', random),
  prose: (random) =>
    pick(
      [
        "The token was refreshed, see the session log.",
        "Password reset requested: check your inbox.",
        "Authorization is required to view this page.",
        "secret santa list updated",
        "Cookie consent: accepted",
        "the key is in the door; the pin is in the map",
      ],
      random,
    ),
  pod: (random) => fill("pod shop-orders-{l9}-{l5} on ip-10-0-12-7.ec2.internal", random),
  cursor: (random) => JSON.stringify({ next: btoa(JSON.stringify({ id: Math.floor(random() * 1e9), after: "2026-11-21", limit: 50 })) }),
  digest: (random) => fill('"digest":"{b43}=","md5":"{h32}"', random),
  objectId: (random) => fill('{"_id":"{h24}"}', random),
  ulid: (random) => fill("01{u24}", random),
};

/** `count` harmless texts, all sorts in turn. */
export function createBenign(random: Random, count: number): { readonly sort: string; readonly text: string }[] {
  const sorts = Object.entries(BENIGN);
  return Array.from({ length: count }, (_, index) => {
    const [sort, create] = sorts[index % sorts.length] ?? ["stack", createStack];
    return { sort, text: create(random) };
  });
}
