/** What the words of an error claim of a value, and where in the script that value was read. */
import { createHash } from "node:crypto";
import { findBinding, findPatternAt } from "./find-binding.ts";
import type { Site } from "./frames.ts";
import { traceChain, type Tracer } from "./input-path.ts";
import { type InputPath, isNothing, toOutcome, toPart } from "./input-values.ts";
import { cutElements, type Expression, findCall, isEnd, readArguments, readExpression, readKeyOf, writeTokens } from "./read-expression.ts";
import { endsValue, type Token } from "./tokens.ts";

type Paths = (tracer: Tracer, site: Site) => readonly (InputPath | undefined)[];

/** What is said of a value: `holds` of the very one, `would` of another that would have done, `reads` the member that was asked of it. */
export type Claim = {
  readonly holds: (value: unknown, isText: boolean) => boolean;
  readonly would: (value: unknown) => boolean;
  readonly reads?: string | undefined;
  readonly paths: Paths;
};

const isTime = (value: number): boolean => !Number.isNaN(value);
const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
const hasMethod = (value: unknown, name: PropertyKey): boolean => typeof (value as Record<PropertyKey, unknown>)[name] === "function";
const isIterable = (value: unknown): boolean => !isNothing(value) && hasMethod(value, Symbol.iterator);

/** The last token of what a member was read of, for a position at the member, at its dot or its bracket. */
function findReceiver(tokens: readonly Token[], at: number): number | undefined {
  const sign = [at, at - 1].find((each) => /^(?:\??\.|\[)$/.test(tokens[each]?.text ?? ""));
  return sign && sign - 1;
}

/** The name at a position, at its dot or in its bracket; undefined where it is computed. */
function readNameAt(tokens: readonly Token[], at: number): string | undefined {
  const token = tokens[at]?.kind === "sign" ? tokens[at + 1] : tokens[at];
  if (!token || token.kind === "sign") return undefined;
  return token.kind === "name" && tokens[at]?.text === "[" ? undefined : readKeyOf(token);
}

/** What a member was read of. */
function receiver(tracer: Tracer, site: Site, at = site.at): ReturnType<Paths> {
  const last = findReceiver(site.tokens, at);
  return last ? [traceChain(tracer, last, site)] : [];
}

/** What `name` was read of. Where another stands there, the script is not the one that ran. */
function receiverOf(name: string): Paths {
  return (tracer, site) => ((readNameAt(site.tokens, site.at) ?? name) === name ? receiver(tracer, site) : []);
}

const pattern: Paths = (tracer, site) => {
  const binding = findPatternAt(site.tokens, site.at);
  return binding ? [tracer.traceBinding(binding, site)] : [];
};

/** With these begins what is something in any case: a text, an object, a function, a path. */
const SURE = /^(?:[`[({"'\d]|\w+ =>|(?:new|function|async|__\w+) |(?:\w+ \. )?(?:join|resolve|dirname|fileURLToPath|from|alloc) \()/;

/** Is an argument, or what its name stands for, something for certain? */
function isSure(tokens: readonly Token[], from: number): boolean {
  const token = tokens[from] as Token;
  if (token.kind === "name" && isEnd(tokens, from + 1)) {
    const binding = findBinding(tokens, token.text, from);
    if (binding?.kind === "value" && binding.path.length === 0) return isSure(tokens, binding.start);
  }
  return SURE.test(writeTokens(tokens, from, from + 4));
}

/** What a call was given; only what was spread into it, where that is asked for. */
function readGiven(tracer: Tracer, site: Site, isSpread: boolean): readonly (InputPath | undefined)[] {
  const { tokens, at } = site;
  const open = findCall(tokens, at);
  if (!open) return [];
  const paths: (InputPath | undefined)[] = [];
  for (const { from, end } of cutElements(tokens, open)) {
    const hasDots = tokens[from]?.text === "...";
    if (hasDots !== isSpread) continue;
    const path = tracer.traceAt(hasDots ? from + 1 : from, site, end);
    // The words do not say which of them it was.
    if (!path && !isSpread && !isSure(tokens, from)) return [];
    paths.push(path);
  }
  return paths;
}

const given: Paths = (tracer, site) => readGiven(tracer, site, false);
/** What stands between the brackets of a call, in options as well; by what is a key, or goes into another call, something else is found. */
function readMentioned(tracer: Tracer, site: Site, open: number): readonly (InputPath | undefined)[] {
  const { tokens } = site;
  const paths: (InputPath | undefined)[] = [];
  for (let place = open + 1; place < (tokens[open] as Token).pair; place++) {
    const before = tokens[place - 1] as Token;
    const { kind, text, pair } = tokens[place] as Token;
    if (/[[(]/.test(text) && endsValue(before)) place = pair;
    else if (kind === "name" && !/^\??\.$/.test(before.text)) paths.push(tracer.traceAt(place, site));
  }
  return paths;
}

const mentioned: Paths = (tracer, site) => {
  const open = findCall(site.tokens, site.at);
  // What an app throws itself, with nothing above it on the stack, it may say of whatever it likes.
  return open && site.frame ? readMentioned(tracer, site, open) : [];
};
const firstGiven: Paths = (tracer, site) => given(tracer, site).slice(0, 1);

/** Has the app a value by itself: does what it is made of begin with nothing that a function was given, as far as that can be read? */
function isOwn(tokens: readonly Token[], given: Expression): boolean {
  let root = given;
  while ("of" in root) root = root.of;
  if (root.kind === "either") return [root.first, root.second].some((each) => each.kind !== "literal" && isOwn(tokens, each));
  if (root.kind !== "name") return root.kind !== "joined";
  const binding = findBinding(tokens, root.name, root.at);
  if (binding?.kind === "parameter") return false;
  const made = binding && binding.start < root.at && readExpression(tokens, binding.start);
  return !made || tokens[made.end]?.text === "=>" || isOwn(tokens, made.expression);
}

/** For words that a rule believes: what the call was given, as far as that can be read. One of the app's own is no value of a request. */
export const believed: Paths = (tracer, site) => {
  const { tokens, at } = site;
  const open = findCall(tokens, at) ?? at;
  // The other arguments are options, which fail in other words.
  const read = readArguments(tokens, open).slice(0, /^URL|Comp/.test(tokens[open - 1]?.text ?? "") ? 2 : 1);
  const isApps = read.some((given) => given && isOwn(tokens, given) && !tracer.trace(given, site));
  return isApps ? [toPart("request")] : read.map((given) => tracer.trace(given, site));
};

/** A list is taken apart by a pattern, a loop, a spread or a constructor; the position is at the end of what was no list. */
const listed: Paths = (tracer, site) => {
  const { tokens, at } = site;
  return [
    ...pattern(tracer, site),
    // A pattern of a list is told of at what it takes apart, a loop at the end of that.
    tracer.traceAt(at, site),
    traceChain(tracer, at, site),
    ...readGiven(tracer, site, true),
    // Of any other call it is the result that is no list.
    ...([at, at - 2].some((each) => /^(?:new|Object|Promise)$/.test(tokens[each]?.text ?? "")) ? firstGiven(tracer, site) : []),
  ];
};

const rightSide: Paths = (tracer, site) => {
  const read = readExpression(site.tokens, site.at + 1);
  // What binds more than `in`, and is not read, makes something else of it.
  return read && !/^[%*<>]/.test(site.tokens[read.end]?.text as string) ? [tracer.trace(read.expression, site)] : [];
};

/** The position is at the sign: `user.seen = true`. */
const assigned: Paths = (tracer, site) => receiver(tracer, site, site.at - 1);

/** What a date was set to before it is written: `due.setDate(due.getDate() + days)`. */
const set: Paths = (tracer, site) => {
  const { tokens, at } = site;
  const date = tokens[findReceiver(tokens, at) ?? at] as Token;
  const { start = at } = { ...findBinding(tokens, date.text, at) } as { readonly start?: number };
  return tokens.slice(start, at).flatMap(({ text }, index) => {
    const place = start + index;
    const method = tokens[place + 2]?.text as "setTime";
    if (text !== date.text || !method.startsWith("set")) return [];
    const isSet = (value: unknown): boolean => isTime(new Date(0)[method](value as number));
    return readMentioned(tracer, { ...site, at: place }, place + 3).map((path) => path && toOutcome(path, isSet, new Date("")));
  });
};

/** A date is written by its own method, or by one that is given it. */
const dated: Paths = (tracer, site) => [...receiver(tracer, site), ...given(tracer, site), ...set(tracer, site)];

/** The kinds of values that JSON has; of texts alone, as in a query, whoever calls another method than a text's is mistaken each time. */
const CARRIED = ["", [], 0, true, {}];

function lacksMethod(name: string): Claim["holds"] {
  return (value, isText) => {
    if (isNothing(value) || hasMethod(value, name)) return false;
    return isText ? isObject(value) && !(value instanceof Date) && hasMethod("", name) : CARRIED.some((each) => hasMethod(each, name));
  };
}

/** Operations whose failure depends on their first argument alone, and is told in words that no other has. */
const AGAIN: readonly ((value: never) => unknown)[] = [
  (value) => JSON.parse(value) as unknown,
  (value) => BigInt(value),
  (value) => new URL(value),
  (value) => new Intl.Locale(value),
  (value) => (1).toFixed(value),
  (value) => (1).toPrecision(value),
  (value) => (1).toString(value),
  (value) => "".normalize(value),
  (value) => createHash(value),
  (value) => new Headers(value),
  // A length that is one would only take room.
  (value) => value >>> 0 !== value && Reflect.construct(Array, [value]),
];
const AGAIN_WORDS = /BigInt|^(?:In(?:valid (?:URL|arr)|corr)|to\w+\(|The n|Headers|Digest)/;

function claimRead(reads: string | undefined, nothing: string, paths: Paths): Claim {
  const missing = nothing === "null" ? null : undefined;
  return {
    holds: (value) => value === missing,
    would: (value) =>
      !isNothing(value) && (reads === undefined || (reads in (Object(value) as object) && (!/^\d/.test(reads) || isObject(value)))),
    reads,
    paths,
  };
}

type Reader = readonly [words: RegExp, claim: (...found: readonly string[]) => Claim];

/** By the words of the language and of Node. */
const READERS: readonly Reader[] = [
  [
    /^Cannot \w+ properties of (undefined|null) \(\w+ '(.*)'\)$/s,
    (_all, nothing = "", name = "") =>
      claimRead(name, nothing, (tracer, site) => {
        const { tokens, at } = site;
        const isMember = findReceiver(tokens, at) && (tokens[at - 1]?.text !== "[" || endsValue(tokens[at - 2]));
        return isMember ? receiverOf(name)(tracer, site) : pattern(tracer, site);
      }),
  ],
  [/^Cannot destructure (?:property '(.*?)' )?.* is (undefined|null)\.$/s, (_all, name, nothing = "") => claimRead(name, nothing, pattern)],
  [/\.([\w$]+) is not a function$/, (_all, name = "") => ({ holds: lacksMethod(name), would: () => false, paths: receiverOf(name) })],
  [/not iterable|^Spread/, () => ({ holds: (value) => !isIterable(value), would: isIterable, paths: listed })],
  [/^Cannot convert undefined or/, () => ({ holds: isNothing, would: isObject, paths: firstGiven })],
  [/^Cannot use 'in'/, () => ({ holds: (value) => !isObject(value), would: isObject, paths: rightSide })],
  [/^Cannot create .* on (\w+) '/s, (_all, type) => ({ holds: (value) => typeof value === type, would: () => false, paths: assigned })],
  [/^Reduce of/, () => ({ holds: (value) => Array.isArray(value) && value.length === 0, would: () => false, paths: receiver })],
  [
    /^Invalid time value$/,
    () => ({
      holds: (value) => value instanceof Date && !isTime(value.getTime()),
      would: (value) => typeof value === "string" && isTime(Date.parse(value)),
      paths: dated,
    }),
  ],
  [
    /Received (an instance of \w+|type \w+ \(.*\)|\S+)$/s,
    (_all, received = "") => ({
      // As Node writes it: `undefined`, `type number (5)`, `an instance of Array`, and what is out of range `5_000`.
      holds: (value) =>
        received.startsWith(isObject(value) ? "an" : `type ${typeof value} `) ||
        (typeof value !== "string" && received.replaceAll("_", "") === String(value)),
      would: (value) => typeof value === "string",
      paths: given,
    }),
  ],
];

/** The language's own words are short; what an app writes may be as long as its request, and expressions must not go through it again and again. */
const MAX_MESSAGE = 1000;
const NAMES = /^(?:Type|Range|Syntax)E|^ErrorDigest/;

/** Where the words of a builtin name what was no option for it: `Invalid status code: 5`. Of a property that cannot be set it is the object that is at fault. */
const NAMED = /^(?:Value |(?!Cannot).*?(?:: |from |['"])+)(.*?)(?: out .*|['"].*|\. St.*)?$/s;

/** The kind of words that a package may write as well: it refuses a value as the language does. */
export const OF_PACKAGES = -4;

/** The claim that an error makes, and which kind of words it has; undefined for words that claim nothing of one value. */
export function readClaim(message: unknown, name: string): { readonly kind: number; readonly claim: Claim } | undefined {
  if (typeof message !== "string" || message.length > MAX_MESSAGE || !NAMES.test(name + message)) return undefined;
  for (const [kind, [words, claim]] of READERS.entries()) {
    const found = words.exec(message);
    if (found) return { kind, claim: claim(...found) };
  }
  const isAgain = name === "SyntaxError" || AGAIN_WORDS.test(message);
  const fails = (value: unknown): boolean =>
    AGAIN.some((again) => {
      try {
        again(value as never);
        return false;
      } catch (error) {
        return (error as Error).message === message;
      }
    });
  const holds = isAgain ? fails : (value: unknown): boolean => message.replace(NAMED, "$1") === String(value);
  const would = (value: unknown): boolean => typeof value === "string" && !holds(value);
  return {
    kind: isAgain ? -2 : message.startsWith("Invalid") ? OF_PACKAGES : -3,
    claim: { holds, would, paths: isAgain ? firstGiven : mentioned },
  };
}
