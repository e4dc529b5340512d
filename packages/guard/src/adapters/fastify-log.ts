/** Catches what Fastify reports only to its log: that a web stream, such as the body of a `Response`, failed after the headers. */
import type { ServerResponse } from "node:http";
import { readMember } from "../capture/throwable.ts";
import type { Guard } from "../guard.ts";
import { findExchange } from "./node-view.ts";

type Response = ServerResponse & { readonly stream?: { readonly destroyed: boolean } };

/** The part of an instance that writes its log; nested instances inherit it. */
function findLog(instance: object | null): unknown {
  if (instance === null) return undefined;
  const key = Object.getOwnPropertySymbols(instance).find((each) => each.description === "fastify.logController");
  return key === undefined ? findLog(Object.getPrototypeOf(instance) as object | null) : readMember(instance, (it) => it[key]);
}

function note(thrown: unknown, request: { readonly raw: object }, { raw }: { readonly raw: Response }): void {
  if (!raw.destroyed && raw.stream?.destroyed !== true) findExchange(request.raw)?.fail(thrown);
}

/** Logs that are watched already: instances may share one that the host created. */
const watched = new WeakSet();

/** Watches the log of a Fastify instance for failed streams. Fastify also logs streams that end because the response is over; those are ignored. */
export function watchLog(guard: Guard, instance: object): void {
  const log = findLog(instance) as object | undefined;
  const tell = readMember(log, (it) => it["streamError"]);
  if (log === undefined || typeof tell !== "function" || watched.has(log)) return;
  watched.add(log);
  Reflect.set(log, "streamError", function (this: unknown, ...given: Parameters<typeof note>): unknown {
    guard.shield(() => note(...given));
    return Reflect.apply(tell, this, given);
  });
}
