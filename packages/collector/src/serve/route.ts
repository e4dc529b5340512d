import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProblemDetails } from "@faultline/model";

/** What a route gets of a request. `params` are the decoded `:name` parts of its path. */
export type Call = {
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  readonly request: IncomingMessage;
};

/** What a route answers. A stream writes its own head and owns the response from then on. */
export type Answer =
  | { readonly kind: "json"; readonly status: number; readonly body: unknown }
  | { readonly kind: "problem"; readonly problem: ProblemDetails; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: "stream"; readonly open: (response: ServerResponse) => void };

/** One method on one path, such as `/api/faults/:fingerprint`. */
export type Route = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly answer: (call: Call) => Answer | Promise<Answer>;
};

/** A route found for a path and method, or why there is none. */
export type RouteMatch =
  | { readonly kind: "found"; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "method-not-allowed"; readonly allow: string }
  | { readonly kind: "malformed"; readonly part: string }
  | { readonly kind: "not-found" };

/** Finds the route of a path; HEAD is answered by GET's route. `malformed` names a part of the path that is no valid percent-encoding. */
export function findRoute(routes: readonly Route[], method: string, path: string): RouteMatch {
  const malformed = path.split("/").find((part) => !isEncoded(part));
  if (malformed !== undefined) return { kind: "malformed", part: malformed };
  const wanted = method === "HEAD" ? "GET" : method;
  const allowed = new Set<string>();
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params === undefined) continue;
    if (route.method === wanted) return { kind: "found", route, params };
    allowed.add(route.method);
    if (route.method === "GET") allowed.add("HEAD");
  }
  return allowed.size === 0 ? { kind: "not-found" } : { kind: "method-not-allowed", allow: [...allowed].sort().join(", ") };
}

function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (!part.startsWith(":")) {
      if (part !== value) return undefined;
      continue;
    }
    if (value === "") return undefined;
    params[part.slice(1)] = decodeURIComponent(value);
  }
  return params;
}

function isEncoded(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}
