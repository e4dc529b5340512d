/**
 * What the whole number behind a status is. A size is that of an answer: the same for the same request and status again and again, and
 * nothing where an answer has no body. A duration is hardly ever the same in microseconds, and never nothing.
 */

/** The columns of one line, and of whom they are. */
type Answer = { readonly request: string; readonly status: string; readonly second: string; readonly third: string | undefined };

/** So many answers must have been given again before a file is thought to be unlike all published layouts. */
const LEAST_PAIRS = 16;
/** Of these, redirects, errors and answers without a body: servers and applications write the same each time. */
const LEAST_FIXED = 4;
/** Two durations of a few hundred microseconds may be the same. */
const MOST_EQUAL = 0.05;
const LEAST_BODILESS = 2;
/** Half of the sizes are those of before; of durations in milliseconds one in ten may be. */
const LEAST_EQUAL = 0.5;

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
  private nothing = 0;
  private bodiless = 0;
  private bodilessBefore = 0;

  /** Takes one line in. */
  add(answer: Answer): void {
    const { request, status, second, third } = answer;
    const isBodiless = status === "204" || status === "304" || request.startsWith("HEAD ");
    this.nothing += isNothing(second) ? 1 : 0;
    this.bodiless += isBodiless ? 1 : 0;
    this.bodilessBefore += isBodiless && !isNothing(second) && third !== undefined && isNothing(third) ? 1 : 0;
    const key = `${status} ${request}`;
    const before = this.last.get(key);
    this.last.set(key, answer);
    this.all.add(before?.second, second);
    if (isBodiless || Number(status) >= 300) this.fixed.add(before?.second, second);
    if (!isBodiless) this.thirds.add(before?.third, third);
  }

  /** What the lines so far say of the column behind the status; a size, as in all published layouts, where nothing speaks against it. */
  get verdict(): "status-first" | "status-duration" | "status-other-size" {
    if (this.nothing === 0 && this.all.isChanging(LEAST_PAIRS) && this.fixed.isChanging(LEAST_FIXED)) return "status-duration";
    const isBeforeSize = this.bodiless >= LEAST_BODILESS && this.bodilessBefore === this.bodiless && this.thirds.isSteady;
    return isBeforeSize ? "status-other-size" : "status-first";
  }
}

function isNothing(column: string): boolean {
  return column === "-" || column === "0";
}
