import { anyOf, type Evidence } from "@faultline/model";
import type { Hop } from "../../isolate/hops/hop-shape.ts";
import { type Findings, type Saying, hear } from "../findings.ts";
import { fromSetting } from "./switched-settings.ts";

/** How brokers and clouds themselves say that there is no such place: no program words an error of its trade so. */
const SPELLED = new RegExp(
  anyOf(
    /\bno (?:exchange|queue) '.{0,120}' in vhost\b/,
    /NoSuch(?:Bucket|Container|Entity\b|Upload)/,
    /MessagingEntityNotFound/,
    /\bmessaging entity\b.{0,80}\bcould not be found\b/,
    /\bspecified (?:bucket|queue|container|topic) does not exist\b/,
    /\bnats\b.{0,40}(?:\berr_code=1005[89]\b|(?:invalid |\b)stream name\b)/,
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
  if (isUnlisted(findings) && fromSetting(findings).length > 0) return hear(findings, UNLISTED, saying);
  const isOfBroker = findings.origin?.step.call?.peer.kind === "messaging";
  const ofClient = findings.sayings.filter(({ text, isDirect }: Saying) => isDirect && (isOfBroker || CLIENT.test(text)));
  return hear({ ...findings, sayings: ofClient }, WORDED, saying);
}

/** Kafka's client says the same of a topic that nobody made and of one whose brokers it cannot ask: it waits for either. */
const UNLISTED = /\bTopic (\S{1,200}) not present in metadata\b/;

/** True where a topic was waited for in vain that no good request wrote to: nothing shows that there is one. */
export function isUnlisted({ sayings, succeeding }: Findings): boolean {
  const topic = sayings.map(({ text }) => UNLISTED.exec(text)?.[1]).find((each) => each !== undefined);
  return topic !== undefined && !succeeding.some(({ entry }) => sendsTo(entry, topic));
}

function sendsTo({ calls }: Hop, topic: string): boolean {
  return calls.some(
    ({ from, outcome, callee }) =>
      (outcome.kind === "ok" && from.span.attributes["messaging.destination.name"] === topic) ||
      (callee !== undefined && sendsTo(callee, topic)),
  );
}
