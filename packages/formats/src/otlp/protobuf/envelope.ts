import type { Resource } from "@faultline/model";
import type { DecodeLimits } from "../limits.ts";
import { tooManyResources } from "../outcome.ts";
import { toResource } from "../resource.ts";
import { AttributeReader } from "./attributes.ts";
import { describeMessage, type ProtobufReader } from "./reader.ts";

const REQUEST = describeMessage("Export…ServiceRequest", 1);
const RESOURCE_GROUP = describeMessage("Resource…", 1, 2);
const SCOPE_GROUP = describeMessage("Scope…", 2);
const RESOURCE = describeMessage("Resource", 1);

/**
 * Walks the envelope that all three signals share: request, resource group, scope group, item; field numbers are the same in each.
 * `readItem` must move the reader to `end`.
 */
export function forEachItem(reader: ProtobufReader, limits: DecodeLimits, readItem: (end: number, resource: Resource) => void): void {
  const end = reader.bytes.length;
  let groups = 0;
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag !== 10) {
      reader.skip(tag, end, REQUEST);
      continue;
    }
    if (++groups > limits.maxResources) throw tooManyResources(limits.maxResources);
    const groupEnd = reader.readEnd(end);
    const start = reader.at;
    const resource = findResource(reader, groupEnd, limits);
    reader.at = start;
    while (reader.at < groupEnd) {
      const inner = reader.readTag(groupEnd);
      if (inner === 18) readScopeGroup(reader, reader.readEnd(groupEnd), (itemEnd) => readItem(itemEnd, resource));
      else if (inner === 10) reader.at = reader.readEnd(groupEnd);
      else reader.skip(inner, groupEnd, RESOURCE_GROUP);
    }
  }
}

function readScopeGroup(reader: ProtobufReader, end: number, readItem: (end: number) => void): void {
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 18) readItem(reader.readEnd(end));
    else reader.skip(tag, end, SCOPE_GROUP);
  }
}

/** Finds the resource. It may follow the items that belong to it, because a writer may order fields freely. */
function findResource(reader: ProtobufReader, end: number, limits: DecodeLimits): Resource {
  const attributes = new AttributeReader(reader, limits);
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 10) readResourceFields(reader, reader.readEnd(end), attributes);
    else if (tag === 18) reader.at = reader.readEnd(end);
    else reader.skip(tag, end, RESOURCE_GROUP);
  }
  return toResource(attributes.take());
}

function readResourceFields(reader: ProtobufReader, end: number, attributes: AttributeReader): void {
  while (reader.at < end) {
    const tag = reader.readTag(end);
    if (tag === 10) attributes.readField(end);
    else reader.skip(tag, end, RESOURCE);
  }
}

/** Reads the body of a Resource message by itself, as a store keeps it beside its spans. */
export function readResource(reader: ProtobufReader, end: number, limits: DecodeLimits): Resource {
  const attributes = new AttributeReader(reader, limits);
  readResourceFields(reader, end, attributes);
  return toResource(attributes.take());
}
