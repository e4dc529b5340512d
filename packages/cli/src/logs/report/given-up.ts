import { anyOf, type MadeBy } from "@faultline/model";
import type { JoinedMessage, RouteErrors } from "./report.ts";

type GivenUp = { readonly who: string; readonly format: string; readonly statuses: readonly number[]; readonly words: RegExp };

/** The statuses by which a gateway reports on what is behind it, and the one by which it reports a failure of its own. */
const OF_BEHIND: readonly number[] = [502, 503, 504];
const OF_ITSELF: readonly number[] = [500];

/**
 * What a proxy's error log says about a request that the proxy then answered itself, and with which statuses: nothing came from behind that
 * it could pass on, or it asked nobody. Messages about a response's body are missing here, because they come too late for that.
 */
const GAVE_UP: readonly GivenUp[] = [
  { who: "httpd", format: "apache-error", statuses: OF_BEHIND, words: /^(?:\([^)]*\)[^:]*: )?AH(?:00898|01102|01106): / },
  // httpd reached nobody.
  { who: "httpd", format: "apache-error", statuses: [503], words: /^(?:\([^)]*\)[^:]*: )?AH(?:00957|01114): / },
  // httpd answers 500 if it could not even begin to ask.
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
    // With error 2 or 20, the requested file is missing: nginx answers 404 or asks the app. For the temporary file of a body, which is
    // named by a number, these errors mean that its directory is missing.
    words: new RegExp(
      `^${anyOf(
        "rewrite or internal redirection cycle",
        "auth request unexpected status",
        /(?:mkdir|pwritev?|write)\(\) "[^"]*" failed/,
        /open\(\) "[^"]*(?:\/\d{10}" failed|" failed \((?!20?:))/,
        /\d+ worker_connections are not enough/,
      )}`,
    ),
  },
  { who: "nginx", format: "nginx-error", statuses: [503], words: /^limiting (?:requests|connections)(?!, dry run)/ },
];

/** The statuses that a proxy answers with after these words in its error log. Undefined if the words do not say that it gave up. */
export function findGivenUpStatuses(format: string, text: string): readonly number[] | undefined {
  const rows = GAVE_UP.filter((row) => row.format === format && row.words.test(text));
  return rows.length === 0 ? undefined : rows.flatMap(({ statuses }) => statuses);
}

/** Who answered with this status by itself, according to a message logged beside the request. Undefined if the words do not say so. */
export function findWhoGaveUp({ format, text }: Pick<JoinedMessage, "format" | "text">, status: number): string | undefined {
  return GAVE_UP.find((row) => row.format === format && row.statuses.includes(status) && row.words.test(text))?.who;
}

/** The judgement that the one who gave up wrote the answer. */
export function toGivenUp(who: string, text: string): MadeBy {
  return { hop: "observer", because: `${who}'s error log: ${text}`, confidence: 0.85 };
}

/** If the access log cannot tell who answered, the error log may: it must have a message for at least every second failure. */
export function judgeByMessages(madeBy: RouteErrors["madeBy"], status: number, joined: readonly JoinedMessage[]): RouteErrors["madeBy"] {
  if (madeBy.hop !== "unknown") return madeBy;
  const own = joined.find((message) => findWhoGaveUp(message, status) !== undefined);
  const who = own === undefined ? undefined : findWhoGaveUp(own, status);
  if (own === undefined || who === undefined || own.count * 2 < own.lookedAt) return madeBy;
  return { ...toGivenUp(who, own.text), observer: who, fate: "created" };
}
