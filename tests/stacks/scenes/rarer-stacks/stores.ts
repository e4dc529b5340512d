/** Stores, caches and brokers that no earlier batch had. */
import { app, thrown } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, bySend, byStore } from "../../shapes.ts";

const RETRY =
  "restart transaction: TransactionRetryWithProtoRefreshError: TransactionRetryError: retry txn (RETRY_SERIALIZABLE - failed preemptive refresh)";
const DEADLOCK = "ForsetiClient[transactionId=6698, clientId=12] can't acquire ExclusiveLock{owners=[7012]} on NODE(1183)";
const THROUGHPUT =
  "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.";
const BACKLOG = "Cannot create producer on topic persistent://acme/eu/invoices with backlog quota exceeded";

/** See the file's head. */
export const STORES: readonly Scene[] = [
  {
    name: "etcd-loses-its-leader",
    software: "Go with etcd's client; the leader is gone for a while",
    onset: 25,
    share: 0.8,
    ...byStore(app("leases", "gin"), "/leases/:id", {
      system: "etcd",
      host: "etcd",
      statement: "GET /leases",
      ms: 5_004,
      trouble: { type: "rpctypes.EtcdError", message: "etcdserver: request timed out, possibly due to previous leader failure" },
      bad: { thrown: thrown("rpctypes.EtcdError", "etcdserver: request timed out, possibly due to previous leader failure", []) },
    }),
    cause: "database-failure",
    also: ["dependency-timeout", "dependency-error"],
  },
  {
    name: "neo4j-deadlock",
    software: "Spring Boot with Neo4j; two writers take the same nodes",
    share: 0.3,
    ...byStore(app("friends", "spring"), "/friends/:id", {
      system: "neo4j",
      host: "graph-db",
      statement: "MATCH (a:Person {id: $id})-[:KNOWS]->(b) SET b.seen = $at",
      ms: 40,
      trouble: { type: "org.neo4j.driver.exceptions.TransientException", message: DEADLOCK },
      code: "Neo.TransientError.Transaction.DeadlockDetected",
      bad: {
        thrown: thrown("org.neo4j.driver.exceptions.TransientException", DEADLOCK, [
          "\tat com.acme.friends.FriendStore.see(FriendStore.java:55)",
        ]),
      },
    }),
    cause: "database-failure",
  },
  {
    name: "cockroach-wants-a-retry",
    software: "Actix with CockroachDB; transactions that contend are not tried again",
    share: 0.3,
    ...byStore(app("seats", "actix"), "/seats/:id", {
      system: "cockroachdb",
      host: "crdb",
      statement: "UPDATE seats SET holder = $1 WHERE id = $2",
      ms: 30,
      code: "40001",
      trouble: { type: "tokio_postgres::Error", message: `db error: ERROR: ${RETRY}` },
      bad: { thrown: thrown("tokio_postgres::Error", `db error: ERROR: ${RETRY}`, []) },
    }),
    cause: "database-failure",
  },
  {
    name: "dynamodb-over-its-throughput",
    software: "Lambda with DynamoDB; a table's provisioned throughput is used up",
    onset: 26,
    share: 0.6,
    ...byStore(app("carts", "lambda"), "/carts/:id", {
      system: "dynamodb",
      host: "dynamodb.eu-west-1.amazonaws.com",
      statement: "PutItem carts",
      ms: 60,
      trouble: { type: "ProvisionedThroughputExceededException", message: THROUGHPUT },
      bad: { thrown: thrown("ProvisionedThroughputExceededException", THROUGHPUT, ["    at save (/var/task/store.js:31:9)"]) },
    }),
    cause: "rate-limited-as-5xx",
    also: ["resource-exhausted", "database-failure"],
  },
  {
    name: "pulsar-backlog-over-its-quota",
    software: "Quarkus with Pulsar; nobody reads, and the broker takes no more",
    onset: 28,
    ...bySend(app("invoicing", "quarkus"), "/invoices", {
      system: "pulsar",
      host: "pulsar",
      topic: "invoices",
      ms: 12,
      trouble: { type: "org.apache.pulsar.client.api.PulsarClientException$ProducerBlockedQuotaExceededException", message: BACKLOG },
      bad: {
        thrown: thrown("org.apache.pulsar.client.api.PulsarClientException$ProducerBlockedQuotaExceededException", BACKLOG, [
          "\tat com.acme.invoicing.Outbox.publish(Outbox.java:44)",
        ]),
      },
    }),
    cause: "resource-exhausted",
    also: ["dependency-error", "rate-limited-as-5xx"],
  },
  {
    name: "memcached-object-too-large",
    software: "Laravel with Memcached; a page of reports grew over a mebibyte",
    share: 0.3,
    ...byStore(app("reports", "laravel"), "/reports/:id", {
      system: "memcached",
      host: "memcached",
      statement: "set report",
      isCallers: true,
      trouble: { type: "MemcachedException", message: "SERVER_ERROR object too large for cache" },
      bad: {
        thrown: thrown("MemcachedException", "SERVER_ERROR object too large for cache", [
          "#0 /srv/app/Cache/Pages.php(31): Memcached->set()",
        ]),
      },
    }),
    cause: "body-too-large",
    also: ["dependency-error", "database-failure"],
    creators: ["reports", "memcached"],
    path: [
      { service: ["reports"], fate: ["created", "remapped", "propagated"] },
      { service: ["memcached"], fate: ["clean", "created"], isOptional: true },
    ],
  },
  {
    name: "column-of-a-tenant-may-not-be-null",
    software: "Flask; another release's migration made a column mandatory that this one does not fill",
    onset: 30,
    ...byStore(app("orders", "flask"), "/orders", {
      system: "postgresql",
      host: "orders-db",
      statement: "INSERT INTO orders (customer, total) VALUES (%s, %s)",
      isCallers: true,
      code: "23502",
      trouble: {
        type: "psycopg2.errors.NotNullViolation",
        message: 'null value in column "tenant_id" of relation "orders" violates not-null constraint',
      },
      bad: {
        thrown: thrown(
          "psycopg2.errors.NotNullViolation",
          'null value in column "tenant_id" of relation "orders" violates not-null constraint',
          ["Traceback (most recent call last):", '  File "/app/orders/store.py", line 40, in insert'],
        ),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "orders-migrations", atMs: 30 * 400 - 900, version: "88", previousVersion: "87" }] },
    cause: "bad-deploy",
    also: ["unhandled-exception", "database-failure", "bad-configuration"],
    creators: ["orders", "orders-db", "postgresql"],
    path: [
      { service: ["orders"], fate: ["created", "remapped", "propagated"] },
      { service: ["orders-db", "postgresql"], fate: ["clean", "created"], isOptional: true },
    ],
  },
  {
    name: "finch-has-no-connection",
    software: "Phoenix with Finch; calls queue for a connection and give up",
    onset: 22,
    share: 0.7,
    ...alone(app("prices", "phoenix"), "/prices/:id", {
      ms: 5_001,
      thrown: thrown(
        "RuntimeError",
        "Finch was unable to provide a connection within the timeout due to excess queuing for connections. Consider adjusting the pool size, count, timeout or reducing the rate of requests if it is possible that the downstream service is unable to keep up with the current rate.",
        ["    (acme 4.2.0) lib/acme/prices.ex:27: Acme.Prices.fetch/1"],
      ),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "beam-reaches-a-limit-of-its-system",
    software: "Phoenix; the virtual machine has no port left",
    onset: 31,
    share: 0.8,
    ...alone(app("chat", "phoenix"), "/rooms/:id", {
      thrown: thrown("SystemLimitError", "a system limit has been reached", [
        '    :erlang.open_port({:spawn_executable, ~c"/usr/bin/convert"}, [])',
        "    (acme 4.2.0) lib/acme/avatars.ex:18: Acme.Avatars.shrink/1",
      ]),
    }),
    cause: "resource-exhausted",
  },
];
