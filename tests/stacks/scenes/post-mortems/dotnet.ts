/** .NET: Serilog and NLog beside spans, SQL Server, HttpClient and what starves a pool of threads. */
import { app, call, hop, line, maybe, numbered, outside, store, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";
import { nlog, serilog } from "./logged-as.ts";

/** See the file's head. */
export const DOTNET: readonly Scene[] = [
  {
    name: "sql-client-pool-reached-its-size",
    software: ".NET with SqlClient and Serilog; connections leak in an early return",
    onset: 24,
    share: 0.7,
    ...alone(app("claims", "aspnet"), "/claims/:id", {
      ms: 15_003,
      ...serilog("HTTP GET /claims/4100 responded 500 in 15003.1 ms", [
        "System.InvalidOperationException",
        "Timeout expired.  The timeout period elapsed prior to obtaining a connection from the pool.  This may have occurred because all pooled connections were in use and max pool size was reached.",
        "   at Microsoft.Data.Common.ADP.ExceptionWithStackTrace(Exception e)",
        "   at Acme.Claims.Store.FindAsync(Int64 id)",
      ]),
    }),
    cause: "pool-exhausted",
  },
  {
    name: "ef-migration-of-the-slot-swap",
    software: ".NET with EF Core; slots were swapped before the database was migrated",
    onset: 26,
    ...byStore(app("policies", "aspnet", { version: "12.0.0" }), "/policies/:id", {
      system: "microsoft.sql_server",
      host: "policies-sql",
      statement: "SELECT [p].[Id], [p].[RiskClass] FROM [Policies] AS [p] WHERE [p].[Id] = @p",
      code: "207",
      trouble: { type: "Microsoft.Data.SqlClient.SqlException", message: "Invalid column name 'RiskClass'." },
    }),
    beside: { changes: [{ kind: "deploy", service: "policies", atMs: 10_200, version: "12.0.0", previousVersion: "11.9.2" }] },
    ...callersOrPeers("policies", ["policies-sql", "microsoft.sql_server"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "httpclient-waits-a-hundred-seconds",
    software: ".NET; a callee without telemetry never answers, HttpClient's default limit ends it",
    onset: 25,
    share: 0.7,
    everyMs: 2_000,
    ...byCall(app("quotes-net", "aspnet"), "/quotes/:id", {
      host: "rating.partner.example",
      ms: 100_004,
      trouble: {
        type: "System.Threading.Tasks.TaskCanceledException",
        message: "The request was canceled due to the configured HttpClient.Timeout of 100 seconds elapsing.",
      },
    }),
    cause: "third-party-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "stackexchange-starves-for-workers",
    software: ".NET; blocking calls hold the thread pool, Redis' answers wait to be read",
    onset: 24,
    share: 0.6,
    ...byStore(app("basket-net", "aspnet"), "/baskets/:id", {
      system: "redis",
      host: "basket-redis",
      statement: "HGETALL basket:?",
      ms: 5_003,
      isCallers: true,
      trouble: {
        type: "StackExchange.Redis.RedisTimeoutException",
        message:
          "Timeout awaiting response (outbound=0KiB, inbound=3KiB, 5031ms elapsed, timeout is 5000ms), command=HGETALL, next: GET x, inst: 0, qu: 0, qs: 41, aw: False, rs: ReadAsync, ws: Idle, in: 2114, serverEndpoint: basket-redis:6379, mc: 1/1/0, mgr: 10 of 10 available, IOCP: (Busy=0,Free=1000,Min=4,Max=1000), WORKER: (Busy=214,Free=32553,Min=4,Max=32767), POOL: (Threads=214,QueuedItems=1893,CompletedItems=99100)",
      },
    }),
    ...callersOrPeers("basket-net", ["basket-redis", "redis"]),
    cause: "resource-exhausted",
    also: ["dependency-timeout", "pool-exhausted", "database-failure"],
  },
  {
    name: "key-vault-says-forbidden",
    software: ".NET with Azure Key Vault; a changed policy takes the identity's right away",
    onset: 26,
    ...byCall(app("payroll-net", "aspnet"), "/slips/:id", {
      host: "payroll.vault.azure.net",
      answers: 403,
      isCallers: true,
      bad: nlog("Unhandled", [
        "Azure.RequestFailedException",
        "The user, group or application 'appid=7c1d;oid=91ae' does not have secrets get permission on key vault 'payroll'.\nStatus: 403 (Forbidden)\nErrorCode: Forbidden",
        "   at Azure.Security.KeyVault.Secrets.SecretClient.GetSecretAsync(String name)",
      ]),
    }),
    ...callersOrPeers("payroll-net", "payroll.vault.azure.net"),
    cause: "bad-configuration",
    also: ["gateway-identity"],
  },
  {
    name: "aspnet-service-is-not-registered",
    software: ".NET; a release forgot to register a service in its container",
    onset: 26,
    ...alone(app("reviews-net", "aspnet", { version: "4.3.0" }), "/reviews/:id", {
      thrown: thrown(
        "System.InvalidOperationException",
        "Unable to resolve service for type 'Acme.Reviews.ITranslator' while attempting to activate 'Acme.Reviews.ReviewsController'.",
        ["   at Microsoft.Extensions.DependencyInjection.ActivatorUtilities.ThrowHelperUnableToResolveService(Type type, Type requiredBy)"],
      ),
    }),
    beside: { changes: [{ kind: "deploy", service: "reviews-net", atMs: 10_100, version: "4.3.0", previousVersion: "4.2.9" }] },
    cause: "bad-deploy",
    also: ["unhandled-exception", "bad-configuration"],
  },
  {
    name: "service-bus-namespace-is-throttled",
    software: ".NET with Azure Service Bus; the namespace is at its limit",
    onset: 24,
    ...bySend(app("parcels-net", "aspnet"), "/parcels/:id", {
      system: "servicebus",
      host: "acme.servicebus.windows.net",
      topic: "parcels",
      trouble: {
        type: "Azure.Messaging.ServiceBus.ServiceBusException",
        message:
          "The request was terminated because the namespace acme is being throttled. Error code : 50009. Please wait 2 seconds and try again. (ServiceBusy)",
      },
    }),
    cause: "rate-limited-as-5xx",
    also: ["dependency-error", "third-party-failure", "resource-exhausted"],
  },
  {
    name: "kestrel-body-is-larger-than-allowed-and-becomes-500",
    software: ".NET; an upload above Kestrel's limit is caught by the app's own handler, which answers 500",
    share: 0.3,
    ...alone(app("dossiers", "aspnet"), "/dossiers/:id", {
      method: "POST",
      ...serilog("Request reading failed", [
        "Microsoft.AspNetCore.Http.BadHttpRequestException",
        "Request body too large. The max request body size is 30000000 bytes.",
        "   at Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.MessageBody.OnReadStarting()",
      ]),
    }),
    cause: "body-too-large",
    also: ["invalid-input-unguarded"],
  },
  {
    name: "sql-server-has-no-log-space",
    software: ".NET behind Node; SQL Server's transaction log is full",
    onset: 25,
    ...behind(
      app("desk-node", "express"),
      "/cases/:id",
      byStore(app("cases-net", "aspnet"), "/cases/:id", {
        system: "microsoft.sql_server",
        host: "cases-sql",
        statement: "INSERT INTO [Cases] ([Title]) VALUES (@p0)",
        code: "9002",
        trouble: {
          type: "Microsoft.Data.SqlClient.SqlException",
          message: "The transaction log for database 'cases' is full due to 'LOG_BACKUP'.",
        },
      }),
    ),
    cause: "database-failure",
    also: ["resource-exhausted"],
  },
  {
    name: "polly-breaker-opened-for-geo",
    software: ".NET with Polly 8; its breaker is open",
    onset: 26,
    ...alone(app("stores-net", "aspnet"), "/near/:id", {
      ms: 1,
      thrown: thrown(
        "Polly.CircuitBreaker.BrokenCircuitException",
        "The circuit is now open and is not allowing calls. It can be retried after '00:00:30'.",
        ["   at Polly.CircuitBreaker.CircuitBreakerResilienceStrategy`1.ExecuteCore()", "   at Acme.Stores.Geo.LocateAsync()"],
      ),
    }),
    cause: "circuit-open",
  },
  {
    name: "culture-reads-a-comma",
    software: ".NET; a node with another culture reads decimals otherwise",
    share: 0.3,
    ...alone(
      app("scales-net", "aspnet"),
      "/weights/:id",
      serilog("Unhandled", [
        "System.FormatException",
        "The input string '12.5' was not in a correct format.",
        "   at System.Number.ThrowFormatException[TChar](ReadOnlySpan`1 value)",
        "   at Acme.Scales.Reader.Parse(String raw)",
      ]),
    ),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "parse-failure", "bad-configuration"],
  },
  {
    name: "hosted-service-fails-each-minute",
    software: ".NET; a background service fails, every request is answered",
    share: 0,
    negative: "healthy",
    visit: (turn) => visit(app("fleet-net", "aspnet"), "/cars/:id", { path: numbered("/cars", turn) }),
    beside: {
      lines: [1_500, 8_000, 15_000].map((atMs) => ({
        app: app("fleet-net", "aspnet"),
        atMs,
        line: line(17, "Position import failed", {
          scope: "Acme.Fleet.PositionImporter",
          attributes: { "exception.type": "SocketException", "exception.message": "Connection refused (gps.internal:7001)" },
        }),
      })),
    },
  },
  {
    name: "aspnet-antiforgery-refuses-bots",
    software: ".NET; bots post forms without a token, each is a 400 with an exception",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(
        app("forms-net", "aspnet"),
        "/contact",
        turn.index % 3 === 0
          ? {
              method: "POST",
              status: 400,
              thrown: thrown(
                "Microsoft.AspNetCore.Antiforgery.AntiforgeryValidationException",
                "The required antiforgery cookie is not present.",
                ["   at Microsoft.AspNetCore.Antiforgery.DefaultAntiforgery.ValidateRequestAsync(HttpContext httpContext)"],
              ),
            }
          : { method: "POST" },
      ),
  },
  {
    name: "net-front-over-a-silent-500",
    software: ".NET in front of a mainframe's adapter that answers 500 without a word",
    onset: 25,
    share: 0.5,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("branch-net", "aspnet"), "/accounts/:id", {
        path: numbered("/accounts", turn),
        ...(turn.isBad ? { status: 500 } : {}),
        steps: [
          store(["redis", "branch-redis"], "GET session:?"),
          call(visit(outside("cics-adapter"), "/tx", turn.isBad ? { status: 500 } : {})),
        ],
      }),
    missing: ["cics-adapter"],
    seen: { service: "branch-net" },
  },
  {
    name: "callee-in-net-is-restarted-under-its-callers",
    software: "Python in front of .NET; a rolling restart without draining cuts requests for a while",
    onset: 25,
    share: 0.5,
    ...byCall(app("seats-front", "fastapi"), "/seats/:id", {
      host: "seats-net",
      ms: 2,
      trouble: { type: "httpx.ConnectError", message: "[Errno 111] Connection refused" },
    }),
    beside: { changes: [{ kind: "restart", service: "seats-net", atMs: 9_900 }] },
    creators: ["seats-net"],
    path: [hop("seats-front", "propagated", "remapped"), maybe("seats-net", "created")],
    cause: "connection-refused",
    also: ["bad-deploy"],
  },
];
