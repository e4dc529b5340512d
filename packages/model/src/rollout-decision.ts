/** Requests of one arm of a rollout and how many of them ended in a server error. */
export type ArmCounts = { readonly failing: number; readonly total: number };

/** May this version have more traffic? */
export type RolloutDecision =
  | {
      readonly kind: "promote";
      readonly because: string;
      readonly pValue: number;
      readonly baseline: ArmCounts;
      readonly canary: ArmCounts;
    }
  | {
      readonly kind: "roll-back";
      readonly because: string;
      readonly pValue: number;
      readonly baseline: ArmCounts;
      readonly canary: ArmCounts;
    }
  | {
      readonly kind: "wait";
      readonly because: string;
      /** Requests to the canary still needed before a promotion is possible, when that is what is missing. */
      readonly needMore?: number;
      readonly pValue?: number;
      readonly baseline: ArmCounts;
      readonly canary: ArmCounts;
    };
