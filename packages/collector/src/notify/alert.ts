import type { FaultAlert } from "@faultline/model";

/** An alert as its receivers get it. Its texts are redacted before they come here. */
export type Alert = FaultAlert & {
  /** The fault's page with the failing span in view. */
  readonly link: string;
};
