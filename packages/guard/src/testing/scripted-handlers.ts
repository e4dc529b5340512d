/** For tests of what the source proves: handlers out of scripts of their own, called by a package as a framework calls them. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostView } from "../exchange.ts";
import { createGuard } from "../index.ts";
import { answerThrown } from "../respond/answer.ts";
import { createCollected } from "./collected.ts";

/** Where the scripts stand. */
export const folder = mkdtempSync(join(tmpdir(), "faultline-source-"));
mkdirSync(join(folder, "node_modules", "express"), { recursive: true });
// What calls handlers is a package, as with every framework.
writeFileSync(
  join(folder, "node_modules", "express", "index.js"),
  `exports.call = async (handler, ...given) => await handler(...given);
exports.answer = { status(code) { if (!(code > 99)) throw new RangeError("Invalid status code: " + code + ". Status code must be greater than 99.") } };`,
);
mkdirSync(join(folder, "node_modules", "queue"), { recursive: true });
writeFileSync(join(folder, "node_modules", "queue", "index.js"), "exports.run = (job, ...given) => job(...given);");
mkdirSync(join(folder, "node_modules", "versions"), { recursive: true });
writeFileSync(
  join(folder, "node_modules", "versions", "index.js"),
  `exports.read = (text) => { if (!/^\\d/.test(text)) throw new TypeError("Invalid version: " + text) };
exports.find = (name) => { throw new RangeError("No release of: " + name) };`,
);
mkdirSync(join(folder, "node_modules", "@nestjs", "core"), { recursive: true });
writeFileSync(
  join(folder, "node_modules", "@nestjs", "core", "index.js"),
  "exports.bind = (owner, method, read) => (request) => owner[method](...read(request));",
);
mkdirSync(join(folder, "node_modules", "@nestjs", "common"), { recursive: true });
writeFileSync(join(folder, "node_modules", "@nestjs", "common", "index.js"), "module.exports = new Proxy({}, { get: () => () => 0 });");
/** Loads a script as an app does. */
export const load = createRequire(join(folder, "app.cjs"));
/** Calls a handler from within a framework. */
export const { call } = load("express") as { call: (handler: unknown, ...given: unknown[]) => Promise<unknown> };

/** A request. */
export type Asked = {
  readonly body?: unknown;
  /** The body that was sent, where that is not the JSON of `body`. */
  readonly text?: string;
  readonly method?: string;
  readonly target?: string;
  /** The template of its route. */
  readonly route?: string;
  readonly headers?: Record<string, string>;
};
type Handled = Asked & { readonly request: object };

/** How the guard reads it. */
export const view: HostView<Handled> = {
  method: ({ method }) => method ?? "POST",
  target: ({ target }) => target ?? "/",
  headers: ({ headers }) => ({ "content-type": "application/json", ...headers }),
  scheme: () => "http",
  route: ({ route }) => route,
  protocol: () => "1.1",
  clientAddress: () => undefined,
  parsedBody: ({ body }) => body,
};

let scripts = 0;

/** A handler out of a script of its own, as an app has it on its disk. */
export function loadHandler(script: string): unknown {
  const file = join(folder, `handler-${scripts++}.cjs`);
  writeFileSync(file, script.includes("exports") ? script : `exports.handler = ${script}\n`);
  return (load(file) as { handler: unknown }).handler;
}

/** What is answered to a request, and what is told of it. */
export async function ask(handler: unknown, asked: Asked): Promise<{ status: number; told: number }> {
  const collected = createCollected();
  const guard = createGuard({ service: "s", endpoint: false, announce: false, processHooks: false, transport: collected });
  const { body, text = body === undefined ? "" : JSON.stringify(body), target = "/", headers = {} } = asked;
  const query = Object.fromEntries(new URL(target, "http://x").searchParams);
  const names = asked.route?.split("/") ?? [];
  const params = Object.fromEntries((target.split("?")[0] ?? "").split("/").map((part, at) => [names[at]?.replace(":", ""), part]));
  const request = {
    body,
    query,
    ...(asked.route !== undefined && { params }),
    headers,
    url: target,
    method: "POST",
    get: (name: string) => headers[name],
    json: async () => JSON.parse(text) as unknown,
    user: undefined,
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(text);
    },
  };
  const exchange = guard.begin(view, { ...asked, request });
  if (text !== "") exchange.keepBody(Buffer.from(text));
  const thrown = await call(handler, request, {}).catch((error: unknown) => error);
  const { status } = answerThrown(guard, exchange, { thrown });
  guard.finish(exchange, status, false);
  await guard.close();
  return { status, told: collected.logs.length };
}
