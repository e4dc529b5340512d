import { redactTextWith } from "./text.ts";
import { UNSCANNED } from "../replacement.ts";
import { redactPairs, redactUrlWith } from "./url.ts";
import type { Attributes, AttributeValue } from "@faultline/model";
import { isNamedVersion } from "../forms/ip-address.ts";
import { readUnderName } from "../named-text.ts";
import { redactHeadersWith } from "./headers.ts";
import type { Pass } from "../pass.ts";
import { redactBodyWith } from "./body.ts";
import { replaceDigits, replaceString } from "../scalar.ts";

const URL_NAME = /^(?:url\.(?:full|path|original)|http\.(?:url|target))$/;
const PART_NAME = /^http\.(?:request|response)\.(?:header\.(.+)|body\.content)$/;

function redactString(name: string, value: string, pass: Pass): string {
  const part = PART_NAME.exec(name);
  const header = part?.[1];
  if (header !== undefined) return redactHeadersWith({ [header]: value }, pass)[header.toLowerCase()] ?? UNSCANNED;
  if (part !== null) return redactBodyWith(value, undefined, pass).text;
  if (URL_NAME.test(name)) return redactUrlWith(value, pass);
  if (name === "url.query") return redactPairs(value, pass);
  if (isNamedVersion(name, value)) return value;
  const kind = pass.classify(name).kind;
  return kind === undefined ? readUnderName(name, value, (text) => redactTextWith(text, pass)) : replaceString(kind, value, pass);
}

function redactAttribute(name: string, value: AttributeValue, pass: Pass): AttributeValue {
  if (typeof value === "string") return redactString(name, value, pass);
  if (typeof value === "number") {
    const { kind } = pass.classify(name);
    return kind === undefined ? value : Number(replaceDigits(kind, String(value), pass));
  }
  if (typeof value === "boolean") return value;
  // The three array types share one loop; each element keeps its own type.
  return (value as readonly (string | number | boolean)[]).map((each) => redactAttribute(name, each, pass)) as unknown as AttributeValue;
}

/** Redacts attributes according to the meaning of their names in the semantic conventions. */
export function redactAttributesWith(attributes: Attributes, pass: Pass): Attributes {
  const redacted: Record<string, AttributeValue> = Object.create(null);
  for (const name of Object.keys(attributes).slice(0, pass.policy.maxMembers)) {
    const value = attributes[name];
    if (value === undefined) continue;
    try {
      redacted[name] = redactAttribute(name, value, pass);
    } catch {
      pass.count("unscanned");
      redacted[name] = UNSCANNED;
    }
  }
  return redacted;
}
