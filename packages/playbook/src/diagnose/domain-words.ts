/**
 * Which errors are of a program's own trade. `FriendshipError: connection refused by member 5512` speaks of people, `ConnectException: Connection
 * refused` of a network: what tells them apart is the kind of the error, not its words.
 */

/** An error with its type before its message, as most languages print it: `shop.stock.StockError: `, `Shop\\StockException: `. */
const TYPED = /(?:^|[\s[(])((?:[\w$*]+(?:\.|::|\\|\$|\/))*[A-Z]\w*(?:Error|Exception|Failure|Fault))(?:: |\]: |\n|$)/;

/** Where languages and libraries keep their own types. */
const LIBRARY =
  /^\*?(?:java|javax|jakarta|kotlin|kotlinx|scala|org|io|net|akka|zio|cats|reactor|System|Microsoft|Npgsql|StackExchange|MongoDB|MySql|Grpc|Polly|psycopg2?|asyncpg|pymysql|MySQLdb|redis|pymongo|kafka|aiokafka|pika|kombu|celery|requests|urllib3|httpx|httpcore|aiohttp|anyio|asyncio|queue|socket|ssl|sqlalchemy|botocore|grpc|elasticsearch|google|azure|openai|stripe|uvicorn|starlette|gunicorn|werkzeug|Errno|Net|Faraday|HTTP|HTTPX|OpenSSL|Redis|Mongo|PG|Mysql2|Sidekiq|Puma|Rack|Bunny|Excon|Seahorse|Aws|GuzzleHttp|Doctrine|Predis|Illuminate|Symfony|DBConnection|Postgrex|Mint|Finch|Ecto|hyper|tokio|std|sqlx|reqwest|tonic|tower|pgx|context|url|errors|fmt|syscall|os|fs|DB|IO|JSON|Hasql|oracle|weblogic)(?:\.|::|\\|\/)|^\*?com\.(?:mysql|mongodb|datastax|zaxxer|rabbitmq|amazonaws|google|azure|microsoft|ibm|oracle|netflix|alibaba|fasterxml|twitter|sun|couchbase)\./;

/** The last word of a type that is an error of a machine, a network, a store or a protocol, or of nothing in particular. */
const TECHNICAL =
  /^(?:Runtime|System|Internal|Service|Server|Client|Api|API|Http|HTTP|Https|Web|Request|Response|Fetch|Axios|Url|URL|Uri|URI|Connection|Connect|Connector|Communications?|Network|Socket|Transport|Protocol|Channel|Stream|IO|Io|OS|Os|File|Storage|Blob|Memory|Overflow|Resource|Exhausted|Exceeded|Throttl\w*|Limit|Requests|Overload|Overloaded|Busy|Unavailable|Rejected|Execution|Thread|Pool|Timeout|Deadline|Abort|Aborted|Interrupted|Circuit|Breaker|Bulkhead|Hostname|Dns|DNS|Lookup|Tls|TLS|Ssl|SSL|Certificate|Handshake|Auth|Authentication|Authorization|Credentials?|Config|Configuration|Configured|Properties|Environment|Env|Variable|Database|Db|Sql|SQL|Query|Statement|Deadlock|Driver|Cursor|Cluster|Shard|Replica|Broker|Queue|Topic|Producer|Amqp|AMQP|Mqtt|Kafka|Jms|JMS|Redis|Jedis|Mongo|Postgres|Pg|PSQL|Mysql|MySQL|Oracle|Cassandra|Cosmos|Elasticsearch|Ldap|Smtp|SMTP|Rpc|RPC|Grpc|GRPC|Status|Upstream|Gateway|Proxy|Backend|Lambda|Worker|Fatal|Panic|Large|Payload|Body|Entity|Multipart|Multer|Json|JSON|Xml|XML|Yaml|Parse|Parser|Decode|Decoding|Encoding|Syntax|Type|Reference|Range|Attribute|Module|Cache|Stripe|Sdk|SDK|Aws|Injected|Dependency|External|Remote|Space|Gone|Reset|Refused|Closed|Unreachable|Disconnected|String|Wrap|wrap)$/;

/** Types that everybody throws, so that they say nothing of who did. */
const BARE =
  /^(?:Error|Exception|Failure|(?:Runtime|Standard|Value|System)(?:Error|Exception)|Illegal(?:State|Argument)Exception|(?:InvalidOperation|Argument|Application|Logic|Domain)Exception)$/;

/** Endings that say only that something went wrong. */
const ENDING = /(?:Error|Exception|Failure|Fault)$/;
const LAST_WORD = /(?:[A-Z]+(?![a-z])|[A-Z]?[a-z]+)\d*$/;

/** Codes and names that no sentence about a trade holds: `ECONNREFUSED`, `CERT_HAS_EXPIRED`, `PayloadTooLarge`. */
const CODED = /[a-z][A-Z]|[A-Z]_[A-Z0-9]|\bE[A-Z]{4,}\b|::/;

/** Things that only machines have. */
const OF_MACHINES =
  /\b(?:memory|heap|file (?:descriptors?|handles?)|sockets?|credentials|env(?:ironment)?|namespace|scheme|upstreams?|backends?|host ?names?|event loop|threads?|errno|DNS|TLS|SSL|TCP|HTTP|JSON|XML|SQL)\b/i;

/** True of words that begin with an error of the program's own trade. */
export function isDomainError(words: string): boolean {
  const type = TYPED.exec(words)?.[1];
  return type !== undefined && isDomainType(type);
}

/** True of the type of an error of the program's own trade: no library's, and named after nothing technical. */
export function isDomainType(type: string): boolean {
  const name = /\w+$/.exec(type)?.[0] ?? "";
  if (BARE.test(name)) return true;
  if (LIBRARY.test(type) || !/^[A-Z]/.test(name)) return false;
  return !TECHNICAL.test(LAST_WORD.exec(name.replace(ENDING, ""))?.[0] ?? "");
}

/** So many words in a row are a sentence of one library's. */
const SENTENCE = 6;

/** True where what matched is a code, a name of a program, a thing of machines or a sentence of a library, not words that people use as well. */
export function isTechnicalText(match: string): boolean {
  return CODED.test(match) || OF_MACHINES.test(match) || match.trim().split(/\s+/).length >= SENTENCE;
}
