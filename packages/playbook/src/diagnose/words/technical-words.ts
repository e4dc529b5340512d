import { anyOf, anyWord } from "@faultline/model";

/**
 * Tells by an error's type and words whether it is technical (databases, networks, clients and runtimes) or may be about anything. Business
 * rules use technical words as well (a pool is full, a connection was refused), but not in these spellings.
 */

/** Packages, modules and namespaces of runtimes, frameworks, drivers and clients, by the beginning of a qualified type. */
const LIBRARY = new RegExp(
  `^\\*?(?:${[
    // The JVM.
    "(?:javax?|jakarta|jdk|sun|kotlinx?|scala|reactor|akka|weblogic|okhttp3|retrofit2|feign|zio|cats|clojure)\\.",
    "(?:com\\.(?:sun|zaxxer|mysql|mongodb|datastax|rabbitmq|amazonaws|google|microsoft|azure|netflix|alibaba|hazelcast|couchbase|ibm|oracle|sap|fasterxml|github|clickhouse|impossibl)|org\\.(?:springframework|apache|hibernate|postgresql|eclipse|mariadb|redisson|elasticsearch|opensearch|jooq|neo4j|h2|hsqldb|jboss|jetbrains|xerial|glassfish|asynchttpclient|http4s)|io\\.(?:grpc|netty|lettuce|vertx|r2dbc|github|ktor|smallrye|micronaut|quarkus|undertow|nats|etcd|confluent|temporal|projectreactor|agroal|dapr)|redis\\.clients|software\\.amazon|oracle|net\\.(?:spy|rubyeye))\\.",
    // .NET.
    "(?:System|Microsoft|Npgsql|MySql|MySqlConnector|MongoDB|StackExchange|Polly|RabbitMQ|Confluent|Grpc|Azure|Amazon|Oracle|Refit|Elastic|Elasticsearch|NATS|MassTransit|ServiceStack)\\.",
    // Python.
    "(?:psycopg\\w*|asyncpg|sqlalchemy|django|flask|redis|pymongo|motor|requests|urllib3?|httpx|httpcore|aiohttp|botocore|boto3|kombu|pika|amqp|celery|kafka|aiokafka|confluent_kafka|grpc|pymysql|aiomysql|aiopg|MySQLdb|mysql|cx_Oracle|oracledb|sqlite3|pyodbc|elasticsearch|opensearchpy|openai|anthropic|google|azure|pybreaker|circuitbreaker|tenacity|asyncio|ssl|socket|concurrent|multiprocessing|uvicorn|gunicorn|starlette|fastapi|cassandra|neo4j|tortoise|peewee|nats|http|anyio|pymemcache|influxdb\\w*)\\.",
    // Ruby.
    "(?:JSON|ActiveRecord|ActionController|ActionView|ActiveSupport|PG|Mysql2|SQLite3|Redis|RedisClient|Mongo|Mongoid|Net|Errno|Socket|OpenSSL|Faraday|Excon|HTTP|HTTPClient|HTTParty|RestClient|Typhoeus|Timeout|Sidekiq|Bunny|Kafka|Rdkafka|Aws|Google|Stripe|ConnectionPool|Stoplight|Circuitbox|Semian|Dalli|Elasticsearch|GRPC|Sequel|Trilogy|Rack|Puma|Zlib|IO|OpenURI|TinyTds|CB2|Resolv|Async)::",
    // PHP.
    "\\\\?(?:Illuminate|Symfony|Doctrine|GuzzleHttp|Predis|Aws|MongoDB|Psr|React|Amp|PhpAmqpLib|RdKafka|Laminas|Google|Stripe|Elastic|Ganesha|Swoole)\\\\",
    // Elixir and Erlang.
    "(?:Elixir\\.)?(?:DBConnection|Postgrex|Ecto|MyXQL|Redix|Mint|Finch|Req|HTTPoison|Tesla|NimblePool|Broadway|AMQP|Phoenix|Plug|Bandit|Exqlite|Tds|Xandra|Mongo|GRPC|Cachex|Ch)\\.",
    // Go prints the package of a type with its name. Perl and R print few packages.
    "(?:net|url|tls|x509|pq|pgconn|pgx|mysql|redis|mongo|context|os|fs|io|syscall|status|http|http2|kafka|sarama|nats|amqp091|gobreaker|DBI|DBD|IO|LWP|Mojo)(?:\\.(?=[A-Z]\\w*$)|::)",
  ].join("|")})`,
);

/** Parts of the names of types that drivers and clients have, as separate words. */
const TECHNICAL_NAME = new RegExp(
  `(?:^|[a-z.:\\\\*_])${anyWord`
    SQL Sql PDO PG Pg Psql Npgsql Postgres My[Ss][Qq][Ll] Maria Oracle Mongo Redis Jedis Lettuce Reply Kafka AMQP Amqp Rabbit NATS
    Nats Etcd Cassandra Elastic Dynamo Cosmos BigQuery Snowflake Spanner Firestore Prisma Sequelize Knex TypeORM QueryFailed
    H[Tt][Tt][Pp] G?R[Pp][Cc] U[Rr][Ll] T[Cc][Pp] Socket D[Nn][Ss] UnknownHost S[Ss][Ll] T[Ll][Ss] Handshake Hystrix Resilience
    CallNotPermitted Bulkhead BrokenCircuit Hikari ConnectionPool ThreadPool DataSource LoadBalanc\w* J[Dd][Bb][Cc] J[Pp][Aa]
    Hibernate Transport Network I[Oo] OS System Runtime OutOfMemory Memory(?=Error$) StackOverflow Database D[Bb] Operational
    Interface Fetch Axios Gaxios Undici A[Pp][Ii] A[Ww][Ss] S3 Lambda Envoy Proxy Gateway Upstream Consul Vault Worker Isolate
    Nghttp Parser? J[Ss][Oo][Nn] X[Mm][Ll] Config(?:uration)? Settings? Environment Credentials?`}(?![a-z])`,
);

/** Types that belong to drivers and clients, by their full name. */
const TECHNICAL_TYPE = new RegExp(
  `^${anyWord`
    \w*Timeout(?:Error|Exception) (?:Client)?Connect(?:ion|or)?(?:Error|Exception|Refused\w*|Reset\w*|Aborted\w*|Failed\w*)
    BrokenPipeError (?:Payload|Body|Content|Request(?:Entity|Body)?|Entity)TooLarge\w* RateLimit(?:Error|Exception|Exceeded\w*)
    Throttl\w+ TooManyRequests\w* TooManyConnections\w* SlowDown\w* ServiceUnavailable\w* InternalServer\w* ResourceExhausted\w*
    ResourceRequest\w* PoolTimeout CircuitBreaker(?:Error|Exception|Open\w*) (?:Circuit|Breaker)(?:Is)?Open(?:Error|Exception)?
    Open(?:Circuit|Breaker)(?:Error|Exception)? Deadlock(?:Detected\w*|ed) LockWait\w* CannotAcquireLock\w* DataAccess\w*
    Transient\w+ RejectedExecution\w* AbortError ErrorException EOFError FatalError Fatal`}$`,
);

/** A type that is an error's number or name, as codes are written: `IJ000655`, `BLOB_TOO_LARGE`. */
const CODE = /^[A-Z]+(?:_[A-Z0-9]+)+$|^[A-Z]{2,}-?\d{3,}$/;

/** Types that everybody uses in every language, and texts that are no type. They do not show who threw. */
const ANYBODYS = new RegExp(
  `^(?:(?:java\\.(?:lang|util)|kotlin|System|builtins)\\.)?${anyWord`
    error Error Exception Throwable RuntimeException IllegalStateException IllegalArgumentException UnsupportedOperationException
    InvalidOperationException ApplicationException ArgumentException NotSupportedException RuntimeError StandardError ValueError
    TypeError RangeError AssertionError LogicException DomainException UnexpectedValueException InvalidArgumentException
    ArgumentError ErlangError panic \*?errors\.errorString \*?fmt\.wrapError`}?$`,
);

/** Technical wordings: numbers of errors, addresses, durations, the state of a pool, words that only clients and kernels use. */
const MACHINE_WORDS = new RegExp(
  anyOf(
    /\bE(?:CONN|ADDR|HOST|NET|TIMED|NOTFOUND|AI_|PIPE|MFILE|NFILE|NOSPC|NOMEM|PROTO|ACCES|BUSY)[A-Z]*\b/,
    /\b(?:ERR|UND_ERR|ORA|ER|CERT|SSL|HPE|SEC_E)[_-]\w/,
    /\bSQLSTATE\b/,
    /\b[Ee]rrno\b/,
    /\bos error \d/,
    /\b0x[0-9a-f]{4}/,
    /\w:\/\/\S/,
    /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}\b/,
    /\b[a-z][\w.-]*:\d{2,5}\b/,
    /\b\d+(?:\.\d+)? ?(?:ms|[KMGkm]i?[Bb]|bytes)\b/,
    /\b\w+Pool-\d/,
    /\bdial (?:tcp|udp)\b/,
    /\blookup \S+ on\b/,
    /\bcode = \w/,
    /\bgetaddrinfo\b/,
    /\b[a-z][\w-]*\.(?:internal|local|lan|svc|cluster\.local)\b/,
    /operation was aborted due to timeout/,
    /\bQuery read timeout\b/,
    /\bsocket\b/,
    /\bSSL\b/,
    /\bTLS\b/,
    /\bx509\b/,
    /\bTCP\b/,
    /\bHTTP\b/,
    /\bgRPC\b/,
    /\bRetry-After\b/,
    /\b(?:max(?:imum)?|adjust(?:ing)?|increas(?:e|ing)|rais(?:e|ing)) (?:the )?pool size\b/,
    /\bcURL\b/,
    /\b[A-Z]{4,}_[A-Z]{4,}\b/,
    /\b4[0-9]P[0-9]{2}\b/,
    /\b(?:[a-z]+\.){2,}[A-Z]\w*(?:Error|Exception)\b/,
    /\b[Rr]edis\b/,
    /\bHikari/,
    /\bpostgres/,
    /\bmysql\b/,
    /\bmongo/,
  ),
);

/** True for an error that only a machine makes, by its type or its wording. */
export function isTechnical({ type, message }: { readonly type: string; readonly message: string }): boolean {
  const name = type.split(/[.\\]|::/).at(-1) ?? type;
  if (MACHINE_WORDS.test(message)) return true;
  if (isAnybodys(type)) return false;
  return LIBRARY.test(type) || CODE.test(type) || TECHNICAL_NAME.test(name) || TECHNICAL_TYPE.test(name);
}

/**
 * Technical parts of type names. Businesses have pools and circuits as well, so these count only if the type is all that there is: an
 * unknown driver's type then cannot be told from a program's own.
 */
const OF_MACHINES = new RegExp(
  anyWord`
    pool circuit breaker connect socket transport network \bnet\b timeout timed deadlock lock throttl rate limit quota
    retr(?:y|ies) cluster broker queue driver client server smtp mail ldap ftp ssh sql couch graph elastic search cache store
    bucket cloud proxy certificate tls ssl memory disk thread process resource upstream overload busy unavailable`,
  "i",
);

/** True for a type without any technical part: a program's own, as far as a type alone can show it. */
export function isOfTrade(type: string): boolean {
  return !isAnybodys(type) && !TECHNICAL_NAME.test(type) && !OF_MACHINES.test(type);
}

/** True for a type that everybody throws. */
export function isAnybodys(type: string): boolean {
  return ANYBODYS.test(type);
}

/** Technical words that are common elsewhere too, and the small words between them. */
const COMMON_WORDS = new RegExp(
  `\\b${anyWord`
    connections? connect(?:ing|ed)? pools? timeouts? database db servers? hosts? services? upstream backend gateway peer remote
    client network request(?:s|ed)? responses? calls? quer(?:y|ies) statements? transactions? sessions? threads? process(?:es)?
    sockets? circuit breaker certificate deadlocks? locks? memory heap disk space device cpu resources? queue files? body payload
    entity upload message content size header time[sd]? out refused reset closed exhausted full limits? reached exceeded rate
    quota throttled open(?:ed)? expired detected wait(?:ing|ed)? too many large overload(?:ed)? capacity flight busy left used?
    no(?:t|ne)? found available healthy errors? failed failure maximum max number new current(?:ly)? temporarily when while during
    after before trying tr(?:y|ied) attempt(?:s|ing)? again later please retry acquire obtain get establish could cannot can did
    does do be been is was are has have it this that there all any more than the an? of for to from by in on at with and or`}\\b`,
  "gi",
);

/** True for words that are only technical, so that they do not show what business the program is about. */
export function isOnlyOfMachines(message: string): boolean {
  return !/[a-z]{2}/i.test(message.replace(COMMON_WORDS, ""));
}
