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
  const silent = roots.flatMap((root) => listSilentCalls(root).map((call) => ({ root, call })));
  for (const orphan of orphans) {
    const cause = silent
      .filter(({ root, call }) => root !== orphan && isDuring(call, orphan) && call.span.resource.service !== orphan.span.resource.service)
      .sort((a, b) => startOf(b.call) - startOf(a.call))[0];
    if (cause === undefined) continue;
    const caused = behind.get(cause.call);
    if (caused === undefined) behind.set(cause.call, [orphan]);
    else caused.push(orphan);
  }
  return behind;
}

function isDuring(call: SpanNode, orphan: SpanNode): boolean {
  return startOf(orphan) >= startOf(call) - TOLERANCE_MS && startOf(orphan) <= endOf(call) + TOLERANCE_MS;
}

function listSilentCalls(node: SpanNode): readonly SpanNode[] {
  const below = node.children.flatMap(listSilentCalls);
  return node.children.length === 0 && isNamedCall(node) ? [node, ...below] : below;
}

/** True for a call to a named service. A database calls nobody, and a callee without a name cannot be mentioned. */
function isNamedCall({ span }: SpanNode): boolean {
  if (span.kind !== "client" && span.kind !== "producer") return false;
  if (readDatabaseSystem(span.attributes) !== undefined) return false;
  return (readPeerService(span.attributes) ?? readServerAddress(span.attributes)) !== undefined;
}
