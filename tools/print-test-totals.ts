/** Prints a test run's totals on one plain line, `N passed, N failed, N skipped`, and fails when no test ran. */
import { readFileSync } from "node:fs";

type Totals = { readonly numPassedTests: number; readonly numFailedTests: number; readonly numPendingTests: number };

const [, , path = "test-artifacts/vitest.json"] = process.argv;
const { numPassedTests, numFailedTests, numPendingTests }: Totals = JSON.parse(readFileSync(path, "utf8"));
console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
if (numFailedTests > 0 || numPassedTests === 0) process.exitCode = 1;
