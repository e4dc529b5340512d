import { useSyncExternalStore } from "react";
import { FILTER_NAMES, type OverviewFilter } from "./filter-overview.ts";
import { parseRange, type TimeRange, toRangeQuery } from "./time-range.ts";

/** The pages of the dashboard, with the parameters in their addresses. */
export type Page =
  | { readonly kind: "overview"; readonly range: TimeRange; readonly filter: OverviewFilter }
  | { readonly kind: "fault"; readonly fingerprint: string; readonly traceId?: string }
  | { readonly kind: "trace"; readonly traceId: string; readonly spanId?: string; readonly fingerprint?: string }
  | { readonly kind: "failing"; readonly query: string }
  | { readonly kind: "rollout"; readonly query: string }
  | { readonly kind: "unknown"; readonly path: string };

/** Reads a page from an address; an address of no page gives `unknown`. */
export function parsePage(path: string, query: string): Page {
  const [first = "", second, ...rest] = path.split("/").slice(1);
  const params = new URLSearchParams(query);
  if (rest.length > 0) return { kind: "unknown", path };
  if (first === "" && second === undefined) {
    const filter = Object.fromEntries(FILTER_NAMES.flatMap((name) => (params.get(name) ? [[name, params.get(name) ?? ""]] : [])));
    return { kind: "overview", range: parseRange(params), filter };
  }
  if (first === "faults" && second !== undefined) {
    const traceId = params.get("trace");
    return { kind: "fault", fingerprint: decodePart(second), ...(traceId === null ? {} : { traceId }) };
  }
  if (first === "traces" && second !== undefined) {
    const [spanId, fingerprint] = [params.get("span"), params.get("fault")];
    return {
      kind: "trace",
      traceId: decodePart(second),
      ...(spanId === null ? {} : { spanId }),
      ...(fingerprint === null ? {} : { fingerprint }),
    };
  }
  if ((first === "failing" || first === "rollout") && second === undefined) return { kind: first, query };
  return { kind: "unknown", path };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

/** Navigates within the dashboard without reloading the page. */
export function navigate(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  for (const listener of listeners) listener();
  if (!replace) scrollTo(0, 0);
}

/** The current path and query; a change re-renders the component. */
export function useAddress(): string {
  return useSyncExternalStore(subscribe, () => location.pathname + location.search);
}

/** The address of the overview of a time range, with a filter. */
export function toOverviewAddress(range: TimeRange, filter: OverviewFilter): string {
  const params = toRangeQuery(range);
  for (const name of FILTER_NAMES) if (filter[name] !== undefined) params.set(name, filter[name]);
  return params.size === 0 ? "/" : `/?${params.toString()}`;
}

/** The address of a fault's page. */
export function toFaultAddress(fingerprint: string): string {
  return `/faults/${encodeURIComponent(fingerprint)}`;
}

/** The address of a trace's page, with one span in view and a link back to the fault that it is an example of. */
export function toTraceAddress(traceId: string, spanId?: string, fingerprint?: string): string {
  const params = new URLSearchParams();
  if (spanId !== undefined) params.set("span", spanId);
  if (fingerprint !== undefined) params.set("fault", fingerprint);
  return `/traces/${encodeURIComponent(traceId)}${params.size === 0 ? "" : `?${params.toString()}`}`;
}
