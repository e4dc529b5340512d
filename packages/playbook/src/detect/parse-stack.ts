import { anyOf, anyWord } from "@faultline/model";

/** One frame of a stack. Stacks have their innermost frame first. */
export type StackFrame = {
  /** The function, with its class or module if the language names it; empty for anonymous code. */
  readonly function: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** False for the runtime, the standard library and installed packages. */
  readonly isInApp: boolean;
};

/** One exception of a chain, with its frames. */
export type StackTrace = { readonly type: string; readonly message: string; readonly frames: readonly StackFrame[] };

type Frame = Omit<StackFrame, "isInApp">;

/** The most lines that are read. The trace of a stack overflow is repetition beyond that. */
const MAX_LINES = 400;
const MAX_LINE_LENGTH = 2000;

/** Applications of Erlang and Elixir that a team did not write. */
const FOREIGN_APPLICATION = new RegExp(
  `^${anyWord`
    elixir stdlib kernel erts logger eex iex ex_unit mix crypto ssl inets phoenix\w* plug\w* ecto\w* bandit thousand_island
    cowboy\w* ranch db_connection postgrex myxql exqlite tds redix mint finch req tesla hackney httpoison gun castore nimble_\w+
    telemetry\w* opentelemetry\w* jason poison absinthe\w* oban broadway\w* gen_stage flow amqp\w* grpc\w* cachex swoosh gettext
    ash\w* mongodb\w* ex_aws\w* sentry`}\\/\\S+\\.(?:exs?|erl)$`,
);

/** Paths and names of code that a team did not write, for every language whose stacks are read here. */
const FOREIGN_FILE = new RegExp(
  anyOf(
    /(?:^|[/\\])(?:node_modules|site-packages|dist-packages|vendor|gems|bower_components)[/\\]/,
    /^node:/,
    /^internal[/\\]/,
    /^<(?:frozen|anonymous)/,
    /[/\\]lib[/\\](?:python|ruby)[\d./\\]/,
    /[/\\]go[/\\](?:src|pkg[/\\]mod)[/\\]/,
    /[/\\]pkg[/\\]mod[/\\]/,
    /^\[internal function\]/,
    /^native$/,
    /^webpack[/\\:].*bootstrap/,
  ),
);
const FOREIGN_FUNCTION = new RegExp(
  `^${anyWord`
    java javax jakarta jdk sun com\.sun org\.(?:springframework|apache|hibernate|eclipse|postgresql|slf4j|junit|jboss|aspectj)
    com\.(?:fasterxml|zaxxer|mysql|google\.common|mongodb|netflix) io\.(?:netty|vertx|undertow|micrometer|opentelemetry|grpc)
    reactor kotlin kotlinx scala akka System Microsoft runtime net\/http reflect testing net\.sf\.cglib`}[./]`,
);

type Growing = { type: string; message: string; frames: StackFrame[] };

/** The state of reading a text. */
type Reading = {
  readonly traces: Growing[];
  /** The exception to which the next frame belongs. */
  current: Growing | undefined;
  /** Exceptions that continue after the current one: .NET prints an inner exception between the outer one's head and its frames. */
  readonly outer: Growing[];
  /** Python and PHP print a cause before its consequence. */
  isCauseFirst: boolean;
  /** Python prints the outermost frame first. */
  isOldestFirst: boolean;
  /** Go prints a function, and its position on the next line. */
  pendingGo: string | undefined;
  /** PHP prints the position from which a function was called. The function's own position is on the line above. */
  phpPlace: { readonly file: string; readonly line: string } | undefined;
};

/**
 * Reads a stack as V8, SpiderMonkey, Java, Python, Go, Ruby, PHP, Elixir or .NET print it, with its chain of causes: the outermost
 * exception first, each with its innermost frame first. Text without a stack gives no frames.
 */
export function parseStack(text: string): readonly StackTrace[] {
  const reading: Reading = {
    traces: [],
    current: undefined,
    outer: [],
    isCauseFirst: false,
    isOldestFirst: false,
    pendingGo: undefined,
    phpPlace: undefined,
  };
  for (const raw of text.split("\n", MAX_LINES)) readLine(raw.slice(0, MAX_LINE_LENGTH).trimEnd(), reading);
  const chain = reading.traces.map(({ type, message, frames }) => ({
    type,
    message,
    frames: reading.isOldestFirst ? frames.toReversed() : frames,
  }));
  return reading.isCauseFirst ? chain.toReversed() : chain;
}

function begin({ type, message }: { readonly type: string; readonly message: string }, reading: Reading): Growing {
  const trace: Growing = { type, message, frames: [] };
  reading.traces.push(trace);
  reading.current = trace;
  return trace;
}

function addFrame(frame: Frame, reading: Reading): void {
  const trace = reading.current ?? begin({ type: "", message: "" }, reading);
  trace.frames.push({ ...frame, isInApp: isInApp(frame) });
}

function readLine(printed: string, reading: Reading): void {
  // Python draws the exceptions of a group as a tree.
  const line = reading.isOldestFirst ? printed.replace(/^ *(?:\| |\+-\+-* \d+ -*$|\+-* *$)/, "") : printed;
  if (/^\s*--- End of inner exception stack trace ---/.test(line)) reading.current = reading.outer.pop() ?? reading.current;
  else if (/^(?: *\+ Exception Group |\s*)Traceback \(most recent call last\)/.test(line)) {
    reading.isOldestFirst = true;
    begin({ type: "", message: "" }, reading);
  } else if (/^The above exception was the direct cause of|^During handling of the above exception/.test(line)) reading.isCauseFirst = true;
  else if (!readRubyHead(line, reading)) {
    readHeadLine(line, reading);
    readFrameLine(line, reading);
  }
}

function readFrameLine(line: string, reading: Reading): void {
  const goFile = /^\s+(\S+\.go):(\d+)/.exec(line);
  const isGo = goFile !== null && reading.pendingGo !== undefined;
  const frame = isGo ? toFrame(reading.pendingGo, goFile[1], goFile[2]) : (readPhpFrame(line, reading) ?? readFrame(line));
  reading.pendingGo = readGoFunction(line);
  if (frame !== undefined) addFrame(frame, reading);
}

/** Reads `main.(*Cart).Price(0xc000010000)`. Errors with stacks print it without arguments. */
function readGoFunction(line: string): string | undefined {
  const name = line.replace(/\((?!\*).*$/, "");
  return /^[\w./@~%*()[\]-]+\.[\w*()[\].-]+$/.test(name) ? name : undefined;
}

function readHeadLine(line: string, reading: Reading): void {
  const { current } = reading;
  // Python prints the exception below its frames, every other language above them.
  const isAwaited = reading.isOldestFirst && current?.type === "" && current.frames.length > 0;
  const head = readHead(line, isAwaited);
  if (head === undefined) return;
  if (reading.isOldestFirst) {
    if (isAwaited) Object.assign(current, { type: head.type, message: head.message });
    return;
  }
  const isFirst = current === undefined || (current.frames.length > 0 && current.type === "");
  if (!isFirst && head.link === undefined) return;
  if (head.link === "outer") reading.isCauseFirst = true;
  if (head.link === "inside" && current !== undefined) reading.outer.push(current);
  begin(head, reading);
  const place = /^(.*) in (\S+\.php)[:(](\d+)\)?$/.exec(head.message);
  if (place !== null && reading.current !== undefined) reading.current.message = place[1] ?? "";
  reading.phpPlace = place === null ? undefined : { file: place[2] ?? "", line: place[3] ?? "" };
}

/**
 * Reads `cart.rb:12:in 'Cart#price': undefined method 'x' (NoMethodError)`, which has position, message and type on one line, for an
 * exception and for each of its causes.
 */
function readRubyHead(line: string, reading: Reading): boolean {
  const match = /^(\S+\.rb):(\d+):in [`'](.+?)': (.*) \(([A-Z]\w*(?:::\w+)*)\)$/.exec(line);
  if (match === null) return false;
  begin({ type: match[5] ?? "", message: match[4] ?? "" }, reading);
  addFrame(toFrame(match[3], match[1], match[2]), reading);
  return true;
}

function isInApp({ file, function: name }: Frame): boolean {
  return !FOREIGN_FILE.test(file) && !FOREIGN_APPLICATION.test(file) && !FOREIGN_FUNCTION.test(name) && file !== "";
}

/**
 * The first line of an exception. `link` says whether it is the `cause` of the previous one, its consequence (`outer`), or printed `inside`
 * it.
 */
type Head = { readonly type: string; readonly message: string; readonly link?: "cause" | "outer" | "inside" };

/** Reads `TypeError: text`, `Caused by: a.b.C: text`, ` ---> System.X: text`, `[cause]: Error: text`, `Next X: text` or `panic: text`. */
function readHead(line: string, isAwaited: boolean): Head | undefined {
  const linked = /^\s*(Caused by: |-+> (?:\(Inner Exception #\d+\) )?|\[cause\]: |Suppressed: |Previous: |Next |Wrapped by: )(.*)$/.exec(
    line,
  );
  const rest = linked?.[2] ?? line;
  // Elixir wraps exceptions within a line. The last one is the one that was raised.
  const raised = /^(?:\*\* \([\w.]+\) )*\*\* \(([\w.]+)\) (.*)$/.exec(rest);
  if (raised !== null) return { type: raised[1] ?? "", message: raised[2] ?? "" };
  const panic = /^panic: (.*)$/.exec(rest);
  if (panic !== null) return { type: "panic", message: panic[1] ?? "" };
  const match =
    /^(?:Uncaught |Unhandled exception\. |PHP Fatal error: {1,2}Uncaught |Exception in thread "[^"]*" )?([A-Za-z_$][\w$.\\]*(?:::\w+)*)(?: \[[\w-]+\])?(?:: (.*))?$/.exec(
      rest,
    );
  if (match?.[1] === undefined) return undefined;
  const isNamedLikeOne =
    /(?:Error|Exception|Throwable|Fault|Panic|Exit|Interrupt|Warning|Failure|Group)$/.test(match[1]) ||
    (match[2] !== undefined && /^[\w$]+(?:\.[\w$]+)+$/.test(match[1]));
  if (!isNamedLikeOne && linked === null && !isAwaited) return undefined;
  return { type: match[1], message: match[2] ?? "", ...(linked === null ? {} : { link: readLink(linked[1] ?? "") }) };
}

function readLink(word: string): "cause" | "outer" | "inside" {
  if (word.startsWith("-")) return "inside";
  return word === "Next " || word === "Wrapped by: " ? "outer" : "cause";
}

/** Reads one line as a frame of any of the languages. */
function readFrame(line: string): Frame | undefined {
  return readAtFrame(line) ?? readPythonFrame(line) ?? readRubyFrame(line) ?? readElixirFrame(line) ?? readSpiderMonkeyFrame(line);
}

function readAtFrame(line: string): Frame | undefined {
  const text = /^\s*at (.+)$/.exec(line)?.[1];
  if (text === undefined) return undefined;
  const dotnet = /^(.+?)\(.*\) in (.+):line (\d+)$/.exec(text);
  if (dotnet !== null) return toFrame(dotnet[1], dotnet[2], dotnet[3]);
  const java =
    /^(?:[\w.@-]*\/{1,2})?([\w$.<>]+)\(([\w$-]+\.(?:java|kt|scala|groovy|clj))(?::(\d+))?\)/.exec(text) ??
    /^(?:[\w.@-]*\/{1,2})?([\w$.<>]+\.[\w$<>]+)\((Native Method|Unknown Source|<generated>)\)/.exec(text);
  if (java !== null) return toFrame(java[1], java[2], java[3]);
  const v8 =
    /^(?:async )?(?:(.*?) )?\(?((?:file:\/\/|https?:\/\/|node:|webpack[\w-]*:\/\/|[A-Za-z]:\\|\/|\.{0,2}\/)?[^()]*?):(\d+):(\d+)\)?$/.exec(
      text,
    );
  if (v8 !== null) return { ...toFrame(v8[1], v8[2], v8[3]), column: Number(v8[4]) };
  const bare = /^([\w.<>`+]+\.[\w<>`]+)\(.*\)$/.exec(text);
  return bare === null ? undefined : toFrame(bare[1], "", undefined);
}

function readPythonFrame(line: string): Frame | undefined {
  const match = /^\s*File "([^"]+)", line (\d+)(?:, in (.+))?$/.exec(line);
  return match === null ? undefined : toFrame(match[3], match[1], match[2]);
}

function readRubyFrame(line: string): Frame | undefined {
  const match = /^\s*(?:from |\d+: from )?(\S+\.rb):(\d+):in [`'](.+)'/.exec(line);
  return match === null ? undefined : toFrame(match[3], match[1], match[2]);
}

/** Reads `    (shop 1.3.0) lib/shop/cart.ex:22: Shop.Cart.price/1`. The application precedes the file, like a package. */
function readElixirFrame(line: string): Frame | undefined {
  const match = /^\s+(?:\(([a-z]\w*)(?: [^()\s]{1,60})?\) )?(\S+\.(?:exs?|erl)):(\d+): (?:anonymous fn\/\d+ in )?(.+)$/.exec(line);
  if (match === null) return undefined;
  return toFrame(match[4], match[1] === undefined ? match[2] : `${match[1]}/${match[2]}`, match[3]);
}

function readPhpFrame(line: string, reading: Reading): Frame | undefined {
  const called = /^#\d+ (?:(\S+\.php)\((\d+)\)|\[internal function\]): (.+?)\(/.exec(line);
  if (called === null && !/^#\d+ \{main\}$/.test(line)) return undefined;
  const place = reading.phpPlace;
  reading.phpPlace = called === null ? undefined : { file: called[1] ?? "[internal function]", line: called[2] ?? "" };
  if (place === undefined) return called === null ? undefined : toFrame(called[3], called[1], called[2]);
  return toFrame(called?.[3] ?? "{main}", place.file, place.line === "" ? undefined : place.line);
}

function readSpiderMonkeyFrame(line: string): Frame | undefined {
  const match = /^([^@\s]*)@(\S+?):(\d+):(\d+)$/.exec(line);
  return match === null ? undefined : { ...toFrame(match[1], match[2], match[3]), column: Number(match[4]) };
}

function toFrame(name: string | undefined, file: string | undefined, line: string | undefined): Frame {
  return { function: name ?? "", file: file ?? "", ...(line === undefined ? {} : { line: Number(line) }) };
}
