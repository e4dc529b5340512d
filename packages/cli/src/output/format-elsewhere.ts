import type { Diagnosis, Observations } from "@faultline/model";
import { type FailingRoute, listFailingRoutes } from "@faultline/playbook";
import { wrap } from "./wrap.ts";
import { toVisible } from "./visible.ts";

const SHOWN = 5;
const MOST_WIDTH = 100;

/** Routes that fail and that the diagnosis is not about, with how to ask about them; empty when there are none. */
export function formatElsewhere({ scope, path }: Diagnosis, observations: Observations, columns = 80): string {
  // Access logs show the same failures at each hop that they pass on their way to the client. With spans, each trace counts at one place.
  const isPassedOn = ({ service, failing }: FailingRoute): boolean =>
    observations.spans.length === 0 && failing <= scope.failing && path.some((hop) => hop.service === service);
  const others = listFailingRoutes(observations, scope.window).filter(
    (place) => scope.failing === 0 || place.route !== scope.route || (place.service !== scope.service && !isPassedOn(place)),
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
