/** Finds the operation of a request: concrete segments before templated ones, as OpenAPI 3.1 §4.8.8.1 asks. */
import type { Operation } from "./document.ts";

/** An operation with the raw texts of its path parameters. */
export type Matched = { readonly operation: Operation; readonly params: Readonly<Record<string, string>> };

type Row = { readonly pattern: RegExp; readonly names: readonly string[]; readonly rank: string; readonly operation: Operation };

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

function toRow(operation: Operation): Row {
  const names: string[] = [];
  const segments = operation.template.split("/").map((segment) =>
    segment
      .split(/(\{[^{}]*\})/)
      .map((part) => {
        if (!part.startsWith("{")) return escapePattern(part);
        names.push(part.slice(1, -1));
        // One character at least, and never a slash: linear, as no two of them can share a piece without text between them.
        return "([^/]+?)";
      })
      .join(""),
  );
  const rank = operation.template.split("/").map((segment) => (segment.includes("{") ? "1" : "0"));
  return { pattern: new RegExp(`^${segments.join("/")}/?$`), names, rank: rank.join(""), operation };
}

/** A table of operations; `find` takes a path without its query, and tells the methods that the path has when the method is none of them. */
export function createPathTable(operations: readonly Operation[], basePath: string) {
  const rows = operations.map(toRow).toSorted((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  return {
    find(method: string, path: string): Matched | { readonly allowed: readonly string[] } {
      const allowed = new Set<string>();
      const own = path.startsWith(basePath) ? path.slice(basePath.length) || "/" : undefined;
      for (const { pattern, names, operation } of own === undefined ? [] : rows) {
        const found = pattern.exec(own ?? "");
        if (found === null) continue;
        if (operation.method === method)
          return { operation, params: Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? ""])) };
        allowed.add(operation.method);
      }
      return { allowed: [...allowed] };
    },
  };
}
