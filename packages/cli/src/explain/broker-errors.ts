import type { ErrorKnowledge } from "./error-knowledge.ts";

type Known = readonly [
  code: string,
  pattern: RegExp,
  meaning: string,
  cause: ErrorKnowledge["cause"],
  nextCheck: string,
  mistakenFor?: string,
];

const KAFKA: readonly Known[] = [
  [
    "NOT_LEADER_OR_FOLLOWER",
    /\bNOT_LEADER_(?:OR_FOLLOWER|FOR_PARTITION)\b|\bNotLeader(?:OrFollower|ForPartition)(?:Exception|Error)?\b/,
    "the broker that was asked does not lead this partition any more; clients ask for the leader anew and try again",
    "no-healthy-upstream",
    "did a broker restart or an election run then? kafka-topics --describe: which partitions are under-replicated?",
    "a lost message: a producer that retries loses none",
  ],
  [
    "LEADER_NOT_AVAILABLE",
    /\bLEADER_NOT_AVAILABLE\b|\bLeaderNotAvailable(?:Exception|Error)?\b/,
    "the partition has no leader: the topic was just made, or no replica that is in sync lives",
    "no-healthy-upstream",
    "kafka-topics --describe --unavailable-partitions; which broker is down?",
  ],
  [
    "UNKNOWN_TOPIC_OR_PARTITION",
    /\bUNKNOWN_TOPIC_OR_PARTITION\b|\bUnknownTopicOrPartition(?:Exception|Error)?\b/,
    "there is no such topic or partition, or this user may not see it",
    "bad-configuration",
    "the topic's name in this environment, auto.create.topics.enable, the user's ACL",
  ],
  [
    "NOT_ENOUGH_REPLICAS",
    /\bNOT_ENOUGH_REPLICAS(?:_AFTER_APPEND)?\b|\bNotEnoughReplicas(?:AfterAppend)?(?:Exception)?\b/,
    "fewer replicas are in sync than min.insync.replicas asks for, and the producer wants all",
    "no-healthy-upstream",
    "which brokers are down or behind? kafka-topics --describe --under-min-isr-partitions",
  ],
  [
    "REQUEST_TIMED_OUT",
    /\bREQUEST_TIMED_OUT\b/,
    "the broker did not get the replicas' word in time (request.timeout.ms)",
    "dependency-timeout",
    "the brokers' disks and network, and which replica lags",
  ],
  [
    "MESSAGE_TOO_LARGE",
    /\bMESSAGE_TOO_LARGE\b|\bRecordTooLarge(?:Exception|Error)?\b/,
    "the record is larger than the topic or the broker takes (1 MiB by default)",
    "body-too-large",
    "max.request.size of the producer, max.message.bytes of the topic; or keep the large part elsewhere",
  ],
  [
    "COORDINATOR_NOT_AVAILABLE",
    /\bCOORDINATOR_(?:NOT_AVAILABLE|LOAD_IN_PROGRESS)\b|\bNOT_COORDINATOR\b|\bCoordinatorNotAvailable(?:Exception|Error)?\b/,
    "the broker that keeps this group's offsets is not there, or has just taken over",
    "no-healthy-upstream",
    "the partitions of __consumer_offsets: which have no leader?",
  ],
  [
    "REBALANCE_IN_PROGRESS",
    /\bREBALANCE_IN_PROGRESS\b|\bILLEGAL_GENERATION\b|\bUNKNOWN_MEMBER_ID\b|\bCommitFailedException\b/,
    "the group gives its partitions out anew, and this consumer is not in it: what it had read is read again by another",
    "dependency-timeout",
    "does one poll's work take longer than max.poll.interval.ms (5 min)? did consumers start or stop?",
    "a fault of the brokers: mostly the consumer was too slow to ask again",
  ],
  [
    "OFFSET_OUT_OF_RANGE",
    /\bOFFSET_OUT_OF_RANGE\b|\bOffsetOutOfRange(?:Exception|Error)?\b/,
    "the offset that is asked for was deleted already, or never was",
    "bad-configuration",
    "did the consumer lag for longer than retention.ms? auto.offset.reset says where it goes on",
  ],
  [
    "TOPIC_AUTHORIZATION_FAILED",
    /\b(?:TOPIC|GROUP|CLUSTER)_AUTHORIZATION_FAILED\b|\b(?:Topic|Group|Cluster)Authorization(?:Exception|FailedError)\b/,
    "the user may not do this with the topic, group or cluster",
    "bad-configuration",
    "kafka-acls --list for the user that the running process has",
  ],
];

const RABBITMQ: readonly Known[] = [
  [
    "PRECONDITION_FAILED",
    /\bPRECONDITION_FAILED - /,
    "declared with other arguments than the queue or exchange has, or a delivery was confirmed twice or too late",
    "bad-configuration",
    "the words behind it: inequivalent arg (which one?), unknown delivery tag, or consumer ack timed out (30 min)",
  ],
  [
    "RESOURCE_LOCKED",
    /\bRESOURCE_LOCKED - /,
    "the queue is exclusive to another connection",
    "bad-configuration",
    "which connection holds it? rabbitmqctl list_queues name owner_pid",
  ],
  [
    "CONNECTION_FORCED",
    /\bCONNECTION_FORCED - /,
    "the broker closed the connection: a shutdown, an operator, or the virtual host went away",
    "no-healthy-upstream",
    "did the broker or its node restart then?",
  ],
  [
    "ACCESS_REFUSED",
    /\bACCESS_REFUSED - /,
    "the log-in is wrong, or the user may not use this virtual host, queue or exchange",
    "bad-configuration",
    "rabbitmqctl list_permissions for the user that the running process has",
  ],
  [
    "NO_CONSUMERS",
    /\bNO_(?:CONSUMERS|ROUTE) - |\b312 NO_ROUTE\b/,
    "nobody takes what was published: no queue is bound (NO_ROUTE), or no consumer listens",
    "bad-configuration",
    "rabbitmqctl list_bindings: was the queue declared in this environment?",
  ],
  [
    "memory alarm",
    /\b(?:memory|disk) resource limit alarm set\b|\bconnection\.blocked\b/,
    "the broker is short of memory or disk, and stops whoever publishes until that is over",
    "resource-exhausted",
    "rabbitmqctl status: which alarm? which queue grows, and who should read it?",
    "a network fault: publishers hang without an error",
  ],
];

function toKnowledge(broker: string, source: string): (known: Known) => ErrorKnowledge {
  return ([code, pattern, meaning, cause, nextCheck, mistakenFor]) => ({
    code: `${broker} ${code}`,
    pattern: new RegExp(`${pattern.source}|^${code}$`),
    meaning,
    madeBy: `the ${broker} broker`,
    ...(cause === undefined ? {} : { cause }),
    nextCheck,
    ...(mistakenFor === undefined ? {} : { mistakenFor }),
    source,
  });
}

/** What message brokers answer to who publishes or consumes. */
export const BROKER_ERRORS: readonly ErrorKnowledge[] = [
  ...KAFKA.map(toKnowledge("Kafka", "Apache Kafka protocol guide, error codes")),
  ...RABBITMQ.map(toKnowledge("RabbitMQ", "RabbitMQ documentation, AMQP 0-9-1 reply codes")),
];
