import type { Scenario } from "../generator/stage.ts";
import { hop } from "../incident.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("masked-by-middleware");
const FLAW = [{ kind: "work", name: "weighParcel", input: "sku" }] as const;
const query = (chance: boolean): { query: string } => ({ query: chance ? "sku=kettle" : "sku=mug" });

/** A service goes on as if nothing was when its callee fails. */
const inService: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 2],
    noise: 0,
    watches: ["otel"],
    origin: { steps: FLAW },
    call: { reaction: "silent" },
  });
  await chain.load({ count: 55, next: () => query(stage.dice.chance(0.4)) });
  const { services, originName, proxy } = chain;
  const above = services.slice(0, -2).map(({ plan }) => hop(plan.service, "clean"));
  const front = proxy === undefined ? [] : [{ ...hop(proxy, "clean"), isOptional: true }];
  const path = [...front, ...above, hop(chain.caller, "masked"), hop(originName, "created")];
  // No route is asked for: at the front nothing failed, and the inner route that did is as good a name for it.
  return { name: "in-service", creators: [originName], path, diagnose: RIGHT };
};

/** A proxy turns every error into a success. */
function inProxy(kind: "nginx" | "haproxy"): Way {
  return async (stage) => {
    const lines =
      kind === "nginx"
        ? {
            location: "proxy_intercept_errors on; error_page 500 502 503 =200 @offline;",
            listen: "location @offline { default_type application/json; return 200 '{\"items\":[]}'; }",
          }
        : { frontend: "http-response set-status 200 if { status ge 500 }" };
    const chain = await buildChain(stage, {
      callers: [0],
      proxies: [kind],
      proxy: { lines },
      watches: ["otel"],
      origin: { watch: "otel", steps: FLAW },
    });
    await chain.load({ count: 55, next: () => query(stage.dice.chance(0.4)) });
    return {
      name: `in-${kind}`,
      creators: [chain.originName],
      path: [hop(kind, "masked"), hop(chain.originName, "created")],
      // That somebody in front made a success of it only its log says: without, the first error is what failed.
      diagnose: { verdict: "diagnosed", cause: "masked-by-middleware", without: { exchanges: ["unhandled-exception"] } },
    };
  };
}

const WAYS: readonly Way[] = [inService, inProxy("nginx"), inService, inProxy("haproxy")];

/** A handler hid the first error: a 200 over a failure. */
export const maskedByMiddleware: Scenario = { cause: "masked-by-middleware", count: 12, play: (stage) => stage.way(WAYS)(stage) };
