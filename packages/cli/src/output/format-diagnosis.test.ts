import type { Diagnosis } from "@faultline/model";
import { expect, it } from "vitest";
import { formatDiagnosis } from "./format-diagnosis.ts";

const AT = Date.UTC(2026, 10, 22, 15, 46, 42, 122);
const protection = { what: "Call it with a time-out.", where: "shop, GET /cart", example: "timeout 1s" };
const diagnosis: Diagnosis = {
  verdict: "diagnosed",
  scope: { service: "shop", route: "/cart", window: { fromMs: AT, toMs: AT + 187 }, failing: 2, succeeding: 0 },
  path: [],
  suspects: [],
  causes: [{ cause: "connection-refused", confidence: 0.9, evidence: [], against: [] }],
  ruledOut: [{ cause: "bad-deploy", because: "not seen: no change" }],
  missing: [],
  next: [],
  guard: { now: [protection, { ...protection, what: "Answer without it." }], prevent: [protection] },
};

it("names a place once for all that is to be done there", () => {
  const shown = formatDiagnosis(diagnosis);
  expect(shown).toContain("GUARD NOW, in shop, GET /cart\n  Call it with a time-out.\n      timeout 1s\n  Answer without it.\n");
  expect(shown).toContain("PREVENT, in shop, GET /cart\n  Call it with a time-out.\n");
});

it("names each place where there are several", () => {
  const guard = { now: [protection, { ...protection, where: "edge, GET /" }], prevent: [] };
  expect(formatDiagnosis({ ...diagnosis, guard })).toContain(
    "GUARD NOW\n  Call it with a time-out. (shop, GET /cart)\n      timeout 1s\n  Call it with a time-out. (edge, GET /)\n",
  );
});

it("says a time as a person writes it, and an end only where it is another", () => {
  const scopeOf = (toMs: number): string =>
    formatDiagnosis({ ...diagnosis, scope: { ...diagnosis.scope, window: { fromMs: AT, toMs } } }, 100);
  expect(scopeOf(AT + 187)).toContain("  shop, /cart: 2 failing, 0 good, at 2026-11-22 15:46:42 UTC\n");
  expect(scopeOf(AT + 60_000)).toContain(", 2026-11-22 15:46:42 to 15:47:42 UTC\n");
  expect(scopeOf(AT + 86_400_000)).toContain(", 2026-11-22 15:46:42 to 2026-11-23 15:46:42 UTC\n");
});

it("speaks of more causes only beside some", () => {
  expect(formatDiagnosis(diagnosis)).toContain("RULED OUT\n  1 cause, of which no sign was seen");
  const ruledOut = [{ cause: "bad-deploy" as const, because: "old instances fail too" }, ...diagnosis.ruledOut, ...diagnosis.ruledOut];
  expect(formatDiagnosis({ ...diagnosis, ruledOut })).toContain("and 2 more, of which no sign was seen");
});

it("says once what is missing, and once how to make a test of the failing request", () => {
  const command = "npx faultline prove 4bf92f35 --as node:test --file traces.jsonl";
  const shown = formatDiagnosis({
    ...diagnosis,
    missing: [{ what: "the log of shop", wouldTell: "why it failed" }],
    next: [{ check: "Get the log of shop: it would tell why it failed" }, { check: "Turn this request into a test", command }],
    guard: { now: [], prevent: [{ ...protection, what: "Keep the request as a test.", example: command }, protection] },
  });
  expect(shown).toContain("MISSING\n  the log of shop: would tell why it failed\n");
  expect(shown).not.toContain("Get the log of shop");
  expect(shown.split(command)).toHaveLength(2);
  expect(shown).toContain("PREVENT, in shop, GET /cart\n  Call it with a time-out.\n");
});
