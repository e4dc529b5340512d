/** Checks responses against what the service promised for each status, by any Standard Schema or an OpenAPI document (`@faultline/guard/openapi`). */
import { type StandardSchema, toPointer } from "./validate.ts";

/** A response that is about to be sent. `readBody` parses it as JSON, or returns the text when it is not JSON. */
export type ResponseFacts = { readonly status: number; readonly contentType: string | undefined; readonly readBody: () => unknown };

/** One thing that is wrong with a response. `at` is a JSON pointer into its body. */
export type ResponseIssue = { readonly at: string; readonly message: string };

/** Lists what is wrong with a response; empty when it is as promised. */
export type ResponseCheck = (facts: ResponseFacts) => readonly ResponseIssue[] | Promise<readonly ResponseIssue[]>;

const MAX_ISSUES = 20;
const MAX_MESSAGE = 200;

/** The response is not what the service promised. That is a bug of the service, so the client is told no more than 500. */
export class InvalidResponseError extends Error {
  override readonly name = "InvalidResponseError";
  readonly status = 500;
  readonly issues: readonly ResponseIssue[];

  constructor(status: number, issues: readonly ResponseIssue[]) {
    const told = issues.slice(0, MAX_ISSUES);
    super(`the response ${status} is not as promised: ${told.map(({ at, message }) => `${at} ${message}`.trim()).join("; ")}`);
    this.issues = told;
  }
}

/** Schemas by status: `200`, `2XX`, `default`; the most specific one counts. A status without a schema is not checked. */
export type ResponseSchemas = Readonly<Record<string, StandardSchema>>;

/** A check by Standard Schemas. */
export function checkWithSchemas(schemas: ResponseSchemas): ResponseCheck {
  return async ({ status, readBody }) => {
    const schema = schemas[String(status)] ?? schemas[`${Math.floor(status / 100)}XX`] ?? schemas["default"];
    if (schema === undefined) return [];
    const outcome = await schema["~standard"].validate(readBody());
    return (outcome.issues ?? []).map((issue) => ({ at: toPointer(issue.path), message: issue.message.slice(0, MAX_MESSAGE) }));
  };
}
