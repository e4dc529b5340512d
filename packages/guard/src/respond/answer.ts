/** From a failing exchange to the answer that its client gets. The core knows nothing of it: whoever answers by themselves does not load it. */
import type { Exchange } from "../exchange.ts";
import { type ErrorFacts, type ErrorRule, readChain } from "./error-facts.ts";
import { decideAnswer, UNKNOWN_ERROR } from "./error-map.ts";
import { BAD_REQUEST, UNPROCESSABLE } from "./input-rule.ts";
import { type Answer, writeAnswer } from "./problem.ts";
import { judgeBySource } from "./source/source-proof.ts";

/** What is needed of a guard. */
type AnsweringGuard = {
  readonly service: string;
  readonly rules: readonly ErrorRule[];
  shield<T>(run: () => T): T | undefined;
};

const PLAIN_500: Answer = {
  status: 500,
  headers: { "content-type": "application/problem+json" },
  body: '{"title":"Internal Server Error","status":500}',
};

/** What the framework unpacked, where the body came packed; else what was seen on the wire. */
function readBodyText(exchange: Exchange): string | undefined {
  const { bodyChunks, view, request } = exchange;
  const parsed = bodyChunks === undefined || view.headers(request)["content-encoding"] !== undefined ? view.parsedBody(request) : undefined;
  if (parsed !== undefined && parsed !== null) return typeof parsed === "string" ? parsed : JSON.stringify(parsed);
  if (bodyChunks === undefined) return undefined;
  const kept = Buffer.concat(bodyChunks);
  return kept.byteLength === exchange.bodyBytes ? kept.toString("utf8") : undefined;
}

/** Keeps what was thrown and writes the answer to it. Never throws: the worst answer is a bare 500. */
export function answerThrown(
  guard: AnsweringGuard,
  exchange: Exchange,
  failure: { readonly thrown: unknown; readonly isClientGone?: boolean },
): Answer {
  const { thrown, isClientGone = false } = failure;
  exchange.fail(thrown);
  const answered = guard.shield(() => {
    const { view, request } = exchange;
    const facts: ErrorFacts = {
      chain: readChain(thrown),
      method: view.method(request),
      target: view.target(request),
      clientGone: isClientGone,
      headers: () => view.headers(request),
      bodyText: () => readBodyText(exchange),
    };
    const known = decideAnswer(facts, guard.rules);
    const isUnsure = [UNKNOWN_ERROR, BAD_REQUEST, UNPROCESSABLE].includes(known);
    const answer = isUnsure ? guard.shield(() => judgeBySource(exchange, facts.bodyText, known)) : known;
    return writeAnswer(answer ?? UNKNOWN_ERROR, {
      service: guard.service,
      accept: view.headers(request)["accept"],
      requestId: exchange.requestId,
      traceId: exchange.trace.traceId,
    });
  });
  return answered ?? PLAIN_500;
}
