/** One frame of a stack, innermost first. */
export type StackFrame = {
  /** Function with its class or module where the language names it; empty for anonymous code. */
  readonly function: string;
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** False for the run-time, the standard library and installed packages. */
  readonly isInApp: boolean;
};

/** One exception of a chain with its frames. */
export type StackTrace = { readonly type: string; readonly message: string; readonly frames: readonly StackFrame[] };

type Frame = Omit<StackFrame, "isInApp">;

/** Lines read at most: a stack overflow's trace is all repetition. */
const MAX_LINES = 400;
const MAX_LINE_LENGTH = 2000;

/** Paths and names of code that a team did not write, for every language whose stacks are read here. */
const FOREIGN_FILE =
  /(?:^|[/\\])(?:node_modules|site-packages|dist-packages|vendor|gems|bower_components)[/\\]|^node:|^internal[/\\]|^<(?:frozen|anonymous)|[/\\]lib[/\\](?:python|ruby)[\d./\\]|[/\\]go[/\\](?:src|pkg[/\\]mod)[/\\]|[/\\]pkg[/\\]mod[/\\]|^\[internal function\]|^native$|^webpack[/\\:].*bootstrap/;
const FOREIGN_FUNCTION =
  /^(?:java|javax|jakarta|jdk|sun|com\.sun|org\.(?:springframework|apache|hibernate|eclipse|postgresql|slf4j|junit|jboss|aspectj)|com\.(?:fasterxml|zaxxer|mysql|google\.common|mongodb|netflix)|io\.(?:netty|vertx|undertow|micrometer|opentelemetry|grpc)|reactor|kotlin|kotlinx|scala|akka|System|Microsoft|runtime|net\/http|reflect|testing|net\.sf\.cglib)[./]/;

/**
 * Reads a stack as V8, SpiderMonkey, Java, Python, Go, Ruby, PHP or .NET print it, with its chain of causes: the outermost exception
 * first, each with its innermost frame first. Text that is no stack gives no frames.
 */
export function parseStack(text: string): readonly StackTrace[] {
  const traces: { type: string; message: string; frames: StackFrame[]; isOldestFirst: boolean }[] = [];
  const begin = (head: { type: string; message: string }) => traces.push({ ...head, frames: [], isOldestFirst: false });
  let pendingGo: string | undefined;
  for (const raw of text.split("\n", MAX_LINES)) {
    const line = raw.slice(0, MAX_LINE_LENGTH).trimEnd();
    const head = readHead(line);
    const current = traces.at(-1);
    // Python prints the exception under its frames, every other language above them.
    if (head !== undefined && current?.isOldestFirst === true && current.type === "") Object.assign(current, head);
    else if (head !== undefined && (current === undefined || head.isChained || (current.frames.length > 0 && current.type === "")))
      begin(head);
    if (line.startsWith("Traceback (most recent call last)")) begin({ type: "", message: "" });
    const goFile = /^\s+(\S+\.go):(\d+)/.exec(line);
    const frame =
      goFile !== null && pendingGo !== undefined
        ? { function: pendingGo, file: goFile[1] ?? "", line: Number(goFile[2]) }
        : (readFrame(line) ?? undefined);
    pendingGo = /^([\w./*()-]+(?:\.[\w*().-]+)+)\(.*\)$/.exec(line)?.[1];
    if (frame === undefined) continue;
    if (traces.length === 0) begin({ type: "", message: "" });
    const trace = traces.at(-1);
    if (trace === undefined) continue;
    if (/^\s*File "/.test(line)) trace.isOldestFirst = true;
    trace.frames.push({ ...frame, isInApp: isInApp(frame) });
  }
  const chain = traces.map(({ type, message, frames, isOldestFirst }) => ({
    type,
    message,
    frames: isOldestFirst ? frames.toReversed() : frames,
  }));
  // Python tells causes before their consequences.
  return traces.some(({ isOldestFirst }) => isOldestFirst) ? chain.toReversed() : chain;
}

function isInApp({ file, function: name }: Frame): boolean {
  return !FOREIGN_FILE.test(file) && !FOREIGN_FUNCTION.test(name) && file !== "";
}

/** `TypeError: text`, `Caused by: a.b.C: text`, ` ---> System.X: text`, `[cause]: Error: text`, `panic: text`. */
function readHead(line: string): { type: string; message: string; isChained: boolean } | undefined {
  const chained = /^\s*(?:Caused by: |-+> |\[cause\]: |Suppressed: |Previous: )(.*)$/.exec(line);
  const rest = chained?.[1] ?? line;
  const panic = /^panic: (.*)$/.exec(rest);
  if (panic !== null) return { type: "panic", message: panic[1] ?? "", isChained: false };
  const match =
    /^(?:Uncaught |Unhandled exception\. |PHP Fatal error: {1,2}Uncaught |Exception in thread "[^"]*" )?([A-Za-z_$][\w$.\\]*(?:::\w+)*)(?: \[[\w-]+\])?(?:: (.*))?$/.exec(
      rest,
    );
  if (match?.[1] === undefined) return undefined;
  const isNamedLikeOne =
    /(?:Error|Exception|Throwable|Fault|Panic|Exit|Interrupt|Warning|Failure)$/.test(match[1]) || /^[\w$]+(?:\.[\w$]+)+$/.test(match[1]);
  if (!isNamedLikeOne && chained === null) return undefined;
  return { type: match[1], message: match[2] ?? "", isChained: chained !== null };
}

/** Reads one line as a frame of any of the languages. */
function readFrame(line: string): Frame | undefined {
  return readAtFrame(line) ?? readPythonFrame(line) ?? readRubyFrame(line) ?? readPhpFrame(line) ?? readSpiderMonkeyFrame(line);
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

function readPhpFrame(line: string): Frame | undefined {
  const match = /^#\d+ (\S+\.php|\[internal function\])(?:\((\d+)\))?: (.+?)\(/.exec(line);
  return match === null ? undefined : toFrame(match[3], match[1], match[2]);
}

function readSpiderMonkeyFrame(line: string): Frame | undefined {
  const match = /^([^@\s]*)@(\S+?):(\d+):(\d+)$/.exec(line);
  return match === null ? undefined : { ...toFrame(match[1], match[2], match[3]), column: Number(match[4]) };
}

function toFrame(name: string | undefined, file: string | undefined, line: string | undefined): Frame {
  return { function: name ?? "", file: file ?? "", ...(line === undefined ? {} : { line: Number(line) }) };
}
