import type { MissingEvidence } from "@faultline/model";
import type { Call } from "../hops/hop-shape.ts";
import type { OriginKind, Step } from "../judgement.ts";

/** Where a walk ended, and the hops that it passed, client side first. */
export type Found = {
  readonly steps: Step[];
  readonly kind: OriginKind;
  readonly blamed?: Call;
  readonly confidence: number;
  readonly missing: readonly MissingEvidence[];
};
