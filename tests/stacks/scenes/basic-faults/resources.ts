/** Machines and processes that run out of something, and settings that are wrong. */
import { app, call, hop, line, maybe, numbered, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";

const TRACEBACK = "Traceback (most recent call last):";
const MIB = 1_048_576;

/** See the file's head. */
export const RESOURCES: readonly Scene[] = [
  {
    name: "django-no-space-left",
    software: "OpenTelemetry Python with Django",
    onset: 25,
    visit: (turn) => {
      const error = thrown("OSError", "[Errno 28] No space left on device: '/srv/exports/2026-11/7.csv'", [
        TRACEBACK,
        '  File "/srv/app/exports/views.py", line 38, in create',
        "    handle.write(row)",
      ]);
      return visit(app("exports", "django"), "/exports", {
        method: "POST",
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 201 }),
      });
    },
    seen: { service: "exports", route: "exports" },
    cause: "resource-exhausted",
    creators: ["exports"],
    path: [hop("exports", "created")],
  },
  {
    name: "go-too-many-open-files",
    software: "OpenTelemetry Go with gin",
    onset: 26,
    share: 0.7,
    visit: (turn) => {
      const message = 'Get "http://images:8080/images/7": dial tcp 10.0.5.2:8080: socket: too many open files';
      const images = visit(app("images", "axum"), "/images/:id");
      return visit(app("gallery", "gin"), "/galleries/:id", {
        path: numbered("/galleries", turn),
        steps: [call(images, turn.isBad ? { isUnreached: true, ms: 1, trouble: { type: "*url.Error", message } } : {})],
        ...(turn.isBad ? { status: 500, thrown: thrown("*url.Error", message, []) } : {}),
      });
    },
    seen: { service: "gallery", route: "/galleries/:id" },
    cause: "resource-exhausted",
    creators: ["gallery"],
    path: [hop("gallery", "created"), maybe("images", "clean")],
  },
  {
    name: "spring-executor-rejects",
    software: "Java agent 2.20 with Spring Boot 3, a bounded executor",
    onset: 24,
    share: 0.6,
    visit: (turn) => {
      const error = thrown(
        "org.springframework.core.task.TaskRejectedException",
        "ExecutorService in active state did not accept task: com.acme.search.SearchService$$Lambda/0x00007f2a1c3f5a10@4b1c1ea0",
        [
          "\tat org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor.submit(ThreadPoolTaskExecutor.java:391)",
          "Caused by: java.util.concurrent.RejectedExecutionException: Task java.util.concurrent.FutureTask@2f1a rejected from java.util.concurrent.ThreadPoolExecutor@6e2c[Running, pool size = 8, active threads = 8, queued tasks = 100, completed tasks = 18234]",
        ],
      );
      const search = visit(
        app("search", "spring"),
        "/search",
        turn.isBad ? { status: 500, thrown: error } : { ms: turn.index >= 24 ? 700 : 45 },
      );
      return visit(app("site", "laravel"), "/search", { steps: [call(search)], status: turn.isBad ? 500 : 200 });
    },
    seen: { service: "site", route: "search" },
    cause: "resource-exhausted",
    also: ["pool-exhausted"],
    creators: ["search"],
    path: [hop("site", "propagated"), hop("search", "created")],
  },
  {
    name: "aspnet-thread-pool-starved",
    software: ".NET 9 with ASP.NET Core, its runtime metrics; the pool's queue grows while the machine idles",
    onset: 26,
    share: 0.7,
    visit: (turn) => {
      const message = "The request was canceled due to the configured HttpClient.Timeout of 2 seconds elapsing.";
      const busy = visit(app("quotes", "aspnet"), "/quotes/:id", {
        ms: turn.isBad ? 7_800 : 30,
        lines:
          turn.isBad && turn.index % 4 === 0
            ? [
                line(
                  13,
                  'As of "11/18/2026 09:30:31 +00:00", the heartbeat has been running for "00:00:06.8112270" which is longer than "00:00:01". This could be caused by thread pool starvation.',
                  { scope: "Microsoft.AspNetCore.Server.Kestrel" },
                ),
              ]
            : [],
      });
      return visit(app("portal", "gin"), "/quotes/:id", {
        path: numbered("/quotes", turn),
        steps: [
          call(
            busy,
            turn.isBad
              ? {
                  ms: 2_000,
                  trouble: {
                    type: "*url.Error",
                    message: message.replace(
                      "The request was canceled due to the configured HttpClient.Timeout of 2 seconds elapsing.",
                      'Get "http://quotes:8080/quotes/7": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
                    ),
                  },
                }
              : {},
          ),
        ],
        ...(turn.isBad ? { status: 504 } : {}),
      });
    },
    beside: {
      metrics: [
        {
          app: app("quotes", "aspnet"),
          name: "dotnet.thread_pool.queue.length",
          unit: "{work_item}",
          points: [
            [1_000, 0],
            [6_000, 1],
            [11_000, 160],
            [16_000, 420],
            [21_000, 700],
          ],
        },
        {
          app: app("quotes", "aspnet"),
          name: "dotnet.thread_pool.thread.count",
          unit: "{thread}",
          points: [
            [1_000, 8],
            [6_000, 8],
            [11_000, 16],
            [16_000, 22],
            [21_000, 28],
          ],
        },
      ],
    },
    seen: { service: "portal", route: "/quotes/:id" },
    cause: "resource-exhausted",
    also: ["dependency-timeout"],
    creators: ["quotes"],
    path: [hop("portal", "propagated"), hop("quotes", "created")],
  },
  {
    name: "java-heap-grows-until-killed",
    software: "Java agent 2.20 with Spring Boot 3 behind .NET 9; Kubernetes events",
    onset: 40,
    requests: 70,
    visit: (turn) => {
      const isAway = turn.isBad && turn.index >= 44;
      const error = thrown("java.lang.OutOfMemoryError", "Java heap space", [
        "\tat com.acme.thumbs.Cache.put(Cache.java:77)",
        "\tat com.acme.thumbs.ThumbController.show(ThumbController.java:31)",
      ]);
      const thumbs = visit(app("thumbs", "spring"), "/thumbs/:id", {
        ms: 20 + turn.index * 6,
        ...(turn.isBad && !isAway ? { status: 500, thrown: error } : {}),
      });
      const trouble = { type: "System.Net.Http.HttpRequestException", message: "Connection refused (thumbs:8080)" };
      return visit(app("gallery", "aspnet"), "/albums/:id", {
        path: numbered("/albums", turn),
        status: turn.isBad ? 500 : 200,
        steps: [call(thumbs, isAway ? { isUnreached: true, ms: 2, trouble } : {})],
      });
    },
    beside: {
      metrics: [
        {
          app: app("thumbs", "spring"),
          name: "jvm.memory.used",
          unit: "By",
          attributes: { "jvm.memory.type": "heap", "jvm.memory.pool.name": "G1 Old Gen" },
          points: Array.from({ length: 17 }, (_, step) => [step * 1_000, (90 + step * 24) * MIB] as const),
        },
        {
          app: app("thumbs", "spring"),
          name: "jvm.memory.limit",
          unit: "By",
          attributes: { "jvm.memory.type": "heap", "jvm.memory.pool.name": "G1 Old Gen" },
          points: [
            [0, 512 * MIB],
            [16_000, 512 * MIB],
          ],
        },
      ],
      lines: [
        {
          app: app("kubernetes", "gin"),
          atMs: 17_600,
          line: line(13, "Container thumbs of pod thumbs-7d9f6c5b4-k2p8x was OOMKilled, exit code 137", {
            attributes: { "k8s.event.reason": "OOMKilled", "k8s.object.kind": "Pod", "k8s.object.name": "thumbs-7d9f6c5b4-k2p8x" },
          }),
        },
      ],
    },
    seen: { service: "gallery", route: "albums/{id}" },
    cause: "memory-leak",
    also: ["resource-exhausted"],
    creators: ["thumbs"],
    path: [hop("gallery", "propagated"), hop("thumbs", "created")],
  },
  {
    name: "php-memory-limit",
    software: "OpenTelemetry PHP with Laravel 12",
    share: 0.3,
    visit: (turn) => {
      const error = thrown(
        "Symfony\\Component\\ErrorHandler\\Error\\FatalError",
        "Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480032 bytes)",
        ["#0 /var/www/html/app/Services/Statement.php(61): Symfony\\Component\\ErrorHandler\\ErrorHandler::handleFatalError()"],
      );
      return visit(app("statements", "laravel"), "/statements/:account", {
        path: numbered("/statements", turn),
        attributes: { "url.query": turn.isBad ? "years=12" : "years=1" },
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    seen: { service: "statements", route: "statements/{account}" },
    cause: "resource-exhausted",
    creators: ["statements"],
    path: [hop("statements", "created")],
  },
  {
    name: "spring-multipart-too-large",
    software: "Java agent 2.20 with Spring Boot 3, multipart uploads",
    share: 0.3,
    visit: (turn) => {
      const error = thrown("org.springframework.web.multipart.MaxUploadSizeExceededException", "Maximum upload size exceeded", [
        "\tat org.springframework.web.multipart.support.StandardMultipartHttpServletRequest.handleParseFailure(StandardMultipartHttpServletRequest.java:127)",
        "Caused by: org.apache.tomcat.util.http.fileupload.impl.SizeLimitExceededException: the request was rejected because its size (14880112) exceeds the configured maximum (10485760)",
      ]);
      return visit(app("media", "spring"), "/media", {
        method: "POST",
        attributes: { "http.request.body.size": turn.isBad ? 14_880_112 : 120_400 },
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 201 }),
      });
    },
    seen: { service: "media", route: "/media" },
    cause: "body-too-large",
    creators: ["media"],
    path: [hop("media", "created")],
  },
  {
    name: "laravel-no-application-key",
    software: "OpenTelemetry PHP with Laravel 12, after a change of its environment",
    onset: 30,
    visit: (turn) => {
      const error = thrown("Illuminate\\Encryption\\MissingAppKeyException", "No application encryption key has been specified.", [
        "#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Encryption/EncryptionServiceProvider.php(79): tap()",
      ]);
      return visit(app("members", "laravel"), "/members/:member", {
        path: numbered("/members", turn),
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    beside: {
      changes: [{ kind: "config", service: "members", atMs: 30 * 400 - 700, description: "environment moved to the new secret store" }],
    },
    seen: { service: "members", route: "members/{member}" },
    cause: "bad-configuration",
    creators: ["members"],
    path: [hop("members", "created")],
  },
  {
    name: "aspnet-client-secret-expired",
    software: ".NET 9 with ASP.NET Core, MSAL",
    onset: 27,
    visit: (turn) => {
      const message =
        "AADSTS7000222: The provided client secret keys for app '6a1f' are expired. Visit the Azure portal to create new keys for your app";
      const error = thrown(
        "Microsoft.Identity.Client.MsalServiceException",
        `A configuration issue is preventing authentication - check the error message from the server for details. Original exception: ${message}`,
        ["   at Mail.GraphClient.SendAsync(Message message) in /src/Mail/GraphClient.cs:line 58"],
      );
      const login = visit(
        { service: "login.microsoftonline.com", host: "login.microsoftonline.com", runtime: "gin", isSilent: true },
        "/oauth2/v2.0/token",
        { method: "POST", status: turn.isBad ? 401 : 200 },
      );
      return visit(app("mail", "aspnet"), "/mails", {
        method: "POST",
        steps: [call(login)],
        ...(turn.isBad ? { status: 500, thrown: error } : { status: 202 }),
      });
    },
    seen: { service: "mail", route: "mails" },
    cause: "bad-configuration",
    creators: ["mail"],
    path: [hop("mail", "created", "remapped"), maybe("login.microsoftonline.com", "clean", "created")],
  },
  {
    name: "spring-placeholder-after-reload",
    software: "Java agent 2.20 with Spring Boot 3, configuration reloaded at run time",
    onset: 24,
    visit: (turn) => {
      const error = thrown(
        "org.springframework.beans.factory.BeanCreationException",
        "Error creating bean with name 'scopedTarget.taxRules': Injection of autowired dependencies failed",
        [
          "\tat org.springframework.cloud.context.scope.refresh.RefreshScope.get(RefreshScope.java:97)",
          "Caused by: org.springframework.util.PlaceholderResolutionException: Could not resolve placeholder 'tax.rate.eu' in value \"${tax.rate.eu}\"",
        ],
      );
      return visit(app("taxes", "spring"), "/taxes/:country", {
        path: numbered("/taxes", turn),
        ...(turn.isBad ? { status: 500, thrown: error } : {}),
      });
    },
    beside: { changes: [{ kind: "config", service: "taxes", atMs: 24 * 400 - 500, description: "refresh of application.yaml" }] },
    seen: { service: "taxes", route: "/taxes/{country}" },
    cause: "bad-configuration",
    creators: ["taxes"],
    path: [hop("taxes", "created")],
  },
  {
    name: "one-pod-without-its-connection-string",
    software: ".NET 9 with ASP.NET Core, four pods of which one started without a secret",
    visit: (turn) => {
      const pod = turn.dice.whole(0, 3);
      const error = thrown("System.InvalidOperationException", "The ConnectionString property has not been initialized.", [
        "   at Microsoft.Data.SqlClient.SqlConnection.PermissionDemand()",
        "   at Offers.OfferStore.ListAsync() in /src/Offers/OfferStore.cs:line 25",
      ]);
      return visit(
        app("offers", "aspnet", { instance: `offers-5f6d-${"abcd"[pod] ?? "a"}${"abcd"[pod] ?? "a"}` }),
        "/offers",
        pod === 2 ? { status: 500, thrown: error } : {},
      );
    },
    share: 0,
    seen: { service: "offers", route: "offers" },
    cause: "bad-configuration",
    creators: ["offers"],
    path: [hop("offers", "created")],
  },
];
