/** Nothing is wrong, or nothing that could be told, on platforms that no earlier batch had. */
import { app, call, line, numbered, outside, store, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

/** See the file's head. */
export const NEGATIVES: readonly Scene[] = [
  {
    name: "temporal-retries-and-succeeds",
    software: "Go with Temporal; an activity is tried again with success",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("invoices-flow", "gin"), "/invoices/:id", {
        path: numbered("/invoices", turn),
        lines: turn.index % 5 === 0 ? [line(13, "Activity error. Attempt 1, will retry: connection refused")] : [],
      }),
  },
  {
    name: "dynamodb-throttles-and-the-sdk-waits",
    software: "AWS Lambda with DynamoDB; the SDK waits out its throttles",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("likes", "lambda"), "/likes/:id", {
        path: numbered("/likes", turn),
        steps: [store(["dynamodb", "dynamodb.eu-west-1.amazonaws.com"], "UpdateItem likes", { ms: turn.index % 4 === 0 ? 220 : 8 })],
      }),
  },
  {
    name: "openresty-refuses-bots",
    software: "OpenResty; bots are refused with 403, and each is a warning",
    share: 0,
    requests: 150,
    everyMs: 80,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("edge-guard", "gin"), "/pages/:id", {
        path: numbered("/pages", turn),
        ...(turn.index % 3 === 0
          ? { status: 403, lines: [line(13, "[lua] guard.lua:9: rate limit exceeded for bot, access denied")] }
          : {}),
      }),
  },
  {
    name: "camunda-incident-words-in-good-answers",
    software: "Camunda in Spring Boot; a listing of incidents is full of words of failures",
    share: 0,
    negative: "healthy",
    visit: (turn) =>
      visit(app("cockpit", "spring"), "/incidents/:id", {
        path: numbered("/incidents", turn),
        lines: [line(9, "listed incident: connect timed out, circuit breaker is open, OutOfMemoryError")],
      }),
  },
  {
    name: "cloud-run-scales-from-nothing",
    software: "FastAPI on Cloud Run; the first requests wait for an instance",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("covers", "fastapi"), "/covers/:id", { path: numbered("/covers", turn), ms: turn.index < 4 ? 3_800 : 12 }),
    beside: { changes: [{ kind: "scale", service: "covers", atMs: 0, description: "0 to 3 instances" }] },
  },
  {
    name: "vercel-deploy-without-harm",
    software: "A worker on Vercel; a deploy in the middle, and nothing comes of it",
    share: 0,
    negative: "decoy-deploy",
    visit: (turn) => visit(app("landing-fn", "worker"), "/landing/:id", { path: numbered("/landing", turn) }),
    beside: { changes: [{ kind: "deploy", service: "landing-fn", atMs: 12_000, version: "9.1.0", previousVersion: "9.0.3" }] },
  },
  {
    name: "sap-clients-leave-early",
    software: "SAP Gateway; users close the window while a list is built",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(app("lists-odata", "spring"), "/lists/:id", {
        path: numbered("/lists", turn),
        status: turn.index % 6 === 0 ? 499 : 200,
        ms: turn.index % 6 === 0 ? 4_000 : 60,
      }),
  },
  {
    name: "plumber-says-nothing",
    software: "R with plumber; 500 without a word in any telemetry",
    onset: 25,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("scores", "flask"), "/scores/:id", { path: numbered("/scores", turn), ...(turn.isBad ? { status: 500 } : {}) }),
    missing: ["scores"],
    seen: { service: "scores" },
  },
  {
    name: "silent-cobol-behind-the-gateway",
    software: "A gateway over a mainframe without telemetry, which answers 500",
    onset: 25,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("claims-gw", "quarkus"), "/claims/:id", {
        path: numbered("/claims", turn),
        ...(turn.isBad ? { status: 502 } : {}),
        steps: [call(visit(outside("zos-bridge"), "/claims", turn.isBad ? { status: 500 } : {}))],
      }),
    missing: ["zos-bridge"],
    seen: { service: "claims-gw" },
  },
  {
    name: "deploy-beside-a-silent-mainframe",
    software: "The same, and the mainframe's bridge was deployed just before",
    onset: 25,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("loans-gw", "quarkus"), "/loans/:id", {
        path: numbered("/loans", turn),
        ...(turn.isBad ? { status: 502 } : {}),
        steps: [call(visit(outside("loans-bridge"), "/loans", turn.isBad ? { status: 500 } : {}))],
      }),
    beside: { changes: [{ kind: "deploy", service: "loans-bridge", atMs: 9_000, version: "7", previousVersion: "6" }] },
    missing: ["loans-bridge"],
    seen: { service: "loans-gw" },
  },
  {
    name: "gift-certificates-have-expired-and-are-refused",
    software: "Crystal with Kemal; expired certificates are refused with 422",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("gifts", "rails"), "/gifts/:id", {
        path: numbered("/gifts", turn),
        ...(turn.index % 4 === 0 ? { status: 422, lines: [line(13, "Gift certificate has expired on 2026-01-01")] } : {}),
      }),
  },
];
