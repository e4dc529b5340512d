/** Runs operators and assignments. */
import { toReals } from "../builtins/try-real.ts";
import type { NodeOf } from "../parse/syntax.ts";
import { Assigner } from "./assigner.ts";
import { contains } from "./tree-search.ts";
import {
  combine,
  combineNumber,
  isKnown,
  isNoNumber,
  isNothing,
  NOTHING,
  OWN,
  own,
  readOwn,
  type Scope,
  sourceOf,
  SOMETHING,
  TAKEN_OUT,
  thingOf,
  UNKNOWN,
  type Value,
} from "./values.ts";

const CALCULATE: Readonly<Record<string, (a: never, b: never) => unknown>> = {
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "**": (a, b) => (typeof a === "bigint" ? Number.NaN : a ** b),
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => (typeof a === "bigint" ? Number.NaN : a << b),
  ">>": (a, b) => a >> b,
  ">>>": (a, b) => a >>> b,
};

/** Of these one is a date with any text that makes one, if it is put behind it. */
const DATES = ["1", "2000", "2000T10:00"];

/** May a text that the code puts behind what was sent be right: one sign, the path of an address, the end of a date? */
const isSoundEnd = (text: string): boolean => /^.?$|^\//.test(text) || DATES.some((date) => Date.parse(date + text));

const isPrefix = (node: NodeOf<"update">): boolean => node.of.from > node.from;

/** Runs operators and assignments. */
export abstract class OperatorRunner extends Assigner {
  protected update(node: NodeOf<"update">, scope: Scope): Value {
    const value = this.evaluate(node.of, scope);
    const next =
      isKnown(value) && typeof value.data === "number"
        ? { data: value.data + (node.sign === "++" ? 1 : -1), source: value.source }
        : this.join(value, UNKNOWN);
    this.assign(node.of, next, scope);
    return isPrefix(node) ? next : value;
  }

  protected choice(node: NodeOf<"choice">, scope: Scope): Value {
    const test = this.truth(this.evaluate(node.test, scope));
    if (test !== undefined) return this.evaluate(test ? node.yes : node.no, scope);
    if (contains(node.yes, this.target)) return this.evaluate(node.yes, scope);
    if (contains(node.no, this.target)) return this.evaluate(node.no, scope);
    let yes = UNKNOWN;
    let no = UNKNOWN;
    this.maybe(() => (yes = this.evaluate(node.yes, scope)));
    this.maybe(() => (no = this.evaluate(node.no, scope)));
    return this.join(yes, no);
  }

  protected unary(node: NodeOf<"unary">, scope: Scope): Value {
    if (node.sign === "delete") return node.of.type === "member" ? this.takeOut(node.of, scope) : OWN;
    const value = this.evaluate(node.of, scope);
    const thing = thingOf(value);
    switch (node.sign) {
      case "!": {
        const test = this.truth(value);
        return test === undefined ? this.join(value, UNKNOWN) : { data: !test, source: undefined };
      }
      case "typeof":
        if (!isKnown(value)) return OWN;
        return own(thing ? (thing.code || thing.native || thing.made ? "function" : "object") : typeof value.data);
      case "void":
        return NOTHING;
      default: {
        if (!isKnown(value)) return this.join(value, UNKNOWN);
        try {
          const [real] = toReals(this, [value]) as [never];
          const data = node.sign === "+" ? Number(real) : node.sign === "-" ? -real : ~real;
          return { data, source: combine([value], node.sign !== "+" && !Number.isNaN(data)) };
        } catch {
          return UNKNOWN;
        }
      }
    }
  }

  protected binary(node: NodeOf<"binary">, scope: Scope): Value {
    const first = this.evaluate(node.first, scope);
    const second = this.evaluate(node.second, scope);
    const { sign } = node;
    if (sign === "in" && this.isInnermost && this.target === node.at) this.world.judge({ kind: "in", of: second, node });
    if (/^[!=]==?$/.test(sign)) return this.compare(first, second, sign);
    if (sign === "in") return this.isIn(first, second);
    if (sign === "instanceof") return thingOf(first) || !isKnown(first) ? OWN : own(false);
    if (isKnown(first) && isKnown(second)) return this.calculate(sign, first, second);
    if (sign === "+" && (first === SOMETHING || second === SOMETHING)) return SOMETHING;
    // What is no number makes none, whatever it is reckoned with.
    const bad = /^[-*/%]$/.test(sign) && [first, second].find((each) => isKnown(each) && !thingOf(each)?.items && isNoNumber(each));
    return bad ? { data: Number.NaN, source: combine([bad]) } : this.join(UNKNOWN, first);
  }

  /** Does a thing have a member of that name? */
  private isIn(name: Value, of: Value): Value {
    const thing = thingOf(of);
    if (!thing || !isKnown(name) || thing.host || thing.real) return this.join(name, of);
    const key = String(name.data);
    return thing.isOpen ? OWN : own(readOwn(thing, key) !== undefined || this.member(of, key).data !== undefined);
  }

  protected calculate(sign: string, first: Value, second: Value): Value {
    try {
      const [a, b] = toReals(this, [first, second]) as [never, never];
      if (sign === "+") {
        return this.plus(
          { data: typeof a === "object" && a !== null ? String(a) : a, source: sourceOf(first) },
          { data: typeof b === "object" && b !== null ? String(b) : b, source: sourceOf(second) },
        );
      }
      const data = CALCULATE[sign]?.(a, b);
      if (typeof data === "boolean") return own(data);
      return {
        data,
        source: combineNumber([first, second], data),
      };
    } catch (error) {
      if (error instanceof TypeError) this.fail(error.message);
      return UNKNOWN;
    }
  }

  /** Takes a member out of a thing. */
  private takeOut(node: NodeOf<"member">, scope: Scope): Value {
    const thing = thingOf(this.evaluate(node.of, scope));
    const key = this.keyOf(node.key, scope);
    if (thing) thing.isTouched = true;
    if (thing && key !== undefined) thing.members.set(key, this.level <= thing.level ? TAKEN_OUT : UNKNOWN);
    else if (thing) this.forgetShared(thing);
    return own(true);
  }

  /** Two values that are put together, as a text or a number. */
  protected plus(first: Value, second: Value): Value {
    const data = (first.data as string) + (second.data as string);
    if (typeof data === "string") {
      const isFront = !sourceOf(first) && first.data !== "";
      const isBehind = !sourceOf(second) && !isSoundEnd(String(second.data));
      const source = combine([first, second], isFront || isBehind);
      const isMixed = [first, second].some((each) => !sourceOf(each) && each.data !== "");
      return { data, source: source && { ...source, isText: true, ...(isMixed && { isMixed }) } };
    }
    return { data, source: combineNumber([first, second], data) };
  }

  protected compare(first: Value, second: Value, sign: string): Value {
    if (!isKnown(first) || !isKnown(second)) {
      const known = isKnown(first) ? first : second;
      const other = isKnown(first) ? second : first;
      if (other === SOMETHING && isNothing(known.data)) return own(sign[0] === "!");
      return OWN;
    }
    const [a, b] = [first.data, second.data];
    // oxlint-disable-next-line eqeqeq
    const isSame = sign.length === 3 || thingOf(first) || thingOf(second) ? a === b : a == b;
    return own((sign[0] === "!") !== isSame);
  }

  protected either(node: NodeOf<"either">, scope: Scope): Value {
    const first = this.evaluate(node.first, scope);
    const test =
      node.sign === "??" ? (isKnown(first) ? !isNothing(first.data) : first === SOMETHING ? true : undefined) : this.truth(first);
    if (test !== undefined) {
      if (node.sign === "&&" ? !test : test) return first;
      const second = this.evaluate(node.second, scope);
      return node.sign === "&&" ? second : this.standIn(first, second, node.second);
    }
    if (contains(node.second, this.target)) return this.evaluate(node.second, scope);
    let second = UNKNOWN;
    this.maybe(() => (second = this.evaluate(node.second, scope)));
    return this.join(first, second);
  }

  protected assignment(node: NodeOf<"assign">, scope: Scope): Value {
    const { sign, target } = node;
    // What is put somewhere is found out after where that is.
    const place = target.type === "member" ? this.place(target, scope) : undefined;
    const put = (value: Value): Value => {
      if (place) this.putAt(place, value, node);
      else {
        this.taken = node.value;
        this.assign(target, value, scope);
      }
      return value;
    };
    if (sign === "=") return put(this.evaluate(node.value, scope));
    const before = place ? this.readAt(place) : this.evaluate(target, scope);
    if (!/^(?:&&|\|\||\?\?)=$/.test(sign)) {
      const by = this.evaluate(node.value, scope);
      return put(isKnown(before) && isKnown(by) ? this.calculate(sign.slice(0, -1), before, by) : this.join(UNKNOWN, by));
    }
    const test = sign === "??=" ? (isKnown(before) ? !isNothing(before.data) : undefined) : this.truth(before);
    if (test !== undefined && (sign === "&&=" ? !test : test)) return before;
    const next = this.evaluate(node.value, scope);
    return put(test === undefined ? this.join(before, next) : next);
  }
}
