/** Calls that are known only from the words of an error: the callee that it names, and the driver that raised it. */
import { parseStack } from "../../detect/parse-stack.ts";
import { anyOf, anyWord, type Attributes, type ExceptionRecord } from "@faultline/model";
import { findStatusInWords } from "./error-words.ts";

/** A failed call, as its span would describe it. */
export type DescribedCall = { readonly words: string; readonly attributes: Attributes };

/** Stores and brokers, recognised by the types, packages and words of their drivers. */
const SYSTEMS: readonly (readonly [attribute: string, system: string, by: RegExp])[] = [
  [
    "db.system.name",
    "postgresql",
    /\bPG::|postgres|\bpsycopg|\bpgconn\b|\bpgx\b|\bNpgsql\b|\bPostgrex\b|\bpg-pool\b|node_modules\/pg\/|\bconnection to server at "[^"]{1,200}".{0,80} failed: /i,
  ],
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

/** A frame in which a driver throws by itself. The frames of the caller's own code follow it. */
const DRIVER_FRAME = /node_modules\/(?:pg|pg-pool|pg-protocol|mysql2?|mariadb|ioredis|@?redis|mongodb|kafkajs|amqplib)\//;

const HOST = String.raw`([A-Za-z][\w-]{0,62}(?:\.[A-Za-z][\w-]{0,62})*|\d{1,3}(?:\.\d{1,3}){3})`;
/** A name that only a host or a service can have: it contains a dot, a hyphen or a number. */
const HOST_ONLY = String.raw`([a-z][\w]{0,62}(?:[.-]\w{1,62})+|\d{1,3}(?:\.\d{1,3}){3})`;
/** Words before an address that was read or mentioned, and not called. */
const TO_READ = anyWord`see visit more at documentation docs information background help learn guide refer invalid malformed origin`;
/** The ways in which HTTP clients name the callee: an address, a name that was looked up, a service that did something. */
const NAMED = [
  new RegExp(String.raw`\bhttps?://(?<!\b${TO_READ}\b[^\n]{0,40}https?://)${HOST}(?::\d+)?[/"' )\]]`, "i"),
  new RegExp(String.raw`\b(?:ENOTFOUND|EAI_AGAIN|UnknownHostException:|host='|connect to host) ?${HOST}\b`),
  new RegExp(String.raw`\blookup ${HOST}(?: on \S{1,80})?: `),
  new RegExp(String.raw`\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|dial tcp) ${HOST}:\d+`),
  new RegExp(
    String.raw`(?:^|: )(?=[a-z\d])${HOST} ${anyOf(
      /(?:answered|responded|returned) (?:with )?(?:a |an )?(?:HTTP |status |error\b|[45]\d\d\b)/,
      /did(?: not|n't) (?:answer|respond|reply)/,
    )}`,
  ),
  new RegExp(
    `(?:^|: )${HOST_ONLY} ${anyOf(
      /timed out/,
      /(?:is|was) (?:unavailable|unreachable|down)/,
      /(?:refused|reset|closed) (?:the |our )?connection/,
    )}`,
  ),
];

/** An address of the program's own machine, which names no service. */
const LOOPBACK = /^(?:127\.|0\.0\.0\.0$|localhost$)/;
/** How programs name in their own words what they could not reach, before the address that they tried. */
const UNREACHED = [
  new RegExp(`(?:^|: )${HOST} (?:could not be reached|is unreachable|is not reachable): `),
  new RegExp(`\\b(?:could not|cannot|failed to|unable to) reach ${HOST}: `, "i"),
  new RegExp(`\\b(?:call|request) to ${HOST} failed\\b`, "i"),
];

/** Words before a verb that name nobody. */
const NOBODY =
  /^(?:it|this|that|request|call|query|command|statement|task|job|operation|read|write|socket|connect|connection|server|upstream|backend|service|gateway|and|which|the|has|was|is)$/i;

/**
 * Failures to convert data from or to the format of a store or broker, which are the program's own: nothing was asked yet, or the answer
 * was complete.
 */
const OWN_FORM = /\b(?:Des|S)eriali[sz]\w*(?:Exception|Error)\b/;

/** A program's own names, such as variables and settings: `mongo_id`, `POSTGRES_URL`. */
const IDENTIFIER = /\b\w+_\w+\b/g;

/** The callee that an error mentions; undefined if it names none. */
export function readDescribedCall({ type, message, stack = "" }: ExceptionRecord): DescribedCall | undefined {
  if (OWN_FORM.test(type)) return undefined;
  const words = type === "" ? message : `${type}: ${message}`;
  const chain = SYSTEMS.some(([, , by]) => by.test(stack)) ? parseStack(stack) : [];
  const types = [type, message.replace(IDENTIFIER, ""), ...chain.map((each) => `${each.type}: ${each.message.replace(IDENTIFIER, "")}`)];
  const thrower = chain[0]?.frames[0]?.file ?? "";
  const said = [...types, ...(DRIVER_FRAME.test(thrower) ? [thrower] : [])].join("\n");
  const system = SYSTEMS.find(([, , by]) => by.test(said));
  if (system !== undefined) return { words, attributes: { [system[0]]: system[1] } };
  const attributes = readDescribedHost(message);
  return attributes === undefined ? undefined : { words, attributes };
}

/** The host that failed according to the words, with its status if they mention one, as in a span. */
export function readDescribedHost(message: string): Attributes | undefined {
  const address = findName(NAMED, message);
  if (address === undefined) return undefined;
  const host = LOOPBACK.test(address) ? (findName(UNREACHED, message) ?? address) : address;
  const status = findStatusInWords(message);
  return { "server.address": host, ...(status === undefined ? {} : { "http.response.status_code": status }) };
}

function findName(patterns: readonly RegExp[], message: string): string | undefined {
  return patterns.map((pattern) => pattern.exec(message)?.[1]).find((each) => each !== undefined && !NOBODY.test(each));
}
