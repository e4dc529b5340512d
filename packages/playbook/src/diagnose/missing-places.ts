import { anyOf, type Evidence } from "@faultline/model";
import { type Findings, type Saying, hear } from "./findings.ts";

/** How brokers and clouds themselves say that there is no such place: no program words an error of its trade so. */
const SPELLED = new RegExp(
  anyOf(
    /\bno (?:exchange|queue) '.{0,120}' in vhost\b/,
    /NoSuch(?:Bucket|Container|Entity\b|Upload)/,
    /MessagingEntityNotFound/,
    /\bmessaging entity\b.{0,80}\bcould not be found\b/,
    /\bspecified (?:bucket|queue|container|topic) does not exist\b/,
  ),
  "i",
);

/** The same in words that are everybody's: shops have subscriptions, forums topics, and ports containers. */
const WORDED = new RegExp(
  anyOf(
    /\bno (?:such )?(?:exchange|queue|topic|bucket|container|subscription|stream|vhost|consumer group)\b/,
    /(?:Topic|Queue|Subscription|Container|Bucket|Stream)NotFound/,
    /\b(?:exchange|queue|topic|bucket|container|subscription|stream)\b.{0,80}\b(?:does not exist|could not be found|(?:was |is )?not found)\b/,
  ),
  "i",
);

/** Clients of brokers and clouds, by the packages and types that they throw. */
const CLIENT =
  /\b(?:pika|amqp\w*|kombu|bunny|rabbitmq\w*|kafka\w*|confluent\w*|nats|jetstream|pulsar\w*|google\.(?:api_core|cloud|pubsub)|azure|amazonaws|aws\w*|botocore|servicebus\w*|eventhubs?\w*)[.:]/i;

/**
 * What the program names, and a broker or a cloud does not have: a setting or a declaration is missing, on one side or the other. Words that are
 * everybody's count where the client of a broker or a cloud says them, or where the call to a broker is what failed.
 */
export function hearMissingPlace(findings: Findings, saying: Parameters<typeof hear>[2]): readonly Evidence[] {
  const spelled = hear(findings, SPELLED, saying);
  if (spelled.length > 0) return spelled;
  const isOfBroker = findings.origin?.step.call?.peer.kind === "messaging";
  const ofClient = findings.sayings.filter(({ text, isDirect }: Saying) => isDirect && (isOfBroker || CLIENT.test(text)));
  return hear({ ...findings, sayings: ofClient }, WORDED, saying);
}
