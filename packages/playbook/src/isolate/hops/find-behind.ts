import { type SpanNode, readDatabaseSystem, readServerAddress, readPeerService } from "@faultline/model";
import { endOf, startOf } from "../../trace/span-time.ts";

/** For client spans whose callee sent no telemetry: the roots that this callee must have caused. */
export type Behind = ReadonlyMap<SpanNode, readonly SpanNode[]>;

/** Exporters round to a millisecond. */
const TOLERANCE_MS = 1;

/**
 * Finds the spans behind silent hops. A hop that passes the trace on but sends no spans of its own tears a trace apart, because the spans
 * behind it name a parent that never came. They belong behind the call to a silent callee during which they began; if there are several,
 * behind the one that began last.
 */
export function findBehind(roots: readonly SpanNode[]): Behind {
  const behind = new Map<SpanNode, SpanNode[]>();
  const orphans = roots.filter(({ span }) => span.parentSpanId !== undefined && (span.kind === "server" || span.kind === "consumer"));
  if (orphans.length === 0 || roots.length < 2) return behind;
  const silent = roots
    .flatMap((root) => listSilentCalls(root).map((call) => ({ root, call, lastEndMs: 0 })))
    .sort((a, b) => startOf(a.call) - startOf(b.call));
  silent.reduce((latest, each) => (each.lastEndMs = Math.max(latest, endOf(each.call))), -Infinity);
  for (const orphan of orphans) {
    const cause = findLastDuring(silent, orphan);
    if (cause === undefined) continue;
    const caused = behind.get(cause);
    if (caused === undefined) behind.set(cause, [orphan]);
    else caused.push(orphan);
  }
  return behind;
}

/** A call with its root, and when the last of the calls that began no later than it ended. */
type Silent = { readonly root: SpanNode; readonly call: SpanNode; lastEndMs: number };

/** The call that began last of those during which the orphan began. `silent` is in order of start. */
function findLastDuring(silent: readonly Silent[], orphan: SpanNode): SpanNode | undefined {
  const fromMs = startOf(orphan);
  let [low, high] = [0, silent.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf((silent[middle] as Silent).call) <= fromMs + TOLERANCE_MS) low = middle + 1;
    else high = middle;
  }
  for (let at = low - 1; at >= 0; at -= 1) {
    const { root, call, lastEndMs } = silent[at] as Silent;
    if (lastEndMs < fromMs - TOLERANCE_MS) return undefined;
    const isItsCaller = root !== orphan && call.span.resource.service !== orphan.span.resource.service;
    if (isItsCaller && endOf(call) >= fromMs - TOLERANCE_MS) return call;
  }
  return undefined;
}

function listSilentCalls(root: SpanNode): readonly SpanNode[] {
  const silent: SpanNode[] = [];
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.children.length === 0 && isNamedCall(node)) silent.push(node);
    for (const child of node.children) open.push(child);
  }
  return silent;
}

/** True for a call to a named service. A database calls nobody, and a callee without a name cannot be mentioned. */
function isNamedCall({ span }: SpanNode): boolean {
  if (span.kind !== "client" && span.kind !== "producer") return false;
  if (readDatabaseSystem(span.attributes) !== undefined) return false;
  return (readPeerService(span.attributes) ?? readServerAddress(span.attributes)) !== undefined;
}
