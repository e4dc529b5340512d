import type { Resource } from "@faultline/model";
import { NO_ATTRIBUTES } from "../attributes.ts";
import type { DecodeLimits } from "../limits.ts";
import { MalformedPayload, tooManyResources } from "../outcome.ts";
import { toResource } from "../resource.ts";
import { utf8Encoder } from "../text-coding.ts";
import { readAttributes } from "./attributes.ts";
import { JsonReader } from "./reader.ts";

/** The names in the envelope that differ between the signals. */
export type EnvelopeNames = {
  readonly resources: "resourceSpans" | "resourceLogs" | "resourceMetrics";
  readonly scopes: "scopeSpans" | "scopeLogs" | "scopeMetrics";
  readonly items: "spans" | "logRecords" | "metrics";
};

/** Reads one item. The reader is before it and must be after it afterwards. */
export type ReadItem = (reader: JsonReader, resource: Resource) => void;

/** Bytes of JSON, or JSON as text. */
export type JsonPayload = Uint8Array | string;

/** Calls `readMember` with the name of each member of the request; it must read or skip the value. */
export function forEachMember(payload: JsonPayload, readMember: (reader: JsonReader, name: string) => void): void {
  const reader = new JsonReader(typeof payload === "string" ? utf8Encoder.encode(payload) : payload);
  if (reader.peek() === 110) throw new MalformedPayload("the request is not an object");
  if (reader.beginObject("the request")) {
    do readMember(reader, reader.readName());
    while (reader.nextMember());
  }
  reader.expectEnd();
}

type Envelope = { readonly names: EnvelopeNames; readonly limits: DecodeLimits; readonly readItem: ReadItem };

/** Walks an export request: resource groups, scope groups, items. */
export function forEachItem(payload: JsonPayload, envelope: Envelope): void {
  forEachMember(payload, (reader, name) => {
    if (name === envelope.names.resources) readResourceGroups(reader, envelope);
    else reader.skip();
  });
}

/** Walks the list of resource groups. */
export function readResourceGroups(reader: JsonReader, envelope: Envelope): void {
  if (!reader.beginList(envelope.names.resources)) return;
  const { maxResources } = envelope.limits;
  do {
    if (++reader.groups > maxResources) throw tooManyResources(maxResources);
    readResourceGroup(reader, envelope);
  } while (reader.nextItem());
}

/** Reads a group. The resource may follow the items that belong to it; these are then skipped first and read when it is known. */
function readResourceGroup(reader: JsonReader, envelope: Envelope): void {
  const { names, limits } = envelope;
  if (!reader.beginObject(`an entry of ${names.resources}`)) return;
  let resource: Resource | undefined;
  const passedOver: number[] = [];
  do {
    const name = reader.readName();
    if (name === "resource") resource = readResource(reader, limits);
    else if (name !== names.scopes) reader.skip();
    else if (resource !== undefined) readScopeGroups(reader, envelope, resource);
    else {
      passedOver.push(reader.at);
      reader.skip();
    }
  } while (reader.nextMember());
  const end = reader.at;
  for (const start of passedOver) {
    reader.at = start;
    readScopeGroups(reader, envelope, resource ?? toResource(NO_ATTRIBUTES));
  }
  reader.at = end;
}

function readResource(reader: JsonReader, limits: DecodeLimits): Resource {
  let attributes = NO_ATTRIBUTES;
  if (reader.beginObject("resource")) {
    do {
      if (reader.readName() === "attributes") attributes = readAttributes(reader, limits);
      else reader.skip();
    } while (reader.nextMember());
  }
  return toResource(attributes);
}

function readScopeGroups(reader: JsonReader, { names, readItem }: Envelope, resource: Resource): void {
  if (!reader.beginList(names.scopes)) return;
  do {
    if (!reader.beginObject(`an entry of ${names.scopes}`)) continue;
    do {
      if (reader.readName() !== names.items) reader.skip();
      else if (reader.beginList(names.items)) {
        do readItem(reader, resource);
        while (reader.nextItem());
      }
    } while (reader.nextMember());
  } while (reader.nextItem());
}
