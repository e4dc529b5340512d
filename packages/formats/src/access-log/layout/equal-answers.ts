/**
 * What the whole number behind a status is. A size is that of an answer: the same for the same request and status again and again, and
 * nothing where an answer has no body. A duration is hardly ever the same in microseconds, and never nothing.
 */

/** The columns of one line, of whom they are, and whether any other number stands behind them. */
type Answer = {
  readonly request: string;
  readonly status: string;
  readonly second: string;
  readonly third: string | undefined;
  readonly hasMore: boolean;
};

/** So many answers must have been given again before a file is thought to be unlike all published layouts. */
const LEAST_PAIRS = 16;
/** Of these, redirects, errors and answers without a body: servers and applications write the same each time. */
const LEAST_FIXED = 4;
/** One in sixteen durations of some fifty microseconds is the same as the last; of sizes of redirects and errors nearly all are. */
const MOST_EQUAL = 0.15;
const LEAST_BODILESS = 2;
/** What cannot be a size, because there is no body, is wanted more often where it is to be a duration. */
const LEAST_TIMED = 4;
/** The slowest request takes many times as long as the middle one. Sizes that somebody made up lie below some bound, twice the middle. */
const LEAST_SPREAD = 10;
/** What is drawn by lot differs as much between two answers to the same request as between any two; how long they take differs less. */
const MOST_WITHIN = 0.6;
/**
 * What an answer without a body sends, with headers of 8 KiB, which servers allow, and the first records of TLS, which httpd's `%O` counts.
 * Heads differ by cookies and by what is left of a connection: `%O` in front of dynamic pages is hardly ever as before either.
 */
const MOST_HEAD = 16_384;
/** One such number may be of a line that was damaged. */
const LEAST_UNSENT = 2;
/** Half of the sizes are those of before; of durations in milliseconds one in ten may be. */
const LEAST_EQUAL = 0.5;

/** Whole seconds are mostly as before too, and few of them are so many. */
const LEAST_SIZE = 20;
const MOST_LARGE = 0.8;

/** How often a column is what it was when the same was answered before. */
class Repeats {
  pairs = 0;
  equal = 0;

  add(before: string | undefined, now: string | undefined): void {
    if (before === undefined || now === undefined) return;
    this.pairs += 1;
    this.equal += before === now ? 1 : 0;
  }

  isChanging(least: number): boolean {
    return this.pairs >= least && this.equal <= this.pairs * MOST_EQUAL;
  }

  get isSteady(): boolean {
    return this.pairs >= LEAST_PAIRS && this.equal >= this.pairs * LEAST_EQUAL;
  }
}

/** Compares a file's answers with each other. */
export class EqualAnswers {
  private readonly last = new Map<string, Answer>();
  private readonly all = new Repeats();
  private readonly fixed = new Repeats();
  /** Of the number behind the second, where there is a body. */
  private readonly thirds = new Repeats();
  private readonly values: number[] = [];
  /** Of the numbers' logarithms, the squared differences from the same answer before. */
  private squares = 0;
  /** Numbers that no answer of this size and its head have together. */
  private unsent = 0;
  private nothing = 0;
  private more = 0;
  private bodiless = 0;
  private bodilessBefore = 0;
  private bodies = 0;
  private large = 0;

  /** Takes one line in. */
  add(answer: Answer): void {
    const { request, status, second, third } = answer;
    this.values.push(Number(second));
    this.more += answer.hasMore ? 1 : 0;
    const isBodiless = status === "204" || status === "304" || request.startsWith("HEAD ");
    this.nothing += isNothing(second) ? 1 : 0;
    this.bodiless += isBodiless ? 1 : 0;
    this.bodilessBefore += isBodiless && !isNothing(second) && third !== undefined && isNothing(third) ? 1 : 0;
    const body = isBodiless && !request.startsWith("HEAD ") ? 0 : Number(third ?? Number.NaN);
    this.unsent += Number(second) < body || Number(second) > body + MOST_HEAD ? 1 : 0;
    const key = `${status} ${request}`;
    const before = this.last.get(key);
    this.last.set(key, answer);
    this.all.add(before?.second, second);
    if (before !== undefined) this.squares += (Math.log(Number(second)) - Math.log(Number(before.second))) ** 2;
    if (isBodiless || Number(status) >= 300) this.fixed.add(before?.second, second);
    if (isBodiless) return;
    this.bodies += 1;
    this.large += Number(third) >= LEAST_SIZE ? 1 : 0;
    this.thirds.add(before?.third, third);
  }

  /** What the lines so far say of the column behind the status; a size, as in all published layouts, where nothing speaks against it. */
  get verdict(): "status-first" | "status-duration" | "status-other-size" {
    const { bodiless } = this;
    const isBodiless = bodiless > 0 && this.bodilessBefore === bodiless;
    const isLast = this.more === 0 || isBodiless;
    if (isLast && bodiless >= LEAST_TIMED && this.unsent >= LEAST_UNSENT && this.isTimed) return "status-duration";
    const isSize = this.thirds.isSteady && this.large >= this.bodies * MOST_LARGE;
    return isBodiless && bodiless >= LEAST_BODILESS && isSize ? "status-other-size" : "status-first";
  }

  private get isTimed(): boolean {
    if (this.nothing > 0 || !this.all.isChanging(LEAST_PAIRS) || !this.fixed.isChanging(LEAST_FIXED)) return false;
    const sorted = this.values.toSorted((one, other) => one - other);
    const isSpread = (sorted.at(-1) ?? 0) >= LEAST_SPREAD * (sorted[sorted.length >> 1] ?? 0);
    const within = this.squares / (2 * this.all.pairs);
    return isSpread && within <= MOST_WITHIN * measureVariance(sorted.map(Math.log));
  }
}

function measureVariance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

function isNothing(column: string): boolean {
  return column === "-" || column === "0";
}
