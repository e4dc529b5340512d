import type { MadeBy } from "@faultline/model";
import type { JoinedMessage, RouteErrors } from "./report.ts";

type GivenUp = { readonly who: string; readonly format: string; readonly statuses: readonly number[]; readonly words: RegExp };

/** Statuses by which a gateway tells of what is behind it, and those of a failure in itself. */
const OF_BEHIND: readonly number[] = [502, 503, 504];
const OF_ITSELF: readonly number[] = [500];

/**
 * What a proxy's error log says of a request that it then answered by itself, with which statuses: nothing came from behind that it could pass
 * on, or it asked nobody. A message of a response's body came too late for that.
 */
const GAVE_UP: readonly GivenUp[] = [
  { who: "httpd", format: "apache-error", statuses: OF_BEHIND, words: /^(?:\([^)]*\)[^:]*: )?AH(?:00898|01102|01106): / },
  // It reached nobody.
  { who: "httpd", format: "apache-error", statuses: [503], words: /^(?:\([^)]*\)[^:]*: )?AH(?:00957|01114): / },
  // A 500, by which httpd says that it could not begin to ask.
  {
    who: "httpd",
    format: "apache-error",
    statuses: OF_ITSELF,
    words: /^(?:\([^)]*\)[^:]*: )?AH00898: (?:Error during SSL Handshake with remote server|DNS lookup failure for) ?/,
  },
  {
    who: "nginx",
    format: "nginx-error",
    statuses: OF_BEHIND,
    words:
      /^no live upstreams|could not be resolved|while (?:connecting to|SSL handshaking to|sending request to|reading response header from) upstream/,
  },
  {
    who: "nginx",
    format: "nginx-error",
    statuses: OF_ITSELF,
    // A file that is not there (2, 20) is a 404, or asked of an app then; a body's own file, by its number, has no directory.
    words:
      /^(?:rewrite or internal redirection cycle|auth request unexpected status|(?:mkdir|pwritev?|write)\(\) "[^"]*" failed|open\(\) "[^"]*(?:\/\d{10}" failed|" failed \((?!20?:))|\d+ worker_connections are not enough)/,
  },
  { who: "nginx", format: "nginx-error", statuses: [503], words: /^limiting (?:requests|connections)(?!, dry run)/ },
];

/** With which statuses a proxy answers what it gave up with these words; undefined where they tell of nothing like it. */
export function findGivenUpStatuses(format: string, text: string): readonly number[] | undefined {
  const rows = GAVE_UP.filter((row) => row.format === format && row.words.test(text));
  return rows.length === 0 ? undefined : rows.flatMap(({ statuses }) => statuses);
}

/** Who answered by itself with this status, by a message that was logged beside the request; undefined where the words tell of nothing like it. */
export function findWhoGaveUp({ format, text }: Pick<JoinedMessage, "format" | "text">, status: number): string | undefined {
  return GAVE_UP.find((row) => row.format === format && row.statuses.includes(status) && row.words.test(text))?.who;
}

/** The judgement that whoever gave up wrote the answer. */
export function toGivenUp(who: string, text: string): MadeBy {
  return { hop: "observer", because: `${who}'s error log: ${text}`, confidence: 0.85 };
}

/** Where the access log cannot tell, the error log may: a message for at least every second failure says who gave up. */
export function judgeByMessages(madeBy: RouteErrors["madeBy"], status: number, joined: readonly JoinedMessage[]): RouteErrors["madeBy"] {
  if (madeBy.hop !== "unknown") return madeBy;
  const own = joined.find((message) => findWhoGaveUp(message, status) !== undefined);
  const who = own === undefined ? undefined : findWhoGaveUp(own, status);
  if (own === undefined || who === undefined || own.count * 2 < own.lookedAt) return madeBy;
  return { ...toGivenUp(who, own.text), observer: who, fate: "created" };
}
