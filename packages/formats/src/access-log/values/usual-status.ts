/**
 * The status codes in use: those registered with IANA, and those that well-known servers invented (nginx 444 and 494 to 499, IIS 440 and
 * 449, AWS 460, 463 and 561, Cloudflare 520 to 530, Shopify 540, Squid 598 and 599, and a few more).
 */
const USUAL = new Set([
  100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 218, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308, 400, 401, 402,
  403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 419, 420, 421, 422, 423, 424, 425, 426, 428, 429, 430,
  431, 440, 444, 449, 450, 451, 460, 463, 464, 494, 495, 496, 497, 498, 499, 500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511,
  520, 521, 522, 523, 524, 525, 526, 527, 529, 530, 540, 561, 598, 599,
]);

/** Units and things that a number directly before them counts, whereas a status has nothing after it. */
const COUNTED = /^ (?:[nµum]?s|m?secs?|seconds|[KkMG]?i?B|bytes|of|rows|hits|items|records|results|times|retries|%)(?= |$)/;

/** True if the text after a number shows that the number is a time, a size or a count. */
export function isCounted(rest: string): boolean {
  return COUNTED.test(rest);
}

/**
 * True for three digits that are a status code in use. If a layout does not say what a number is, only such a code is taken for a status.
 */
export function isUsualStatus(text: string | undefined): boolean {
  return text !== undefined && text.length === 3 && USUAL.has(Number(text));
}
