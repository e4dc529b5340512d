import type { CauseId } from "@faultline/model";
import { toHeaderRecord } from "../../isolate/responses/probe.ts";
import type { ProbeEvidence, ProbeFindings } from "./probe-evidence.ts";

/** What a 503 with a Retry-After may be. Each is a guess until the answer says more. */
const GUESSES: readonly { readonly cause: CauseId; readonly meaning: string; readonly words: RegExp }[] = [
  { cause: "circuit-open", meaning: "an open circuit breaker", words: /circuit|breaker/i },
  { cause: "resource-exhausted", meaning: "load that is shed", words: /over(?:load|capacity)|too busy|at capacity|load.?shed/i },
  { cause: "rate-limited-as-5xx", meaning: "a limit on requests", words: /rate.?limit|too many requests|quota|throttl/i },
];
const GUESS_WEIGHT = 0.2;
const SAID_WEIGHT = 2.2;
/** Words are searched in this many characters of a body. A longer one is a page, not a sentence. */
const READ_CHARACTERS = 4000;

/** Weighs a 503 with Retry-After (RFC 9110 section 10.2.3). It announces something temporary, and by itself says no more than that. */
export function weighLater({ probes: [first], maker }: ProbeFindings): readonly ProbeEvidence[] {
  if (first?.response?.status !== 503) return [];
  const after = toHeaderRecord(first.response.headers)["retry-after"];
  // A proxy's known page always has this header, whatever happened (Varnish writes 5 s).
  const isBoilerplate = maker.matches.some(({ signature, weight }) => weight >= 2 && signature.made !== "behind");
  if (after === undefined || isBoilerplate) return [];
  const body = first.response.body?.slice(0, READ_CHARACTERS) ?? "";
  return GUESSES.map(({ cause, meaning, words }): ProbeEvidence => {
    const said = words.exec(body)?.[0];
    return said === undefined
      ? {
          cause,
          evidence: {
            statement: `it refuses for now and says when to come back, as ${meaning} does among others`,
            measured: `Retry-After: ${after}`,
            source: "header",
            weight: GUESS_WEIGHT,
          },
        }
      : {
          cause,
          evidence: {
            statement: `it refuses for now, says when to come back, and its words are those of ${meaning}`,
            measured: `Retry-After: ${after}; ${JSON.stringify(said)}`,
            source: "body",
            weight: SAID_WEIGHT,
          },
        };
  });
}
