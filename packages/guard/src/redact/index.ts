/** What may be kept and what goes. */
export type { RedactionPolicy } from "./policy.ts";
export { createRedactor, type HeaderInput, type RedactedBody, type Redactor } from "./redactor.ts";
