import type { Proof } from "@faultline/model";
import type { ReplayPlan } from "./plan-replay.ts";
import { SCRIPT_RUNTIME } from "./script-runtime.ts";

/** The input of every writer of a test. */
export type TestSubject = {
  readonly failure: Proof["failure"];
  readonly plan: ReplayPlan;
  /** The path of the module that exports the app, if it was named. */
  readonly app?: string;
};

/** Runners of JavaScript tests. */
export type ScriptRunner = "node:test" | "vitest" | "jest";

const IMPORTS: Readonly<Record<ScriptRunner, string>> = {
  "node:test": `import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
`,
  vitest: `import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "vitest";
`,
  jest: `const assert = require("node:assert/strict");
const http = require("node:http");
const https = require("node:https");
const path = require("node:path");
const { pathToFileURL } = require("node:url");
`,
};

/** One line of a comment. Nothing in it can end the comment or the line. */
function toComment(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ").replaceAll("*/", "* /");
}

/** A JavaScript literal. Line separators that JSON allows unescaped are escaped for older parsers. */
function toLiteral(value: unknown): string {
  return (JSON.stringify(value, null, 2) ?? "undefined").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** The heading of a generated file, as plain lines. */
export function describeSubject({ failure, plan }: TestSubject): string[] {
  const fault = failure.fingerprint === "" ? "" : `, fault ${failure.fingerprint}`;
  return [
    `Made by Faultline from a failure of ${failure.service}: ${plan.method} ${failure.route} answered ${failure.status}`,
    `(trace ${failure.traceId}${fault}). Red while the bug is there, green once it is fixed.`,
    ...plan.caveats.map((caveat) => `Note: ${caveat}.`),
  ].map(toComment);
}

/** Writes the regression test for a runner of JavaScript tests. */
export function writeScript(subject: TestSubject, runner: ScriptRunner): string {
  const { failure, plan, app } = subject;
  const { method, target, headers, fromEnvironment, body, isSafe } = plan;
  const title = `${method} ${failure.route} does not answer with a server error${failure.fingerprint === "" ? "" : ` (fault ${failure.fingerprint})`}`;
  return `${describeSubject(subject)
    .map((line) => `// ${line}\n`)
    .join("")}${IMPORTS[runner]}
const REQUEST = ${toLiteral({ method, target, headers, fromEnvironment, body, isSafe })};
const APP = process.env.FAULTLINE_APP ?? ${toLiteral(app ?? "")};
const TIMEOUT_MS = 10_000;

test(${toLiteral(title)}, async () => {
  const target = await openTarget();
  try {
    checkAnswer(await send(target.url));
  } finally {
    await target.close();
  }
});

${SCRIPT_RUNTIME}`;
}
