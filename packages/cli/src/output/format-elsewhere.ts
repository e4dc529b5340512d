import type { Diagnosis, Observations } from "@faultline/model";
import { type FailingRoute, listFailingRoutes } from "@faultline/playbook";
import { wrap } from "./wrap.ts";
import { toVisible } from "./visible.ts";

const SHOWN = 5;
const MOST_WIDTH = 100;

/** Routes that fail and that the diagnosis is not about, with how to ask about them; empty when there are none. */
export function formatElsewhere({ scope, path }: Diagnosis, observations: Observations, columns = 80): string {
  const others = listFailingRoutes(observations, scope.window).filter(
    // On its way to the client the same failure passes other hops of its path.
    ({ service, route }) =>
      scope.failing === 0 || route !== scope.route || (service !== scope.service && !path.some((hop) => hop.service === service)),
  );
  if (others.length === 0) return "";
  const title = `${scope.failing === 0 ? "WHAT FAILS" : "ALSO FAILING"}; ask with --service NAME --route ROUTE`;
  const more = others.length > SHOWN ? [`  and ${others.length - SHOWN} more routes`] : [];
  const lines = [...others.slice(0, SHOWN).map(formatRoute), ...more];
  return `\n${[title, ...lines].flatMap((line) => wrap(line, Math.min(MOST_WIDTH, columns))).join("\n")}\n`;
}

function formatRoute({ service, route, failing }: FailingRoute): string {
  return `  ${failing} on ${toVisible(route)} of ${toVisible(service)}`;
}
