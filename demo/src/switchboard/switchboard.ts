import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { DemoSwitch } from "@faultline/model";
import type { Shop } from "../shop/shop.ts";
import { DEMO_FAULTS, type DemoFault } from "./faults.ts";

/** What came of turning a switch. */
export type SwitchOutcome = { readonly kind: "switched" } | { readonly kind: "unknown"; readonly because: string };

/** The switches of a running shop. They are turned one after another, in the order in which they were asked for. */
export class Switchboard {
  readonly #shop: Shop;
  readonly #wanted = new Set<string>();
  readonly #undo = new Map<string, () => Promise<void>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(shop: Shop) {
    this.#shop = shop;
  }

  /** A switch shows what was asked for; turning some takes seconds. */
  list(): readonly DemoSwitch[] {
    return DEMO_FAULTS.map(({ name, story }) => ({ id: name, title: story, on: this.#wanted.has(name) }));
  }

  /** Switches a fault; switching on what is on, or off what is off, changes nothing. Rejects when the fault could not be switched. */
  async turn(name: string, on: boolean): Promise<SwitchOutcome> {
    const fault = DEMO_FAULTS.find((each) => each.name === name);
    if (fault === undefined) {
      return { kind: "unknown", because: `there is no fault "${name}"; there are ${DEMO_FAULTS.map((each) => each.name).join(", ")}` };
    }
    if (on) this.#wanted.add(name);
    else this.#wanted.delete(name);
    const turning = this.#last.then(() => this.#turnNow(fault, on));
    this.#last = turning.catch(() => this.#wanted.delete(name));
    await turning;
    return { kind: "switched" };
  }

  async #turnNow(fault: DemoFault, on: boolean): Promise<void> {
    const undo = this.#undo.get(fault.name);
    if (on && undo === undefined) this.#undo.set(fault.name, await fault.switchOn(this.#shop));
    if (!on && undo !== undefined) {
      this.#undo.delete(fault.name);
      await undo();
    }
  }
}

const MAX_BODY_BYTES = 1_024;
/** A deployment takes longer than a page likes to wait; the answer then says what was asked for. */
const ANSWER_WITHIN_MS = 2_000;

async function readOn(request: IncomingMessage): Promise<boolean | undefined> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) return undefined;
  }
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null && "on" in body && typeof body.on === "boolean" ? body.on : undefined;
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(`${JSON.stringify(body)}\n`);
}

async function answer(switchboard: Switchboard, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? "/").split("?", 1)[0]?.replace(/^\/+/, "/");
  if (path === "/faults" && request.method === "GET") return sendJson(response, 200, { faults: switchboard.list() });
  const name = /^\/faults\/([a-z-]+)$/.exec(path ?? "")?.[1];
  if (name === undefined || request.method !== "POST")
    return sendJson(response, 404, { error: 'GET /faults, or POST /faults/NAME with {"on":true}' });
  const on = await readOn(request);
  if (on === undefined) return sendJson(response, 400, { error: 'the body must be {"on":true} or {"on":false}' });
  const outcome = await Promise.race([switchboard.turn(name, on), sleep(ANSWER_WITHIN_MS, undefined, { ref: false })]);
  if (outcome?.kind === "unknown") sendJson(response, 404, { error: outcome.because });
  else sendJson(response, 200, { faults: switchboard.list() });
}

/**
 * The switchboard over HTTP, for the command line and the dashboard: `GET /faults` lists, `POST /faults/NAME` with
 * `{"on":true}` switches; both answer the list. Requests of web pages are refused: a page anywhere could otherwise reach the loopback address.
 */
export function createSwitchboardServer(switchboard: Switchboard): Server {
  return createServer((request, response) => {
    if (request.headers.origin !== undefined) return sendJson(response, 403, { error: "web pages go through the collector" });
    answer(switchboard, request, response).catch((error: unknown) => {
      sendJson(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
}
