export { findRecordedFailure, type ProvableSpan, type ProvableTrace, type RecordedFailure } from "./find-recorded-failure.ts";
export { PROOF_FORMS, type ProofForm, type ProofRequest, proveFailure } from "./prove-failure.ts";
