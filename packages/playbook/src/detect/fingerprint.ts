import { type FailurePath, type FaultDomain, type LogRecord, type SpanNode, readLogException, readSpanExceptions } from "@faultline/model";
import { type StackFrame, type StackTrace, parseStack } from "./parse-stack.ts";

/** The number of in-app frames that identify a fault: enough to tell apart two callers of one assertion helper. */
const FRAMES = 5;

/**
 * The fault to which a failure belongs: its fingerprint, a line that a person recognises, and the service that created it. `apart` is the
 * identity to use instead if nobody answered, and if the answer is missing in a different way than when the fault began.
 */
export type FaultIdentity = {
  readonly fingerprint: string;
  readonly title: string;
  readonly service: string;
  readonly apart?: { readonly fingerprint: string; readonly title: string };
};

/**
 * The identity of a fault. It is the same for every failure with one origin and cause, whatever the line, bundle, id, time, address, locale
 * or process. It consists of the creating service, the exception's type and its innermost in-app functions, or, without a stack, of the
 * operation, the status and the message with all variable parts removed. If no code of that service raised the failure, it consists only of
 * the service and how the failure ended: one dead dependency is one fault, however many services and routes call it.
 */
export function fingerprintFailure(path: FailurePath, domain: FaultDomain): FaultIdentity {
  const suspect = domain.suspects[0];
  const service = suspect?.service ?? path.roots[0]?.span.resource.service ?? "";
  const account = domain.path.find((each) => each.service === service) ?? domain.path.at(-1);
  if (domain.ending !== undefined) return identifyEnding(service, domain.ending, domain.manner);
  const exception = findException(path, service);
  const parts = [service, domain.maskedBy === undefined ? "" : `masked by ${domain.maskedBy}`];
  const frames = exception === undefined ? [] : describeFrames(exception.chain);
  if (exception !== undefined && frames.length > 0) parts.push(exception.type, ...frames);
  else {
    parts.push(toTemplate(account?.operation ?? suspect?.operation ?? ""), account?.status ?? "");
    if (exception !== undefined) parts.push(exception.type, toTemplate(exception.message));
  }
  const title = toTitle({ exception, service, operation: account?.operation ?? "", status: account?.status ?? "" });
  return { fingerprint: hash(parts.join("\n")), title, service };
}

/** The identity if no code of the service raised the failure. The caller, the route and whoever hid the failure are not part of it. */
function identifyEnding(service: string, ending: string, manner: string | undefined): FaultIdentity {
  const words = ending.split("\n").slice(0, 2).join(": ").slice(0, 160);
  const parts = [service, "ending", toTemplate(ending)];
  const identity = { fingerprint: hash(parts.join("\n")), title: `${words}: ${service}`, service };
  if (manner === undefined) return identity;
  return { ...identity, apart: { fingerprint: hash([...parts, manner].join("\n")), title: `${words} (${manner}): ${service}` } };
}

function toTitle(of: { exception: Thrown | undefined; service: string; operation: string; status: string }): string {
  const place = `${of.service}${of.operation === "" ? "" : `, ${of.operation}`}`;
  if (of.exception === undefined) return `${of.status === "" ? "failure" : of.status} in ${place}`;
  const frame = of.exception.chain
    .flatMap(({ frames }) => frames)
    .find(({ isInApp, function: name }) => isInApp && toFunctionName(name) !== "");
  const message = of.exception.message.split("\n", 1)[0] ?? "";
  const what = message === "" ? of.exception.type : `${of.exception.type}: ${message}`;
  return `${what.slice(0, 160)} in ${frame === undefined ? place : `${toFunctionName(frame.function)}, ${of.service}`}`;
}

type Thrown = { readonly type: string; readonly message: string; readonly chain: readonly StackTrace[] };

/** The exception of the creating service or, if that sends no telemetry, the exception that its caller caught. */
function findException(path: FailurePath, service: string): Thrown | undefined {
  const found: { readonly thrown: Thrown; readonly isOfService: boolean; readonly depth: number }[] = [];
  const visit = (node: SpanNode, depth: number) => {
    const isOfService = node.span.resource.service === service;
    for (const each of readSpanExceptions(node.span)) found.push({ thrown: toThrown(each), isOfService, depth });
    for (const log of path.logs.get(node.span.spanId) ?? []) addLog(log, { isOfService, depth, found });
    for (const child of node.children) visit(child, depth + 1);
  };
  for (const root of path.roots) visit(root, 0);
  const ofService = found.filter(({ isOfService }) => isOfService);
  const pool = ofService.length > 0 ? ofService : found;
  return [...pool].sort((a, b) => countInApp(b.thrown) - countInApp(a.thrown) || b.depth - a.depth)[0]?.thrown;
}

function addLog(
  log: LogRecord,
  { found, ...place }: { isOfService: boolean; depth: number; found: { thrown: Thrown; isOfService: boolean; depth: number }[] },
): void {
  const exception = readLogException(log);
  if (exception !== undefined) found.push({ thrown: toThrown(exception), ...place });
}

function toThrown({ type, message, stack }: { type: string; message: string; stack?: string }): Thrown {
  return { type, message, chain: stack === undefined ? [] : parseStack(stack) };
}

/** The number of in-app frames, at most one. Further frames do not make an exception more informative. */
function countInApp({ chain }: Thrown): number {
  return chain.some(({ frames }) => frames.some(({ isInApp }) => isInApp)) ? 1 : 0;
}

/** The type of the innermost cause and its in-app functions. Wrapping an error once more does not make it a different fault. */
function describeFrames(chain: readonly StackTrace[]): readonly string[] {
  const innermost = chain.findLast(({ frames }) => frames.some(({ isInApp }) => isInApp));
  if (innermost === undefined) return [];
  const names: string[] = [];
  for (const frame of innermost.frames) {
    if (!frame.isInApp) continue;
    const name = describeFrame(frame);
    if (name !== names.at(-1) && name !== "") names.push(name);
    if (names.length === FRAMES) break;
  }
  return names.length === 0 ? [] : [innermost.type, ...names];
}

function describeFrame({ function: name, file, column, line }: StackFrame): string {
  const isBundle = isBundled(file, line, column);
  const plain = toFunctionName(name);
  // A minifier gives functions new names of one or two letters in every build. Names that it must keep are longer.
  const stable = isBundle && plain.replace(/^.*\./, "").length < 3 ? "" : plain;
  return isBundle ? stable : `${toModule(file)} ${stable}`.trim();
}

/** True if a file is a bundle: its name has a hash, or it contains the whole program. Neither says where the fault is. */
function isBundled(file: string, line: number | undefined, column: number | undefined): boolean {
  if (!/\.[cm]?js$/.test(file.replace(/[?#].*$/, ""))) return false;
  const base =
    file
      .replace(/[?#].*$/, "")
      .split(/[/\\]/)
      .at(-1) ?? "";
  return (
    /[.-](?:min|bundle|chunk)\.|[.-][0-9a-f]{6,}\.|[.-](?=[\w-]*\d)[\w-]{8,}\.[cm]?js$|^(?:bundle|vendor|chunk|runtime)\b/i.test(base) ||
    ((line ?? 2) === 1 && (column ?? 0) > 300)
  );
}

function toFunctionName(name: string): string {
  return name
    .replace(/\$\$(?:Lambda|EnhancerBy|FastClassBy|SpringCGLIB|HibernateProxy)\S*?(?=\.|$)/g, "")
    .replace(/lambda\$(\w+)\$\d+/g, "$1")
    .replace(/GeneratedMethodAccessor\d+/g, "GeneratedMethodAccessor")
    .replace(/<(\w+)>[bdg]__\d+(?:_\d+)?(?:\.MoveNext)?/g, "$1")
    .replace(/\.func\d+(?:\.\d+)*/g, "")
    .replace(/block (?:\(\d+ levels?\) )?in /g, "")
    .replace(/0x[0-9a-f]+/gi, "")
    .replace(/ \[as [^\]]+\]/g, "")
    .replace(/^(?:async |new |Object\.|Module\.)+/, "")
    .replace(/<anonymous>|\banonymous\b/g, "")
    .trim();
}

/** The last two parts of a path, without hashes and versions. A deploy's directory is not part of the fault. */
function toModule(file: string): string {
  const parts = file
    .replace(/^[a-z][\w+-]*:\/\/[^/]*/i, "")
    .replace(/[?#].*$/, "")
    .split(/[/\\]/);
  return parts
    .slice(-2)
    .map((part) => part.replace(/[.-][0-9a-f]{6,}(?=\.|$)/gi, "").replace(/\d+/g, "#"))
    .join("/");
}

/** A message without the parts that differ between failures: ids, numbers, addresses, times, quoted values. */
function toTemplate(message: string): string {
  return message
    .slice(0, 400)
    .replace(/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, "#")
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?/g, "#")
    .replace(/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, "#")
    .replace(/\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b|\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}\]?/gi, "#")
    .replace(/0x[0-9a-f]+/gi, "#")
    .replace(/"(?:[^"\\]|\\.){0,200}"|'(?:[^'\\]|\\.){0,200}'|`[^`]{0,200}`/g, "#")
    .replace(/\b(?=[\w-]*\d)[\w-]{6,}\b/g, "#")
    .replace(/\d+(?:[.,]\d+)*/g, "#")
    .replace(/\s+/g, " ")
    .trim();
}

/** 64 bits of FNV-1a as 16 hex digits, computed in two halves to avoid big integers. */
function hash(text: string): string {
  let [low, high] = [0x811c9dc5, 0x1b873593];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + index), 0x85ebca6b) ^ (low >>> 15);
  }
  return toHex(low) + toHex(high);
}

function toHex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
