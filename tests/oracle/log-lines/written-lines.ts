/** Every named software's lines about every odd request, and what a reader must find in each. */
import { JSON_WRITERS } from "./json-writers.ts";
import { REFUSALS, REQUESTS, type Served } from "./served.ts";
import { APACHE, APPLICATIONS, NGINX, PROXIES, type Writer } from "./text-writers.ts";

/** All writers. */
export const WRITERS: readonly Writer[] = [...NGINX, ...APACHE, ...PROXIES, ...APPLICATIONS, ...JSON_WRITERS];

/** A line, and the members that its record must have; an undefined one must be absent. */
export type WrittenLine = { readonly line: string; readonly about: string; readonly members: Readonly<Record<string, unknown>> };

/** What one software writes about each request. */
export function writeLines(writer: Writer): readonly WrittenLine[] {
  const served = writer.logsRefusals === false ? REQUESTS : [...REQUESTS, ...REFUSALS];
  return served.flatMap((each) => {
    const line = writer.write(each);
    return line === undefined ? [] : [{ line, about: each.about, members: findMembers(writer, each) }];
  });
}

function findMembers({ shows, time, spell, dashesNoBody }: Writer, served: Served): WrittenLine["members"] {
  const { method, status, bytes, client, agent, durationMs, atMs, target } = served;
  const [path, query] = splitTarget(target === undefined || spell === undefined ? target : spell(target));
  return {
    "http.request.method": method,
    "url.path": path,
    "url.query": query,
    "http.response.status_code": status,
    ...(shows.has("size") ? { "http.response.body.size": bytes === 0 && dashesNoBody === true ? undefined : bytes } : {}),
    ...(shows.has("client") ? { "client.address": client } : {}),
    ...(shows.has("agent") ? { "user_agent.original": agent } : {}),
    ...(shows.has("duration") ? { duration_ms: durationMs } : {}),
    ...(time === "none" ? {} : { time: new Date(time === "seconds" ? Math.floor(atMs / 1000) * 1000 : atMs).toISOString() }),
  };
}

function splitTarget(target: string | undefined): readonly (string | undefined)[] {
  return target?.replace(/^[a-z]+:\/\/[^/?]*/, "").split(/\?(.*)/s, 2) ?? [];
}
