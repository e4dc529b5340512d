/** Errors that no request met, by their words: of a job, a message or a schedule, or of a client that went away before its answer. */
import { anyOf, type LogRecord } from "@faultline/model";
import { readLogError } from "./log-words.ts";

/** What a job or task is called by: a number, a class, a path; a word in small letters is the trade's (`job offer failed`). */
const CALLED = String.raw`(?: ['"(#\[{]?(?=\S{0,120}[\d.:A-Z#])\S{1,120})?`;
const WORK_ENDED = new RegExp(
  String.raw`^(?:\W*\w+ )?(?:[Jj]ob|[Tt]ask|[Aa]ctivity(?: task)?)${CALLED} (?:has )?(?:raised|threw|failed|stalled)\b`,
);
const WORK = new RegExp(
  anyOf(
    /\b(?:process|processing|handle|handling|consume|consuming) (?:the |a |an )?(?:message|job|task|record|event|batch)\b/,
    /\b(?:message|event|job|task) (?:handler|consumer|listener|processor)\b/,
    /\b(?:dead[ -]letter|error queue|failed list)\b/,
    // Who could not reach a scheduler, called it.
    /\b(?:scheduled (?:task|job)|cron|(?<!\b(?:reach|connect to|connecting to|call|calling|ask|asking) (?:the )?)scheduler)\b/,
    /\btask is being killed\b/,
  ),
  "i",
);
/** What frameworks of jobs and brokers throw around the error of such work. */
const WORK_TYPE = /\bListenerExecution|\bJobExecution|\bMessageHandling|\bQueue\\|^Oban\.|^airflow\.|\bApplicationFailure$/;
/** Whoever asked did not wait for the answer. */
const GONE = new RegExp(
  anyOf(
    /\b(?:ClientAbort|ClientDisconnect|WebSocketDisconnect|RequestAborted)/,
    // One that has a name before it is the program's own, of a store or a broker.
    /(?:^|[^\w\s]\s*|\b(?:the|a|http|web|remote) )client (?:has )?(?:disconnected|gone away)\b/,
    /\brequest aborted\b/,
    /\bPuma::ConnectionError\b/,
    /^Broken pipe from \(/,
  ),
  "i",
);

/**
 * True of an error that no request ended in. Where a path was asked for, words of work are the trade's, as of a hook that takes messages.
 * What stands below the first line is a stack, whose frames name schedulers and queues of every framework.
 */
export function isOfNoRequest(log: LogRecord, isAsked = false): boolean {
  const { type, message } = readLogError(log);
  const [head = ""] = log.body.split("\n", 1);
  const isWork = WORK_ENDED.test(head) || WORK.test(head) || WORK_TYPE.test(type);
  return (isWork && !isAsked) || GONE.test(`${type}: ${message}`) || GONE.test(head);
}
