/** Errors of a service's own code in languages and runtimes that no earlier batch had. */
import { app, hop, numbered, thrown, visit } from "../../compose.ts";
import type { Scene } from "../../plan.ts";
import { alone, behind } from "../../shapes.ts";

/** See the file's head. */
export const CODE: readonly Scene[] = [
  {
    name: "clojure-no-matching-clause",
    software: "Clojure with Ring on the Java agent; a state that nobody thought of",
    share: 0.3,
    ...alone(app("refunds", "spring"), "/refunds/:id", {
      thrown: thrown("java.lang.IllegalArgumentException", "No matching clause: :partially-refunded", [
        "\tat acme.refunds.core$summary.invokeStatic(core.clj:61)",
        "\tat acme.refunds.core$summary.invoke(core.clj:58)",
        "\tat ring.middleware.params$wrap_params$fn__2071.invoke(params.clj:75)",
      ]),
    }),
    cause: "unhandled-exception",
  },
  {
    name: "bun-undefined-is-not-an-object",
    software: "Bun, whose engine words a TypeError in its own way, behind Express",
    share: 0.35,
    ...behind(
      app("site", "express"),
      "/baskets/:id",
      alone(app("baskets", "nest"), "/baskets/:id", {
        thrown: thrown("TypeError", "undefined is not an object (evaluating 'basket.lines.length')", [
          "      at summarise (/app/src/baskets.ts:41:18)",
          "      at <anonymous> (/app/src/routes.ts:12:30)",
        ]),
      }),
    ),
    cause: "unhandled-exception",
  },
  {
    name: "haskell-empty-list",
    software: "Haskell with Servant; a partial function",
    share: 0.25,
    ...alone(app("timetable", "gin"), "/stops/:id", {
      thrown: thrown("ErrorCall", "Prelude.head: empty list", [
        "CallStack (from HasCallStack):",
        "  error, called at libraries/base/GHC/List.hs:1646:3 in base:GHC.List",
        "  head, called at src/Timetable/Next.hs:88:14 in main:Timetable.Next",
      ]),
    }),
    cause: "unhandled-exception",
  },
  {
    name: "kotlin-property-not-initialized",
    software: "Micronaut on Kotlin; one route's bean is used before it is set",
    onset: 20,
    ...alone(app("lockers", "ktor"), "/lockers/:id", {
      thrown: thrown("kotlin.UninitializedPropertyAccessException", "lateinit property codes has not been initialized", [
        "\tat com.acme.lockers.LockerController.open(LockerController.kt:37)",
      ]),
    }),
    cause: "unhandled-exception",
  },
  {
    name: "scala-match-error-in-the-canary",
    software: "Play on Scala; every second request goes to a release that lacks a case",
    requests: 80,
    visit: (turn) => {
      const isNew = turn.index % 2 === 1 && turn.index > 20;
      const to = app("delivery", "pekko", isNew ? { version: "5.0.0", instance: "delivery-5c-x2x9d" } : {});
      const path = numbered("/deliveries", turn);
      return visit(
        to,
        "/deliveries/:id",
        isNew
          ? {
              path,
              status: 500,
              thrown: thrown("scala.MatchError", "Returned (of class com.acme.delivery.State$Returned$)", [
                "\tat com.acme.delivery.State$.label(State.scala:19)",
              ]),
            }
          : { path },
      );
    },
    share: 0,
    seen: { service: "delivery", route: "/deliveries/*" },
    cause: "bad-deploy",
    also: ["unhandled-exception"],
    creators: ["delivery"],
    path: [hop("delivery", "created")],
  },
  {
    name: "format-exception-for-some-numbers",
    software: "ASP.NET Core; a number with a letter in it is not looked at before it is read",
    share: 0.25,
    visit: (turn) => {
      const to = app("meters", "aspnet");
      return turn.isBad
        ? visit(to, "/meters/:number", {
            path: `/meters/A${4_100 + turn.index}`,
            status: 500,
            thrown: thrown("System.FormatException", `The input string 'A${4_100 + turn.index}' was not in a correct format.`, [
              "   at Acme.Meters.MeterController.Get(String number) in /src/Meters/MeterController.cs:line 24",
            ]),
          })
        : visit(to, "/meters/:number", { path: `/meters/${4_100 + turn.index}` });
    },
    seen: { service: "meters", route: "meters/{number}" },
    cause: "invalid-input-unguarded",
    also: ["unhandled-exception", "parse-failure"],
    creators: ["meters"],
    path: [hop("meters", "created")],
  },
  {
    name: "column-that-holds-null-since-the-backfill",
    software: "Go with database/sql; a migration of data left a column empty that the code reads as a number",
    onset: 24,
    share: 0.5,
    ...alone(app("discounts", "gin"), "/discounts/:id", {
      thrown: thrown(
        "*errors.errorString",
        'sql: Scan error on column index 3, name "rate": converting NULL to float64 is unsupported',
        [],
      ),
    }),
    cause: "unhandled-exception",
    also: ["parse-failure", "bad-deploy"],
  },
  {
    name: "flag-opens-an-unfinished-page",
    software: "Rails; a flag is turned on, and the template behind it names what is not there",
    onset: 27,
    ...alone(app("members", "rails"), "/members/:id", {
      thrown: thrown(
        "ActionView::Template::Error",
        "undefined local variable or method 'loyalty_tier' for an instance of #<Class:0x000074>",
        ["app/views/members/show.html.erb:14:in '_app_views_members_show'", "app/controllers/members_controller.rb:22:in 'show'"],
      ),
    }),
    beside: { changes: [{ kind: "flag", service: "members", atMs: 27 * 400 - 500, description: "loyalty-page on for 100 %" }] },
    cause: "unhandled-exception",
    also: ["bad-configuration", "bad-deploy"],
  },
  {
    name: "chaos-monkey-left-on",
    software: "Spring Boot with Chaos Monkey; an assault of a rehearsal was never ended",
    share: 0.4,
    ...alone(app("vouchers", "spring"), "/vouchers/:id", {
      thrown: thrown("java.lang.RuntimeException", "Chaos Monkey - RuntimeException", [
        "\tat de.codecentric.spring.boot.chaos.monkey.assaults.ExceptionAssault.attack(ExceptionAssault.java:67)",
        "\tat com.acme.vouchers.VoucherService.find(VoucherService.java:29)",
      ]),
    }),
    cause: "fault-injected",
  },
];
