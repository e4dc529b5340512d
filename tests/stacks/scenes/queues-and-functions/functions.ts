/** Functions, isolates and other platforms that start code when a request comes. */
import { app, call, hop, line, maybe, numbered, outside, thrown, visit } from "../../compose.ts";
import type { Line, Scene, Turn } from "../../plan.ts";
import { alone, byCall } from "../../shapes.ts";

/** A function behind a gateway that answers `status`; `bad` is what the platform notes. */
function behindGateway(
  route: string,
  of: { service: string; runtime: "azure" | "worker" | "lambda"; status: number; bad: readonly Line[]; ms?: number },
) {
  return (turn: Turn) => {
    const path = numbered(route, turn);
    const inner = visit(
      app(of.service, of.runtime),
      `${route}/:id`,
      turn.isBad ? { path, ms: of.ms ?? 20, status: of.status, lines: of.bad } : { path },
    );
    return visit(app("front-door", "envoy"), `${route}/:id`, { path, status: turn.isBad ? of.status : 200, steps: [call(inner)] });
  };
}

/** See the file's head. */
export const FUNCTIONS: readonly Scene[] = [
  {
    name: "azure-function-over-its-timeout",
    software: "Azure Functions behind Front Door; reports of a year take longer than a function may",
    share: 0.3,
    visit: behindGateway("/reports", {
      service: "reports-function",
      runtime: "azure",
      status: 500,
      ms: 230_000,
      bad: [
        line(
          17,
          "Timeout value of 00:03:50 exceeded by function 'Functions.YearReport' (Id: '8a6f2c1e-5c0d-4f57-9a0e-0a8d1f3c9b77'). Initiating cancellation.",
        ),
      ],
    }),
    seen: { service: "front-door", route: "/reports/:id" },
    cause: "dependency-timeout",
    also: ["gateway-timeout", "resource-exhausted"],
    creators: ["reports-function"],
    path: [hop("front-door", "propagated"), hop("reports-function", "created")],
  },
  {
    name: "worker-exceeds-its-cpu-time",
    software: "Cloudflare Workers; large images take more processor time than an isolate gets",
    share: 0.3,
    ...alone(app("resize", "worker"), "/images/:id", {
      status: 503,
      ms: 60,
      attributes: { "cloudflare.outcome": "exceededCpu" },
      lines: [line(17, "Worker exceeded CPU time limit.")],
    }),
    cause: "resource-exhausted",
  },
  {
    name: "worker-without-its-binding",
    software: "Cloudflare Workers; the new version was published without the binding of its store",
    onset: 26,
    ...alone(app("sessions", "worker"), "/sessions/:id", {
      app: app("sessions", "worker", { version: "4.3.0" }),
      thrown: thrown("TypeError", "Cannot read properties of undefined (reading 'get')", ["    at loadSession (worker.js:212:31)"]),
    }),
    beside: { changes: [{ kind: "deploy", service: "sessions", atMs: 26 * 400 - 300, version: "4.3.0", previousVersion: "4.2.0" }] },
    cause: "bad-deploy",
    also: ["unhandled-exception", "bad-configuration"],
  },
  {
    name: "cloud-run-has-no-instance",
    software: "Cloud Run; more requests than its instances take, and its limit of instances is reached",
    onset: 27,
    share: 0.5,
    visit: (turn) =>
      visit(app("cloud-run", "envoy"), "/quotes/:id", {
        path: numbered("/quotes", turn),
        status: turn.isBad ? 500 : 200,
        lines: turn.isBad
          ? [
              line(
                17,
                "The request was aborted because there was no available instance. Additional troubleshooting documentation can be found at: https://cloud.google.com/run/docs/troubleshooting#abort-request",
              ),
            ]
          : [],
        steps: turn.isBad ? [] : [call(visit(app("quotes", "ktor"), "/quotes/:id"))],
      }),
    seen: { service: "cloud-run", route: "/quotes/:id" },
    cause: "no-healthy-upstream",
    also: ["resource-exhausted", "rate-limited-as-5xx"],
    creators: ["cloud-run", "quotes"],
    path: [hop("cloud-run", "created", "propagated"), maybe("quotes", "created", "clean")],
  },
  {
    name: "lambda-no-room-in-tmp",
    software: "AWS Lambda with Python; warm instances fill /tmp",
    share: 0.4,
    onset: 20,
    ...alone(app("thumbs", "lambda"), "/thumbs/:id", {
      thrown: thrown("OSError", "[Errno 28] No space left on device: '/tmp/3f2a.png'", [
        '  File "/var/task/thumbs.py", line 31, in handler',
      ]),
    }),
    cause: "resource-exhausted",
  },
  {
    name: "function-payload-too-large",
    software: "NestJS in front of a function on Vercel; exports with many rows are too large for an answer",
    share: 0.25,
    ...byCall(app("exports", "nest"), "/exports", {
      host: "exports-fn.vercel.app",
      to: "/api/export",
      method: "POST",
      answers: 413,
      isCallers: true,
      bad: {
        thrown: thrown("Error", "Request failed with status code 413: Request Entity Too Large FUNCTION_PAYLOAD_TOO_LARGE fra1::p9x2k", [
          "    at ExportService.run (/app/dist/exports/service.js:22:11)",
        ]),
      },
    }),
    cause: "body-too-large",
  },
  {
    name: "kms-key-may-not-be-used",
    software: "AWS Lambda with Python; the key's policy no longer names the function's role",
    onset: 28,
    ...byCall(app("vault-fn", "lambda"), "/secrets/:id", {
      host: "kms.eu-west-1.amazonaws.com",
      method: "POST",
      answers: 400,
      isCallers: true,
      bad: {
        thrown: thrown(
          "botocore.exceptions.ClientError",
          "An error occurred (AccessDeniedException) when calling the Decrypt operation: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
          ['  File "/var/task/vault.py", line 19, in handler'],
        ),
      },
    }),
    cause: "bad-configuration",
    also: ["gateway-identity"],
  },
  {
    name: "cold-starts-need-longer-than-the-caller-waits",
    software: "Quarkus in front of a function that starts for twelve seconds; the function tells of itself",
    share: 0.3,
    visit: (turn) => {
      const message = "The timeout period of 3000ms has been exceeded while executing GET /scores/7 for server null";
      const fn = visit(app("scores-fn", "azure"), "/scores/:id", {
        ms: turn.isBad ? 12_400 : 30,
        ...(turn.isBad ? { attributes: { "faas.coldstart": true } } : {}),
      });
      return visit(app("credit", "quarkus"), "/credits/:id", {
        path: numbered("/credits", turn),
        steps: [
          call(fn, turn.isBad ? { ms: 3_002, trouble: { type: "io.vertx.core.http.impl.NoStackTraceTimeoutException", message } } : {}),
        ],
        ...(turn.isBad
          ? {
              status: 504,
              thrown: thrown("jakarta.ws.rs.ProcessingException", message, ["\tat com.acme.credit.Scores.of(Scores.java:30)"]),
            }
          : {}),
      });
    },
    seen: { service: "credit", route: "/credits/{id}" },
    cause: "dependency-timeout",
    also: ["gateway-timeout"],
    creators: ["scores-fn"],
    path: [hop("credit", "propagated"), hop("scores-fn", "created")],
  },
  {
    name: "railways-answer-500",
    software: "Ktor in front of a third party that answers 500",
    onset: 30,
    share: 0.6,
    visit: (turn) =>
      visit(app("trips", "ktor"), "/trips/:id", {
        path: numbered("/trips", turn),
        status: turn.isBad ? 502 : 200,
        steps: [call(visit(outside("api.railways.example"), "/v4/journeys", { status: turn.isBad ? 500 : 200 }))],
        lines: turn.isBad ? [line(17, 'api.railways.example answered 500: {"code":"E_INTERNAL"}')] : [],
      }),
    seen: { service: "trips", route: "/trips/{id}" },
    cause: "third-party-failure",
    creators: ["api.railways.example"],
    path: [hop("trips", "propagated", "remapped"), hop("api.railways.example", "created")],
  },
];
