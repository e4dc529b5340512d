/**
 * Errors that, by their words, belong to no request: they are about a job, a message or a schedule, or about a client that went away before
 * its answer.
 */
import { anyOf, type LogRecord } from "@faultline/model";
import { readLogError } from "./log-words.ts";

/** How a job or task is identified: by a number, a class, a path. A word in lower case is about the business (`job offer failed`). */
const CALLED = String.raw`(?: ['"(#\[{]?(?=\S{0,120}[\d.:A-Z#])\S{1,120})?`;
const WORK_ENDED = new RegExp(
  String.raw`^(?:\W*\w+ )?(?:[Jj]ob|[Tt]ask|[Aa]ctivity(?: task)?)${CALLED} (?:has )?(?:raised|threw|failed|stalled)\b`,
);
const WORK = new RegExp(
  anyOf(
    /\b(?:process|processing|handle|handling|consume|consuming) (?:the |a |an )?(?:message|job|task|record|event|batch)\b/,
    /\b(?:message|event|job|task) (?:handler|consumer|listener|processor)\b/,
    /\b(?:dead[ -]letter|error queue|failed list)\b/,
    // A caller that could not reach a scheduler made a call.
    /\b(?:scheduled (?:task|job)|cron|(?<!\b(?:reach|connect to|connecting to|call|calling|ask|asking) (?:the )?)scheduler)\b/,
    /\btask is being killed\b/,
  ),
  "i",
);
/** Exceptions that frameworks for jobs and brokers throw around the error of such work. */
const WORK_TYPE = /\bListenerExecution|\bJobExecution|\bMessageHandling|\bQueue\\|^Oban\.|^airflow\.|\bApplicationFailure$/;
/** The client did not wait for the answer. */
const GONE = new RegExp(
  anyOf(
    /\b(?:ClientAbort|ClientDisconnect|WebSocketDisconnect|RequestAborted)/,
    // A client with a name before it is the program's own client of a store or a broker.
    /(?:^|[^\w\s]\s*|\b(?:the|a|http|web|remote) )client (?:has )?(?:disconnected|gone away)\b/,
    /\brequest aborted\b/,
    /\bPuma::ConnectionError\b/,
    /^Broken pipe from \(/,
  ),
  "i",
);

/**
 * True for an error that did not end a request. If a path was asked for, words about work are about the business, as with a webhook that
 * takes messages. Below the first line there is a stack, in whose frames every framework's schedulers and queues appear.
 */
export function isOfNoRequest(log: LogRecord, isAsked = false): boolean {
  const { type, message } = readLogError(log);
  const [head = ""] = log.body.split("\n", 1);
  const isWork = WORK_ENDED.test(head) || WORK.test(head) || WORK_TYPE.test(type);
  return (isWork && !isAsked) || GONE.test(`${type}: ${message}`) || GONE.test(head);
}
