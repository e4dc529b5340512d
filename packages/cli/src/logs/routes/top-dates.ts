/**
 * Dates at the start of a path. They are the versions of an API where each of a few leads to what is its own (AWS Lambda's
 * `/2015-03-31/functions/{name}`, `/2018-10-31/layers/{name}/versions`), and values where they are many, follow day by day, or lead to the same.
 */
import { countWord, type Joined, listChildren, listKeys } from "./place.ts";
import { absorb, createNode, getCrowd, type Mergeable, type Node, PARAMETER } from "./route-node.ts";
import { isDateText } from "./segment.ts";

/** No API answers in more dates; of more at the start of a path each new one is a value at once. */
const MAX_DATES = 24;
/** Fewer lines tell nothing of several dates. */
const LEAST_LINES = 20;
/** An API's versions return: the middle one of them as often. */
const RETURNING = 3;
const DAY_MS = 86_400_000;
/** As often return, on the average, the names right behind versions; articles that stand behind days are new ones. */
const RETURNING_BEHIND = 4;
/** Where one of so many follows the day before, they are days. */
const RUN = 3;
/** Of the lines behind versions so many are of routes with a parameter, and of routes that one version alone has. */
const MOST = 0.5;

/** The key of a date at the start of a path: itself, as long as it may be the version of an API. */
export function findDateKey<T extends Mergeable<T>>(root: Node<T>, date: string): string {
  if (root.crowd !== undefined || root.children.get(PARAMETER)?.constant === date) return PARAMETER;
  if (root.children.has(date) || listDates([root]).length < MAX_DATES) return date;
  foldDates([root]);
  getCrowd(root);
  return PARAMETER;
}

/** Folds dates that are values by what is known before anything else is folded. */
export function foldPlainDates<T extends Mergeable<T>>(roots: Joined<T>): void {
  const dates = listDates(roots);
  const [only] = dates;
  const hasValues = roots.some((root) => root.crowd !== undefined || root.children.has(PARAMETER));
  if (only !== undefined && dates.length === 1 && !hasValues) for (const root of roots) nameConstant(root, only);
  else if (hasValues || dates.length > MAX_DATES || areDays(dates) || !doReturn(roots, dates)) foldDates(roots);
}

/** Folds dates that lead to the same, once what stands behind each of them is folded. */
export function foldAlikeDates<T extends Mergeable<T>>(roots: Joined<T>): void {
  if (!areVersions(roots, listDates(roots))) foldDates(roots);
}

function listDates<T>(roots: Joined<T>): string[] {
  return listKeys(roots).filter(isDateText);
}

/** A lone date is told from a value by the rules for all that is alone (`findVersion`). */
function nameConstant<T>(root: Node<T>, date: string): void {
  const child = root.children.get(date);
  if (child === undefined) return;
  child.constant = date;
  root.children = new Map([...root.children].map(([key, other]) => [other === child ? PARAMETER : key, other]));
}

/** Makes dates values, where the first of them stood, as the order of routes is that of their first lines. */
function foldDates<T extends Mergeable<T>>(roots: Joined<T>): void {
  for (const root of roots) {
    const dates = new Set(listDates([root]));
    if (dates.size === 0) continue;
    const values = root.children.get(PARAMETER) ?? createNode<T>();
    values.constant = undefined;
    const children = new Map<string, Node<T>>();
    for (const [key, child] of root.children) {
      const isDate = dates.has(key);
      if (isDate) absorb(values, child);
      if (isDate || key === PARAMETER) children.set(PARAMETER, values);
      else children.set(key, child);
    }
    root.children = children;
  }
}

function areDays(dates: readonly string[]): boolean {
  const days = dates.map((date) => Date.parse(date) / DAY_MS).sort((a, b) => a - b);
  return days.filter((day, index) => day - (days[index - 1] ?? 0) === 1).length * RUN >= days.length;
}

/** True for dates that come again and again, and none of which is requested itself. */
function doReturn<T>(roots: Joined<T>, dates: readonly string[]): boolean {
  const lines = dates.map((date) => countWord(roots, date)).sort((a, b) => a - b);
  const isRequested = dates.some((date) => listChildren(roots, date).some(({ leaf }) => leaf !== undefined));
  return !isRequested && lines.reduce((sum, each) => sum + each, 0) >= LEAST_LINES && (lines[lines.length >> 1] ?? 0) >= RETURNING;
}

/** True where few names stand right behind the dates, and most routes have a parameter and stand behind one date alone. */
function areVersions<T>(roots: Joined<T>, dates: readonly string[]): boolean {
  const routes = new Map<string, { lines: number; dates: number; hasParameter: boolean }>();
  for (const date of dates) {
    for (const [route, lines] of countRoutes(roots, date)) {
      const known = routes.get(route) ?? { lines: 0, dates: 0, hasParameter: route.includes(`/${PARAMETER}`) };
      routes.set(route, { ...known, lines: known.lines + lines, dates: known.dates + 1 });
    }
  }
  const count = (isCounted: (route: { dates: number; hasParameter: boolean }) => boolean) =>
    [...routes.values()].reduce((sum, route) => sum + (isCounted(route) ? route.lines : 0), 0);
  const all = count(() => true);
  const names = new Set(dates.flatMap((date) => listKeys(listChildren(roots, date))));
  if (names.size * RETURNING_BEHIND > all) return false;
  return count((route) => route.dates === 1) >= all * MOST && count((route) => route.hasParameter) >= all * MOST;
}

/** The lines of each method's routes behind a date. */
function countRoutes<T>(roots: Joined<T>, date: string): ReadonlyMap<string, number> {
  const routes = new Map<string, number>();
  const walk = (node: Node<T>, route: string) => {
    let ends = node.lines;
    for (const [key, child] of node.children) {
      ends -= child.lines;
      walk(child, `${route}/${key}`);
    }
    if (ends > 0) routes.set(route, ends);
  };
  roots.forEach((root, method) => {
    const child = root.children.get(date);
    if (child !== undefined) walk(child, String(method));
  });
  return routes;
}
