import { readMethod, readRoute, type Span } from "@faultline/model";

/** A segment of a path that is a value: a number, a UUID, a long hexadecimal or mixed id. */
const VALUE = /^(?:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{12,}|(?=[^/]*\d)[\w.~-]{16,}|[A-Za-z]{1,4}[-_]?\d+)$/i;
/** A segment of a route that stands for any value, as frameworks write it: `:id`, `{id}`, `<int:id>`, `*`. */
const PARAMETER = /^(?::.+|\{.+\}|<.+>|\*+|\[.+\])$/;
const MAX_ROUTES = 2000;

/**
 * Names the route of a path that only an access log knows: the route under which services in the same observations serve such a path,
 * otherwise the path without its values.
 */
export function createRouteNamer(spans: readonly Span[]): (method: string | undefined, path: string) => string {
  const known = new Map<string, { readonly method: string | undefined; readonly route: string; readonly segments: readonly string[] }>();
  for (const { kind, attributes } of spans) {
    if (kind !== "server" || known.size >= MAX_ROUTES) continue;
    const route = readRoute(attributes);
    const method = readMethod(attributes);
    if (route !== undefined && !known.has(`${method} ${route}`))
      known.set(`${method} ${route}`, { method, route, segments: route.split("/") });
  }
  return (method, path) => {
    const segments = path.split("/");
    const found = [...known.values()].find(
      (each) =>
        each.segments.length === segments.length &&
        (method === undefined || each.method === undefined || each.method === method) &&
        each.segments.every((segment, index) => segment === segments[index] || PARAMETER.test(segment)),
    );
    return found?.route ?? segments.map((segment) => (VALUE.test(segment) ? "{id}" : segment)).join("/");
  };
}
