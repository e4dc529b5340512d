/** Validates a request at the edge with any Standard Schema (zod, valibot, arktype): either the handler gets parsed values, or the client gets a 4xx. */
import { keepParsedInput } from "../capture/parsed-input.ts";
import { ANSWER } from "../respond/declared-rule.ts";
import type { ErrorAnswer, InputIssue } from "../respond/error-facts.ts";
import { toJsonPointer } from "./json-pointer.ts";

type Issue = { readonly message: string; readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined };
type Outcome<Output> = { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

/** Standard Schema v1, as far as it is needed to validate. */
export type StandardSchema<Output = unknown> = {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Outcome<Output> | Promise<Outcome<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
};

/** Schemas for the parts of a request; a part without one is passed on as it came. */
export type RequestSchemas = {
  readonly params?: StandardSchema;
  readonly query?: StandardSchema;
  readonly headers?: StandardSchema;
  readonly body?: StandardSchema;
  /** Refuse members of params, query and body that the schema leaves out of its output. Default false. */
  readonly refuseUnknown?: boolean;
};

/** The parts of a request, as a framework parsed them. */
export type RequestParts = { readonly params?: unknown; readonly query?: unknown; readonly headers?: unknown; readonly body?: unknown };

type OutputOf<Schema> = Schema extends StandardSchema<infer Output> ? Output : unknown;

/** The parts as their schemas return them. */
export type ValidParts<Schemas extends RequestSchemas> = {
  readonly [Part in keyof RequestParts]-?: OutputOf<Schemas[Part]>;
};

/** The request is not what the schemas say. 422 when only the body is wrong, 400 otherwise. */
export class InvalidRequestError extends Error {
  override readonly name = "InvalidRequestError";
  readonly issues: readonly InputIssue[];
  readonly [ANSWER]: ErrorAnswer;

  constructor(issues: readonly InputIssue[]) {
    super(`the request is not valid: ${issues.map((issue) => `${issue.in} ${issue.at}`).join(", ")}`);
    this.issues = issues;
    const isBodyOnly = issues.every((issue) => issue.in === "body");
    this[ANSWER] = { status: isBodyOnly ? 422 : 400, detail: "The request does not match what this operation accepts.", errors: issues };
  }
}

const MAX_ISSUES = 20;
const MAX_MESSAGE = 200;
const PARTS = [
  ["params", "path"],
  ["query", "query"],
  ["headers", "headers"],
  ["body", "body"],
] as const;

/** The JSON pointer to where an issue was found. */
export function toPointer(path: Issue["path"]): string {
  return toJsonPointer((path ?? []).map((each) => String(typeof each === "object" ? each.key : each)));
}

/** Members of the input that are not in the output, to the depth where both are objects. */
function findUnknown(input: unknown, output: unknown, at: string): string[] {
  if (typeof input !== "object" || input === null || typeof output !== "object" || output === null) return [];
  if (Array.isArray(input) !== Array.isArray(output)) return [];
  return Object.keys(input).flatMap((key) => {
    const pointer = `${at}${toPointer([key])}`;
    if (!Object.hasOwn(output, key)) return [pointer];
    return findUnknown((input as Record<string, unknown>)[key], (output as Record<string, unknown>)[key], pointer);
  });
}

/** Validates all parts that have a schema; throws an InvalidRequestError that lists what is wrong in all of them. */
export async function validateRequest<Schemas extends RequestSchemas>(schemas: Schemas, parts: RequestParts): Promise<ValidParts<Schemas>> {
  // Read one by one instead of spreading: a framework's request has these members on its prototype.
  const valid: Record<string, unknown> = { params: parts.params, query: parts.query, headers: parts.headers, body: parts.body };
  const issues: InputIssue[] = [];
  for (const [part, where] of PARTS) {
    const schema = schemas[part];
    if (schema === undefined) continue;
    const outcome = await schema["~standard"].validate(parts[part]);
    if (outcome.issues !== undefined) {
      issues.push(
        ...outcome.issues.map((issue) => ({ in: where, at: toPointer(issue.path), message: issue.message.slice(0, MAX_MESSAGE) })),
      );
      continue;
    }
    valid[part] = outcome.value;
    if (schemas.refuseUnknown !== true || part === "headers") continue;
    issues.push(...findUnknown(parts[part], outcome.value, "").map((at) => ({ in: where, at, message: "is not known here" })));
  }
  if (issues.length > 0) throw new InvalidRequestError(issues.slice(0, MAX_ISSUES));
  keepParsedInput(valid);
  // Each part is the output of its own schema, or what came in.
  return valid as ValidParts<Schemas>;
}
