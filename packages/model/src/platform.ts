import { readDatabaseSystem, readText } from "./semconv.ts";
import type { Span } from "./telemetry.ts";

/** What a hop runs on, as far as its checks differ: the language of its code, or the server that it is. */
export type Platform = (typeof PLATFORMS)[number][0];

/** By what each calls itself: `telemetry.sdk.language`, `process.runtime.name`, `db.system.name`, the software of a log or a `Server` header. */
const PLATFORMS = [
  ["nginx", /\b(?:nginx|openresty)\b/],
  ["haproxy", /\bhaproxy\b/],
  ["envoy", /\b(?:envoy|istio)\b/],
  ["apache", /\b(?:apache|httpd)\b/],
  ["caddy", /\bcaddy\b/],
  ["traefik", /\btraefik\b/],
  ["varnish", /\bvarnish\b/],
  ["postgresql", /\bpostgres(?:ql)?\b/],
  ["mysql", /\b(?:mysql|mariadb)\b/],
  ["redis", /\b(?:redis|valkey)\b/],
  ["mongodb", /\bmongo(?:db)?\b/],
  ["node", /\b(?:nodejs|node|node\.js|bun|deno)\b/],
  ["java", /\b(?:java|jvm|openjdk|hotspot|graalvm|kotlin|scala)\b/],
  ["python", /\b(?:c?python|pypy)\b/],
  ["go", /\b(?:go|golang)\b/],
  ["ruby", /\b(?:ruby|jruby)\b/],
  ["php", /\bphp\b/],
  ["dotnet", /\b(?:dotnet|\.net)\b/],
] as const;

/** The attribute by which a hop that is only known from its log says what software wrote that. */
export const SOFTWARE_ATTRIBUTE = "faultline.software";

/** The platform that a name speaks of; undefined for names that speak of none. */
export function toPlatform(name: string | undefined): Platform | undefined {
  const spoken = name?.toLowerCase();
  return spoken === undefined ? undefined : PLATFORMS.find(([, pattern]) => pattern.test(spoken))?.[0];
}

/** The platform of the service that sent this span. A server says more than the language that it is written in. */
export function findPlatform({ resource }: Pick<Span, "resource">): Platform | undefined {
  const { attributes } = resource;
  const said = [SOFTWARE_ATTRIBUTE, "telemetry.sdk.name", "telemetry.sdk.language", "process.runtime.name"];
  return said.map((name) => toPlatform(readText(attributes, name))).find((platform) => platform !== undefined);
}

/** The platform of whoever a client span called, where the call says it: a database. */
export function findCalledPlatform({ attributes }: Span): Platform | undefined {
  return toPlatform(readDatabaseSystem(attributes));
}
