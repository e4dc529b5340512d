import type { Span } from "@faultline/model";

/** A node while its tree is being built. Other folders see the read-only `SpanNode`. */
export type GrowingNode = { span: Span; parent?: GrowingNode; children: GrowingNode[]; skewMs: number };
