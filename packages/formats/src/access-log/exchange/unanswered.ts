import type { Draft } from "./draft.ts";
import type { JsonObject } from "../line.ts";

const STATUS = /^(?:http_?)?(?:res(?:ponse)?_?)?(?:status(?:_?code)?|code)$/i;

/** True for the record of a request that got no answer: its status is null, and it names who asked for what, or how long that took. */
export function isUnanswered(object: JsonObject, { method, path, status, durationMs, clientAddress }: Draft): boolean {
  const isRequest = method !== undefined && path !== undefined && (durationMs !== undefined || clientAddress !== undefined);
  return isRequest && status === undefined && Object.entries(object).some(([name, value]) => value === null && STATUS.test(name));
}
