/**
 * Finds the template under which an Express router is mounted. Express keeps only what matched (`/shops/7`), and forgets even that on the way to
 * an error handler. So the template is found again, by walking the layers that match the path down to the route and replacing values by their names.
 */

/** The part of a layer of Express 4 or 5 that is used here. */
export type RouterLayer = {
  readonly route?: object;
  readonly handle?: { readonly stack?: readonly RouterLayer[] };
  readonly path?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  /** In Express 4 and router 2.0 a boolean, with the match left on the layer; since router 2.1 the match itself. */
  match?(path: string): boolean | LayerMatch;
};

type LayerMatch = { readonly path?: string; readonly params?: Readonly<Record<string, unknown>>; readonly pattern?: unknown };

type RoutedRequest = {
  originalUrl?: string | undefined;
  url?: string | undefined;
  baseUrl?: string | undefined;
  route?: object | undefined;
  app?: { router?: { stack?: readonly RouterLayer[] }; _router?: { stack?: readonly RouterLayer[] } };
};

/** Known templates of routes that are mounted in one place only, as most are. */
const known = new WeakMap<object, string>();
const MAX_DEPTH = 16;

function nameValues(matched: string, params: Readonly<Record<string, unknown>>): string {
  return matched
    .split("/")
    .map(
      (segment) =>
        Object.keys(params).find((name) => encodeURIComponent(String(params[name])) === segment || params[name] === segment) ?? segment,
    )
    .map((segment) => (Object.hasOwn(params, segment) ? `:${segment}` : segment))
    .join("/");
}

function matchLayer(layer: RouterLayer, path: string): { readonly matched: string; readonly template: string } | undefined {
  const outcome = layer.match?.(path);
  if (outcome === undefined || outcome === false) return undefined;
  const match: LayerMatch = typeof outcome === "object" ? outcome : layer;
  const matched = match.path ?? "";
  if (matched === "" || matched === "/") return { matched: "", template: "" };
  return { matched, template: typeof match.pattern === "string" ? match.pattern : nameValues(matched, match.params ?? {}) };
}

function countMounts(stack: readonly RouterLayer[], route: object, depth: number): number {
  if (depth > MAX_DEPTH) return 2;
  let count = 0;
  for (const layer of stack) {
    if (layer.route === route) count += 1;
    else if (layer.handle?.stack !== undefined) count += countMounts(layer.handle.stack, route, depth + 1);
  }
  return count;
}

function search(stack: readonly RouterLayer[], wanted: { path: string; route: object }, depth: number): string | undefined {
  for (const layer of stack) {
    if (layer.route === wanted.route) return "";
    const inner = layer.handle?.stack;
    if (inner === undefined || depth > MAX_DEPTH) continue;
    const match = matchLayer(layer, wanted.path);
    if (match === undefined) continue;
    const rest = search(inner, { path: wanted.path.slice(match.matched.length) || "/", route: wanted.route }, depth + 1);
    if (rest !== undefined) return match.template + rest;
  }
  return undefined;
}

/** The mount path of the route that a request matched; empty for a route of the app itself. */
export function findMountPath(request: RoutedRequest): string {
  const { route } = request;
  if (route === undefined) return "";
  const found = known.get(route);
  if (found !== undefined) return found;
  // Express 4 first: there `app.router` throws.
  const stack = request.app?._router?.stack ?? request.app?.router?.stack;
  if (stack === undefined) return request.baseUrl ?? "";
  const path = (request.originalUrl ?? request.url ?? "/").split("?", 1)[0] ?? "/";
  const mount = search(stack, { path, route }, 0) ?? request.baseUrl ?? "";
  if (countMounts(stack, route, 0) === 1) known.set(route, mount);
  return mount;
}
