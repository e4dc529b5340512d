import type { Proof } from "@faultline/model";
import type { RecordedFailure } from "./find-recorded-failure.ts";
import { planReplay } from "./plan-replay.ts";
import { writeCurl, writeHurl } from "./write-command.ts";
import { type TestSubject, writeScript } from "./write-script.ts";

/** The runners that a proof can be written for. */
export const PROOF_FORMS = ["node:test", "vitest", "jest", "curl", "hurl"] as const;

/** A runner of a proof. */
export type ProofForm = (typeof PROOF_FORMS)[number];

/** How the proof is to be written. */
export type ProofRequest = {
  readonly as: ProofForm;
  /** The path of a module that exports the app (a server, a listener, an object with `fetch`), from where the test is run. */
  readonly app?: string;
};

const EXTENSIONS: Readonly<Record<ProofForm, string>> = {
  "node:test": ".test.mjs",
  vitest: ".test.mjs",
  jest: ".test.cjs",
  curl: ".sh",
  hurl: ".hurl",
};

function writeSource(subject: TestSubject, form: ProofForm): string {
  switch (form) {
    case "node:test":
    case "vitest":
    case "jest":
      return writeScript(subject, form);
    case "curl":
      return writeCurl(subject);
    case "hurl":
      return writeHurl(subject);
  }
}

function toFileName({ service, route, fingerprint, traceId }: Proof["failure"], form: ProofForm): string {
  const words = `${service}-${route}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60);
  return `${words === "" ? "failure" : words}-${(fingerprint === "" ? traceId : fingerprint).replace(/[^\w-]/g, "").slice(0, 12)}${EXTENSIONS[form]}`;
}

/**
 * Turns a recorded failure into a regression test: the same input, and the claim that the answer is no server error and keeps its own
 * contract (content type, problem details). Nothing is compared byte by byte, because a fixed handler answers differently. The test never
 * contains credentials. Whatever is missing or was replaced is stated in `caveats` and at the head of the file.
 */
export function proveFailure(recorded: RecordedFailure, { as, app }: ProofRequest): Proof {
  const plan = planReplay(recorded);
  const subject: TestSubject = { failure: recorded.failure, plan, ...(app === undefined ? {} : { app }) };
  return {
    failure: recorded.failure,
    request: recorded.request,
    fileName: toFileName(recorded.failure, as),
    source: writeSource(subject, as),
    caveats: plan.caveats,
  };
}
