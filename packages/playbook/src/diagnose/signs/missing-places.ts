import { anyOf, anyWord, type Evidence } from "@faultline/model";
import type { Hop } from "../../isolate/hops/hop-shape.ts";
import { type Findings, type Saying, hear } from "../findings.ts";
import { fromSetting } from "./switched-settings.ts";

/** Exact messages of brokers and clouds that a place does not exist. No program words an error of its business like this. */
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

/** The same in common words: shops have subscriptions, forums topics, and ports containers. */
const WORDED = new RegExp(
  anyOf(
    /\bno (?:such )?(?:exchange|queue|topic|bucket|container|subscription|stream|vhost|consumer group)\b/,
    /(?:Topic|Queue|Subscription|Container|Bucket|Stream)NotFound/,
    /\b(?:exchange|queue|topic|bucket|container|subscription|stream)\b.{0,80}\b(?:does not exist|could not be found|(?:was |is )?not found)\b/,
  ),
  "i",
);

/** Clients of brokers and clouds, by their packages and the types that they throw. */
const CLIENT = new RegExp(
  String.raw`\b${anyWord`
    pika amqp\w* kombu bunny rabbitmq\w* kafka\w* confluent\w* nats jetstream pulsar\w*
    google\.(?:api_core|cloud|pubsub) azure amazonaws aws\w* botocore servicebus\w* eventhubs?\w*`}[.:]`,
  "i",
);

/**
 * Evidence that the program names something that a broker or a cloud does not have: a setting or a declaration is missing, on one side or
 * the other. Common words count only if the client of a broker or a cloud uses them, or if the call to a broker is what failed.
 */
export function hearMissingPlace(findings: Findings, saying: Parameters<typeof hear>[2]): readonly Evidence[] {
  const spelled = hear(findings, SPELLED, saying);
  if (spelled.length > 0) return spelled;
  if (isUnlisted(findings) && fromSetting(findings).length > 0) return hear(findings, UNLISTED, saying);
  const isOfBroker = findings.origin?.step.call?.peer.kind === "messaging";
  const ofClient = findings.sayings.filter(({ text, isDirect }: Saying) => isDirect && (isOfBroker || CLIENT.test(text)));
  return hear({ ...findings, sayings: ofClient }, WORDED, saying);
}

/**
 * Kafka's client says this about a topic that nobody created, and also about one whose brokers it cannot ask, because it waits in both
 * cases.
 */
const UNLISTED = /\bTopic (\S{1,200}) not present in metadata\b/;

/** True if a topic was waited for in vain to which no good request wrote, so that nothing shows that it exists. */
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
