/** Content negotiation (RFC 9110 §12.5.1) for the few representations that an error has. */

/** The representations, best first when the client has no preference. */
const OFFERED = ["application/problem+json", "application/json", "text/html", "text/plain"] as const;

/** A representation of an error. */
export type ErrorMediaType = (typeof OFFERED)[number];

/** Longer headers are not read to their end: negotiation of an error must not cost more than the error. */
const MAX_RANGES = 32;
const MAX_LENGTH = 1024;

type Range = { readonly type: string; readonly quality: number };

function readRange(text: string): Range {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const q = parameters.find((each) => each.startsWith("q="));
  const quality = q === undefined ? 1 : Number(q.slice(2));
  return { type, quality: quality > 0 ? Math.min(quality, 1) : 0 };
}

/** The quality a client gives a type: its most specific range decides. */
function qualityOf(offer: string, ranges: readonly Range[]): number {
  const wanted = [offer, offer.replace(/\/.*/, "/*"), "*/*"];
  return wanted.map((type) => ranges.find((each) => each.type === type)).find(Boolean)?.quality ?? 0;
}

/** Picks the representation. A client that accepts none of them gets problem details all the same: an error beats a 406. */
export function negotiate(accept: unknown): ErrorMediaType {
  if (typeof accept !== "string" || accept === "" || accept === "*/*") return "application/problem+json";
  const ranges = accept.slice(0, MAX_LENGTH).split(",", MAX_RANGES).map(readRange);
  // The first of the best.
  return OFFERED.reduce((best, offer) => (qualityOf(offer, ranges) > qualityOf(best, ranges) ? offer : best));
}
