import type { Resource } from "@faultline/model";
import type { DecodeLimits } from "../limits.ts";
import { toResource } from "../resource.ts";
import { toAttributes } from "./attributes.ts";
import { asList, asObject, type JsonObject } from "./fields.ts";

/** The names that differ between the signals in the envelope that they share. */
export type EnvelopeNames = {
  readonly resources: "resourceSpans" | "resourceLogs" | "resourceMetrics";
  readonly scopes: "scopeSpans" | "scopeLogs" | "scopeMetrics";
  readonly items: "spans" | "logRecords" | "metrics";
};

type Visit = (item: JsonObject, resource: Resource) => void;

/** Walks an export request: resource groups, scope groups, items. */
export function forEachItem(request: JsonObject, { names, limits }: { names: EnvelopeNames; limits: DecodeLimits }, visit: Visit): void {
  for (const each of asList(request[names.resources], names.resources)) {
    const group = asObject(each, `an entry of ${names.resources}`);
    const resource = toResource(toAttributes(asObject(group["resource"], "resource")["attributes"], limits));
    for (const scope of asList(group[names.scopes], names.scopes)) {
      const items = asList(asObject(scope, `an entry of ${names.scopes}`)[names.items], names.items);
      for (const item of items) visit(asObject(item, `an entry of ${names.items}`), resource);
    }
  }
}
