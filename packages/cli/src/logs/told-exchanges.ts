import type { LogMessage } from "@faultline/formats/access-log";
import { noteCause } from "@faultline/formats/access-log-knowledge";
import type { Exchange, NotedCause } from "@faultline/model";
import { findWhoGaveUp, toGivenUp } from "./report/given-up.ts";
import { describeMessage, indexMessages } from "./report/join.ts";
import type { Pattern } from "./report/report.ts";
import type { MemoryWarnings } from "./tally/memory-warnings.ts";
import type { KeptExchange, KeptMessage } from "./tally/tally.ts";

/** Exchanges, and the messages that are told as a part of them and no longer separately. */
export type ToldExchanges = { readonly exchanges: readonly Exchange[]; readonly joined: ReadonlySet<LogMessage> };

type Read = {
  readonly failing: readonly KeptExchange[];
  readonly good: readonly KeptExchange[];
  readonly messages: readonly KeptMessage[];
  readonly memory: MemoryWarnings;
};

/** The observer's name in an access log whose lines do not say which software wrote them. */
const NAMELESS = "access log";
const MEMORY_TRUST = 0.85;

/** Adds to the exchanges what was logged beside them and the cause that their own software noted, as the report of a log reads them. */
export function tellExchanges({ failing, good, messages, memory }: Read): ToldExchanges {
  const joined = new Set<LogMessage>();
  const find = indexMessages({ kept: [...failing], messages: [...messages] });
  const told = failing.map((kept) => {
    const [message] = find?.(kept.exchange).messages ?? [];
    if (message === undefined) return { kept, exchange: kept.exchange };
    if (isOfServer(message)) joined.add(message.message);
    return { kept, ...joinMessage(kept.exchange, message) };
  });
  const writers = new Map(told.flatMap(({ kept, who }) => (who === undefined ? [] : [[kept.file, who] as const])));
  const swapped = memory.explain(failing.map(({ exchange }) => exchange));
  const noted = told.map(({ kept, exchange }) => {
    const cause = swapped !== undefined && memory.isMeant(exchange) ? toMemory(exchange, swapped) : noteCause(exchange);
    return nameWriter(cause === undefined ? exchange : { ...exchange, noted: cause }, writers.get(kept.file));
  });
  return { exchanges: [...noted, ...good.map(({ exchange, file }) => nameWriter(exchange, writers.get(file)))], joined };
}

/** True for the error log of a proxy or web server. An application's message stays a separate statement, with its exception. */
function isOfServer({ format }: KeptMessage): boolean {
  return format.endsWith("-error");
}

/** An error log that tells about the requests of a file also tells which software wrote that file. */
function nameWriter(exchange: Exchange, who: string | undefined): Exchange {
  const { observer } = exchange;
  return who === undefined || observer.name !== NAMELESS ? exchange : { ...exchange, observer: { ...observer, name: who } };
}

function toMemory({ flags = "" }: Exchange, { evidence }: Pattern): NotedCause {
  return { cause: "memory-leak", code: flags, meaning: evidence.statement, confidence: MEMORY_TRUST };
}

/** If the access log does not tell who answered, or why, the error log may. */
function joinMessage(exchange: Exchange, message: KeptMessage): { readonly exchange: Exchange; readonly who?: string } {
  const text = describeMessage(message);
  const { madeBy, status = 0, errorMessage = text } = exchange;
  const who = madeBy === undefined || madeBy.hop === "unknown" ? findWhoGaveUp({ format: message.format, text }, status) : undefined;
  if (who === undefined) return { exchange: { ...exchange, errorMessage } };
  return { exchange: { ...exchange, errorMessage, madeBy: toGivenUp(who, text) }, who };
}
