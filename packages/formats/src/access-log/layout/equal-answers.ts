/**
 * Decides what the whole number after a status is. A size belongs to the answer: it is the same whenever the same request gets the same
 * status, and 0 or `-` if the answer has no body. A duration in microseconds hardly ever repeats, and is never 0 or `-`.
 */

/** The columns of one line, their request and status, and whether further numbers follow. */
type Answer = {
  readonly request: string;
  readonly status: string;
  readonly second: string;
  readonly third: string | undefined;
  readonly hasMore: boolean;
};

/** So many answers must repeat before a file is taken to differ from all published layouts. */
const LEAST_PAIRS = 16;
/** The least number of repeated redirects, errors and answers without a body. Servers and applications send these identically each time. */
const LEAST_FIXED = 4;
/** Of durations around fifty microseconds, one in sixteen equals the last one. Of the sizes of redirects and errors, nearly all do. */
const MOST_EQUAL = 0.15;
const LEAST_BODILESS = 2;
/** A duration must be shown by more lines in which the number cannot be a size, because there is no body. */
const LEAST_TIMED = 4;
/** The slowest request takes many times as long as the median one. Invented sizes lie below some bound, about twice the median. */
const LEAST_SPREAD = 10;
/** Random numbers differ as much between two answers to the same request as between any two answers. Durations differ less. */
const MOST_WITHIN = 0.6;
/**
 * The most that an answer without a body sends: headers of 8 KiB, as servers allow, and the first TLS records, which httpd's `%O` counts.
 * Headers differ by cookies and by the state of the connection, so before dynamic pages `%O` hardly ever repeats either.
 */
const MOST_HEAD = 16_384;
/** A single such number may come from a damaged line. */
const LEAST_UNSENT = 2;
/** At least half of the sizes repeat; of durations in milliseconds, perhaps one in ten does. */
const LEAST_EQUAL = 0.5;

/** Whole seconds mostly repeat too, but few of them are this large. */
const LEAST_SIZE = 20;
const MOST_LARGE = 0.8;

/** Counts how often a column has the same value as when the same answer was given before. */
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
  /** The repetitions of the third column, in answers with a body. */
  private readonly thirds = new Repeats();
  private readonly values: number[] = [];
  /** The sum of the squared differences between the numbers' logarithms and those of the same answer before. */
  private squares = 0;
  /** The count of numbers that an answer of this size cannot have, even with its head. */
  private unsent = 0;
  private nothing = 0;
  private more = 0;
  private bodiless = 0;
  private bodilessBefore = 0;
  private bodies = 0;
  private large = 0;

  /** Takes in one line. */
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

  /** The judgement on the column after the status: a size, as in all published layouts, unless something speaks against it. */
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
