/** .NET: ASP.NET Core and Azure Functions. */
import { app, call, hop, line, maybe, numbered, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, byCall, bySend, byStore, callersOrPeers } from "../../shapes.ts";

/** See the file's head. */
export const DOTNET: readonly Scene[] = [
  {
    name: "aspnet-connection-string-is-missing",
    software: ".NET; the new environment lacks a connection string",
    onset: 25,
    ...alone(app("docs-net", "aspnet"), "/docs/:id", {
      thrown: thrown("System.InvalidOperationException", "The ConnectionString property has not been initialized.", [
        "   at Microsoft.Data.SqlClient.SqlConnection.PermissionDemand()",
        "   at Acme.Docs.Store.OpenAsync() in /src/Store.cs:line 22",
      ]),
    }),
    cause: "bad-configuration",
  },
  {
    name: "login-of-sql-server-fails-after-rotation",
    software: ".NET with SQL Server; the password was rotated, the secret of the pods was not",
    onset: 24,
    ...byStore(app("stock-net", "aspnet"), "/stock/:id", {
      system: "microsoft.sql_server",
      host: "stock-sql",
      statement: "SELECT Count FROM Stock WHERE Id = @id",
      code: "18456",
      trouble: { type: "Microsoft.Data.SqlClient.SqlException", message: "Login failed for user 'stock'." },
    }),
    beside: { changes: [{ kind: "config", service: "stock-sql", atMs: 9_400, description: "password of stock rotated" }] },
    ...callersOrPeers("stock-net", ["stock-sql", "microsoft.sql_server"]),
    cause: "bad-configuration",
    also: ["database-failure"],
  },
  {
    name: "ef-core-invalid-column-after-release",
    software: ".NET with EF Core; the release came before its migration",
    onset: 26,
    ...byStore(app("plans-net", "aspnet", { version: "3.2.0" }), "/plans/:id", {
      system: "microsoft.sql_server",
      host: "plans-sql",
      statement: "SELECT Tier FROM Plans WHERE Id = @id",
      code: "207",
      trouble: { type: "Microsoft.Data.SqlClient.SqlException", message: "Invalid column name 'Tier'." },
      bad: {
        thrown: thrown("Microsoft.Data.SqlClient.SqlException", "Invalid column name 'Tier'.", [
          "   at Microsoft.Data.SqlClient.SqlCommand.ExecuteReaderAsync(CommandBehavior behavior)",
          "   at Acme.Plans.PlanStore.FindAsync(Int32 id) in /src/PlanStore.cs:line 31",
        ]),
      },
    }),
    beside: { changes: [{ kind: "deploy", service: "plans-net", atMs: 10_100, version: "3.2.0", previousVersion: "3.1.8" }] },
    ...callersOrPeers("plans-net", ["plans-sql", "microsoft.sql_server"]),
    cause: "bad-deploy",
    also: ["database-failure"],
  },
  {
    name: "dotnet-decimal-overflows",
    software: ".NET; one invoice has more lines than an integer of cents holds",
    share: 0.15,
    ...alone(app("sums-net", "aspnet"), "/sums/:id", {
      thrown: thrown("System.OverflowException", "Value was either too large or too small for an Int32.", [
        "   at System.Convert.ToInt32(Decimal value)",
        "   at Acme.Sums.Total.Cents() in /src/Total.cs:line 18",
      ]),
    }),
    cause: "unhandled-exception",
    also: ["invalid-input-unguarded", "parse-failure"],
  },
  {
    name: "dotnet-socket-was-closed-by-the-other-side",
    software: ".NET; the callee ends idle connections earlier than the handler's pool",
    share: 0.1,
    requests: 120,
    ...byCall(app("rates-net", "aspnet"), "/rates/:id", {
      host: "rates-core",
      ms: 2,
      trouble: {
        type: "System.Net.Http.HttpRequestException",
        message: "An error occurred while sending the request. ---> System.IO.IOException: The response ended prematurely. (ResponseEnded)",
      },
    }),
    ...callersOrPeers("rates-net", "rates-core"),
    cause: "keepalive-race",
    also: ["dependency-error"],
  },
  {
    name: "service-bus-queue-quota-is-full",
    software: ".NET with Azure Service Bus; nobody reads the queue, it is full",
    onset: 25,
    ...bySend(app("mail-net", "aspnet"), "/mails/:id", {
      system: "servicebus",
      host: "acme.servicebus.windows.net",
      topic: "mails",
      trouble: {
        type: "Azure.Messaging.ServiceBus.ServiceBusException",
        message:
          "The maximum entity size has been reached or exceeded for Queue: 'MAILS'. Size of entity in bytes:1073742326, Max entity size in bytes: 1073741824. (QuotaExceeded)",
      },
    }),
    cause: "resource-exhausted",
    also: ["dependency-error", "rate-limited-as-5xx"],
    creators: ["mail-net", "acme.servicebus.windows.net", "mails", "servicebus"],
    path: [
      hop("mail-net", "created", "propagated", "remapped"),
      maybe(["acme.servicebus.windows.net", "mails", "servicebus"], "created", "clean"),
    ],
  },
  {
    name: "polly-timeout-rejected",
    software: ".NET with Polly 8; the callee that sends nothing is slow",
    onset: 25,
    share: 0.8,
    ...byCall(app("fleet-net", "aspnet"), "/fleet/:id", {
      host: "positions",
      ms: 2_003,
      trouble: {
        type: "Polly.Timeout.TimeoutRejectedException",
        message: "The operation didn't complete within the allowed timeout of '00:00:02'.",
      },
    }),
    cause: "dependency-timeout",
  },
  {
    name: "dotnet-remote-certificate-is-invalid",
    software: ".NET; the authority of an internal service is unknown in the new base image",
    onset: 26,
    ...byCall(app("hr-net", "aspnet", { version: "2.0.0" }), "/people/:id", {
      host: "directory.internal",
      isCallers: true,
      ms: 21,
      trouble: {
        type: "System.Net.Http.HttpRequestException",
        message:
          "The SSL connection could not be established, see inner exception. ---> System.Security.Authentication.AuthenticationException: The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot",
      },
    }),
    ...callersOrPeers("hr-net", "directory.internal"),
    cause: "tls-failure",
  },
  {
    name: "kestrel-says-request-body-too-large",
    software: ".NET behind Node; uploads above thirty megabytes are refused, and a filter makes 500 of it",
    share: 0.2,
    ...alone(app("photos-net", "aspnet"), "/photos/:id", {
      method: "POST",
      thrown: thrown(
        "Microsoft.AspNetCore.Http.BadHttpRequestException",
        "Request body too large. The max request body size is 30000000 bytes.",
        [
          "   at Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpRequestPipeReader.ReadAsync()",
          "   at Acme.Photos.Upload.SaveAsync() in /src/Upload.cs:line 40",
        ],
      ),
    }),
    cause: "body-too-large",
  },
  {
    name: "dotnet-canceled-by-browsers",
    software: ".NET; browsers leave, each is an OperationCanceledException in the log",
    share: 0,
    negative: "cancelled",
    visit: (turn) =>
      visit(app("maps-net", "aspnet"), "/tiles/:id", {
        path: numbered("/tiles", turn),
        ...(turn.index % 4 === 1
          ? {
              status: 499,
              lines: [line(17, "An unhandled exception has occurred: System.OperationCanceledException: The operation was canceled.")],
            }
          : {}),
      }),
  },
  {
    name: "dotnet-400-of-bots",
    software: ".NET; bots send what no form accepts, each is refused and logged",
    share: 0,
    negative: "client-errors",
    visit: (turn) =>
      visit(app("forms-net", "aspnet"), "/forms", {
        method: "POST",
        ...(turn.index % 2 === 0
          ? {
              status: 400,
              lines: [
                line(17, "The antiforgery token could not be decrypted.", { scope: "Microsoft.AspNetCore.Antiforgery.DefaultAntiforgery" }),
              ],
            }
          : {}),
      }),
  },
  {
    name: "dotnet-503-and-no-log",
    software: ".NET behind Go, without its logs",
    share: 0.4,
    negative: "evidence-missing",
    visit: (turn) =>
      visit(app("desk-front", "gin"), "/desks/:id", {
        path: numbered("/desks", turn),
        status: turn.isBad ? 503 : 200,
        steps: [call(visit(app("desks-net", "aspnet"), "/desks/:id", { status: turn.isBad ? 503 : 200 }))],
      }),
    missing: ["desks-net"],
    seen: { service: "desk-front" },
  },
  {
    name: "mars-is-slow-in-dotnet",
    software: ".NET with SQL Server; a plan of a query went bad, its command times out",
    onset: 25,
    share: 0.7,
    everyMs: 1_000,
    ...byStore(app("reports-net", "aspnet"), "/reports/:id", {
      system: "microsoft.sql_server",
      host: "reports-sql",
      statement: "SELECT * FROM Reports WHERE Id = @id",
      code: "-2",
      ms: 30_010,
      trouble: {
        type: "Microsoft.Data.SqlClient.SqlException",
        message:
          "Execution Timeout Expired.  The timeout period elapsed prior to completion of the operation or the server is not responding.",
      },
    }),
    cause: "database-failure",
    also: ["dependency-timeout"],
  },
  {
    name: "azure-function-lost-its-setting",
    software: "Azure Functions; an app setting was removed with a deployment slot's swap",
    onset: 25,
    ...alone(app("hooks-az", "azure"), "/hooks/:id", {
      thrown: thrown("System.ArgumentNullException", "Value cannot be null. (Parameter 'connectionString')", [
        "   at Azure.Storage.StorageConnectionString.Parse(String connectionString)",
        "   at Azure.Storage.Queues.QueueClient..ctor(String connectionString, String queueName)",
        "   at Acme.Hooks.Receive.Run(HttpRequestData req) in /src/Receive.cs:line 19",
      ]),
    }),
    beside: { changes: [{ kind: "config", service: "hooks-az", atMs: 9_900, description: "slot swap" }] },
    cause: "bad-configuration",
    also: ["unhandled-exception"],
    path: [hop("hooks-az", "created")],
  },
  {
    name: "dotnet-caller-waits-for-a-starved-callee",
    software: "Go in front of .NET whose log speaks of starvation",
    onset: 22,
    share: 0.8,
    visit: (turn) =>
      visit(app("portal-go", "gin"), "/claims/:id", {
        path: numbered("/claims", turn),
        status: turn.isBad ? 504 : 200,
        steps: [
          call(
            visit(app("claims-net", "aspnet"), "/claims/:id", { ms: turn.isBad ? 14_000 : 25 }),
            turn.isBad ? { ms: 5_001, trouble: { type: "context.DeadlineExceeded", message: "context deadline exceeded" } } : {},
          ),
        ],
      }),
    beside: {
      lines: [9_000, 12_000].map((atMs) => ({
        app: app("claims-net", "aspnet"),
        atMs,
        line: line(
          13,
          'As of "11/18/2026 09:30:10 +00:00", the heartbeat has been running for "00:00:02.4" which is longer than "00:00:01". This could be caused by thread pool starvation.',
          { scope: "Microsoft.AspNetCore.Server.Kestrel" },
        ),
      })),
    },
    seen: { service: "portal-go", route: "/claims/:id" },
    cause: "resource-exhausted",
    also: ["dependency-timeout", "pool-exhausted"],
    creators: ["claims-net"],
    path: [hop("portal-go", "propagated", "remapped", "created"), maybe("claims-net", "created", "clean")],
  },
];
