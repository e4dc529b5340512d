/** Calls that only the words of an error tell of: whom it names as the one that failed, and by whose driver it was raised. */
import { anyOf, type Attributes, type LogRecord } from "@faultline/model";
import { findStatusInWords } from "./words/error-words.ts";
import { readLogError } from "./log-words.ts";

/** A call that failed, as a span of it would say. */
export type ToldCall = { readonly words: string; readonly attributes: Attributes };

/** Stores and brokers by the types, packages and words of their drivers. */
const SYSTEMS: readonly (readonly [attribute: string, system: string, by: RegExp])[] = [
  ["db.system.name", "postgresql", /\bPG::|postgres|\bpsycopg|\bpgconn\b|\bpgx\b|\bNpgsql\b|\bPostgrex\b|\bpg-pool\b|node_modules\/pg\//i],
  ["db.system.name", "mysql", /\bmysql|mariadb/i],
  ["db.system.name", "redis", /\bredis\b|jedis|lettuce|\bRedisClient\b|\b(?:LOADING|MISCONF|READONLY|NOAUTH|CLUSTERDOWN)\b/],
  ["db.system.name", "mongodb", /\bmongo/i],
  ["db.system.name", "microsoft.sql_server", /\bSqlClient\b|\bSqlException\b/],
  ["db.system.name", "cassandra", /\bdatastax\b|\bcassandra\b/i],
  ["db.system.name", "elasticsearch", /\b(?:elastic|open)search\b/i],
  ["messaging.system", "kafka", /\bkafka/i],
  ["messaging.system", "rabbitmq", /\brabbitmq\b|\bamqp\b|\bpika\b|\bkombu\b|\bbunny\b/i],
  ["messaging.system", "nats", /\bnats\b/i],
];

const HOST = String.raw`([A-Za-z][\w-]{0,62}(?:\.[A-Za-z][\w-]{0,62})*|\d{1,3}(?:\.\d{1,3}){3})`;
/** How clients of HTTP name whom they called: an address, a name that was looked up, a service that did something. */
const NAMED = [
  new RegExp(String.raw`\bhttps?://${HOST}(?::\d+)?[/"' )\]]`),
  new RegExp(String.raw`\b(?:ENOTFOUND|EAI_AGAIN|lookup|UnknownHostException:|host='|connect to host) ?${HOST}\b`),
  new RegExp(String.raw`\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|dial tcp) ${HOST}:\d+`),
  new RegExp(
    `(?:^|: )${HOST} ${anyOf(
      /(?:answered|responded|returned)\b/,
      /did(?: not|n't) (?:answer|respond|reply)/,
      /timed out/,
      /(?:is|was) (?:unavailable|unreachable|down)/,
      /refused|reset|closed the connection/,
    )}`,
  ),
];

/** Words before a verb that name nobody. */
const NOBODY =
  /^(?:it|this|that|request|call|query|command|statement|task|job|operation|read|write|socket|connect|connection|server|upstream|backend|service|gateway|and|which|the|has|was|is)$/i;

/** Whom the error of a record says that it asked; undefined where it names nobody. */
export function readToldCall(log: LogRecord): ToldCall | undefined {
  const { type, message, stack = "" } = readLogError(log);
  const words = type === "" ? message : `${type}: ${message}`;
  const system = SYSTEMS.find(([, , by]) => by.test(words) || by.test(stack));
  if (system !== undefined) return { words, attributes: { [system[0]]: system[1] } };
  const host = NAMED.map((pattern) => pattern.exec(message)?.[1]).find((each) => each !== undefined && !NOBODY.test(each));
  if (host === undefined) return undefined;
  const status = findStatusInWords(message);
  return { words, attributes: { "server.address": host, ...(status === undefined ? {} : { "http.response.status_code": status }) } };
}
