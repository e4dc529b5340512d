import { anyOf } from "@faultline/model";
import { POOL_WAIT } from "./pool-words.ts";

/**
 * What the words of an error say about the side on which it was made. The patterns are the exact wordings of widely used clients and
 * servers. Each is anchored on words that do not occur in ordinary messages.
 */

/** Messages that time ran out. */
export const TIMEOUT_WORDS = new RegExp(
  anyOf(
    /\btime[d]?[ _-]?out\b/,
    /\bETIMEDOUT\b/,
    /\bESOCKETTIMEDOUT\b/,
    /TimeoutError/,
    /TimeoutException/,
    /Timeout(?:Error)?\b/,
    /deadline exceeded/,
    /DEADLINE_EXCEEDED/,
    /canceling statement due to (?:statement|lock|user)/,
    /ER_LOCK_WAIT/,
    /Lock wait timeout/,
    /\b57014\b/,
    /\b55P03\b/,
    /ECONNABORTED/,
    /AbortError/,
    /\bABORT_ERR\b/,
    /did(?: not|n't) (?:answer|respond|reply) (?:in time|within)/,
    /no (?:answer|response|reply) (?:in time|within)/,
    /\b(?:not|never) (?:\w+ ){1,3}within \d/,
    /took too long/,
    /UND_ERR_(?:HEADERS|BODY)_TIMEOUT/,
    /context canceled/,
  ),
  "i",
);

/** The caller gave up before anything left its process: because of a breaker, a limiter, or its own machine. */
const NOT_SENT = new RegExp(
  anyOf(
    /(?:circuit|breaker)(?: breaker)?[ _-]?(?:is )?(?:open\b|opened\b)/,
    /circuit.{0,40}\bis OPEN\b/,
    /short-circuited/,
    /does not permit further calls/,
    /BrokenCircuit/,
    /CallNotPermitted/,
    /EOPENBREAKER/,
    /OpenCircuitError/,
    /Bulkhead(?:Full|Rejected)/,
    /bulkhead.{0,20}full/,
    /Invalid URL/,
    /ERR_INVALID_URL/,
    /EMFILE/,
    /too many open files/,
    /EADDRNOTAVAIL/,
    /cannot assign requested address/,
    /Only one usage of each socket address/,
    /no buffer space available/,
  ),
  "i",
);
/** Messages of resolvers and clients that a name is unknown, as the source of an expression. */
export const UNKNOWN_NAME = anyOf(
  /\bENOTFOUND\b/,
  /getaddrinfo/,
  /UnknownHost/,
  /no such host/,
  /Name or service not known/,
  /Temporary failure in name resolution/,
  /nodename nor servname/,
  /No address associated with hostname/,
  /Name does not resolve/,
  /failed to lookup address/,
  /NameResolutionError/,
  /name resolution (?:failed|failure)/,
  /server misbehaving/,
  /UnresolvedAddress/,
  /non-existing domain/,
  /\[Domain name not found\]/,
  /server with the specified host ?name could not be found/,
  /(?:Can't connect to \S{1,200} \(|IO::Socket::\w+: )Bad hostname/,
  /ClientConnectorDNSError/,
  /net\.DNSError/,
);

/** A name that the caller could not resolve. */
const NO_NAME = new RegExp(
  anyOf(UNKNOWN_NAME, /EAI_AGAIN/, /could not (?:resolve|translate) host/, /\blookup \S{1,200} on \S{1,80}:53\b/, /\bNXDOMAIN\b/),
  "i",
);

/** The callee understood and refused: the request, the statement or the credentials were wrong. SQLSTATE classes 22, 23, 28, 3D, 42. */
const REFUSED = new RegExp(
  anyOf(
    /\b(?:HttpClientErrorException|ClientErrorException)\b/,
    /status(?:[ _]code)?[ :=]+4\d\d\b/,
    /\bresponded with (?:a )?(?:status )?4\d\d\b/,
    /\b(?:40[0134569]|41[0-7]|422)\b (?:null|Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Conflict|Gone|Payload Too Large|Unsupported Media|Unprocessable)/,
    /violates (?:foreign key|unique|not-null|check|exclusion) constraint/,
    /duplicate (?:key|entry)/,
    /UNIQUE constraint failed/,
    /NOT NULL constraint failed/,
    /FOREIGN KEY constraint failed/,
    /foreign key constraint fails/,
    /conflicted with the (?:FOREIGN KEY|REFERENCE|CHECK) constraint/,
    /IntegrityConstraintViolation/,
    /DataIntegrityViolation/,
    /(?:Unique|ForeignKey|NotNull|Check)Violation/,
    /Cannot insert (?:duplicate key|the value NULL)/,
    /E11000/,
    /ORA-(?:0(?:0001|0904|0942|1017|1400|2291|2292)|2800[01])/,
    /syntax error at or near/,
    /error in your SQL syntax/,
    /(?:column|relation|table|function) \S+ does not exist/,
    /Undefined(?:Column|Table|Function)/,
    /Unknown column/,
    /Table \S+ doesn't exist/,
    /no such (?:table|column)/,
    /Invalid (?:column|object) name/,
    /invalid input (?:syntax|value) for/,
    /(?:must|should) be (?:shorter|smaller|less) than \d+ bytes/,
    /value too long for type/,
    /password authentication failed/,
    /no pg_hba\.conf entry/,
    /ACCESS_REFUSED/,
    /Login was refused/,
    /SASL (?:\w+ )?authentication failed/,
    /SaslAuthentication/,
    /[Aa]uthentication failed/,
    /AuthenticationFailed/,
    /Login failed for user/,
    /Access denied for user/,
    /invalid username-password/,
    /AuthorizationException/,
    /\bnot authorized to (?:perform|access|call|use)\b/,
    /PRECONDITION_FAILED/,
    /NOT_FOUND - no (?:queue|exchange)/,
    /RecordTooLarge/,
    /MessageSizeTooLarge/,
    /Message size too large/,
    /NonExistentQueue/,
    /no stream matches/,
    /UnknownTopicOrPartition/,
    /index_not_found_exception/,
    /ResourceNotFoundException/,
    /NoSuchBucket/,
    /NoSuchKey/,
    /ER_DUP_ENTRY/,
    /ER_PARSE_ERROR/,
    /ER_BAD_FIELD_ERROR/,
    /ER_ACCESS_DENIED/,
    /database ".*" does not exist/,
    /\b(?:NOAUTH|WRONGPASS|NOPERM)\b/,
    /(?<![:.\d])\b(?:22|23|28|3D|42)[0-9PS][0-9A-Z][0-9]\b/,
  ),
);

/** Nobody answered: refused, reset, closed, unroutable, or not serving. SQLSTATE classes 08, 53, 57P; gRPC UNAVAILABLE. */
const UNREACHABLE = new RegExp(
  anyOf(
    /\bECONN(?:REFUSED|RESET)\b/,
    /\bE(?:HOST|NET)UNREACH\b/,
    /\bEPIPE\b/,
    /socket hang up/,
    /connection (?:was )?(?:refused|reset|closed|terminated|aborted)/,
    /Connection(?:Refused|Reset|Closed)/,
    /ConnectException/,
    /Connect call failed \(/,
    /actively refused/,
    /broken pipe/,
    /no route to host/,
    /NoRouteToHost/,
    /Network is unreachable/,
    /Host is unreachable/,
    /prematurely closed/,
    /PrematureClose/,
    /RemoteDisconnected/,
    /Server disconnected/,
    /NoHttpResponse/,
    /has gone away/,
    /Failed to connect to .{1,120}: (?:Couldn't|Could not) connect to server/,
    /partner '[^\s:']{1,100}:[^\s:']{1,40}' not reached/,
    /UNAVAILABLE\b/,
    /no healthy upstream/,
    /server closed the connection/,
    /terminating connection/,
    /the database system is/,
    /remaining connection slots/,
    /MongoServerSelection/,
    /No server chosen/,
    /(?<![:.\d])\b(?:08|53|57)[0-9P][0-9A-Z][0-9]\b/,
  ),
  "i",
);

/** The same in the words of brokers' clients: Kafka, RabbitMQ, AMQP. A broker's own answer has a code, or words of its own. */
const NO_BROKER = new RegExp(
  anyOf(
    /NoBrokersAvailable/,
    /run out of available brokers/,
    /BrokerUnreachable/,
    /endpoints were reachable/,
    /brokers? (?:connections? )?(?:are|is) down/,
    /ALL_BROKERS_DOWN/,
    /Broker transport failure/,
    /AlreadyClosedException/,
    /(?:channel|connection) is not open/,
    /TCPConnectionFailed/,
    /AMQPConnectionError/,
    /no servers available/,
    /CONNECTION_REFUSED/,
    /(?:Channel closed|Unexpected close)$/,
  ),
  "i",
);

/** True when the words say that nobody answered at the other end. */
export function isUnreachableText(words: string): boolean {
  return UNREACHABLE.test(words) || NO_BROKER.test(words);
}

/** True when the words speak of time running out. */
export function isTimeoutText(words: string): boolean {
  return TIMEOUT_WORDS.test(words);
}

/** What kept a request inside its caller, in words that do not change with the request. */
export function nameLocalRefusal(words: string): string {
  if (/circuit|breaker/i.test(words)) return "circuit open";
  if (NO_NAME.test(words) || /name/i.test(words)) return "no such name";
  return POOL_WAIT.test(words) || /pool|connection|connect|clients|bulkhead/i.test(words) ? "no free connection" : "not sent";
}

/** `local` if the request never left the caller, `refused` if the callee rejected it as wrong; otherwise undefined. */
export function findRejection(words: string): "local" | "refused" | undefined {
  if (POOL_WAIT.test(words) || NOT_SENT.test(words) || NO_NAME.test(words)) return "local";
  return REFUSED.test(words) ? "refused" : undefined;
}

/** An HTTP status code of 400 or more that an error's words name: `403 null`, `status code 502`, `responded with 500`. */
export function findStatusInWords(words: string): number | undefined {
  const match =
    /\b(?:status(?:[ _]?code)?|responded(?: with)?(?: status)?|returned|answered|HTTP(?:\/\d(?:\.\d)?)?|Exception:)[ :=(]+([45]\d\d)\b/i.exec(
      words,
    ) ?? /\b([45]\d\d) (?:null|[A-Z][a-z]+(?: [A-Z][a-z]+)*)/.exec(words);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
