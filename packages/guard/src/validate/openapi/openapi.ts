/**
 * Validates requests and responses against an OpenAPI 3.1 document. The JSON Schema part (2020-12) is ajv's, which you pass in, so that the guard
 * has no dependency and you choose its version: `createOpenApi(document, { Ajv: Ajv2020, addFormats })`.
 */
import { ANSWER } from "../../respond/declared-rule.ts";
import type { ErrorAnswer, InputIssue } from "../../respond/error-facts.ts";
import { keepParsedInput } from "../../capture/parsed-input.ts";
import { ConfigurationError } from "../../configuration.ts";
import { toJsonPointer } from "../json-pointer.ts";
import type { ResponseCheck } from "../response-check.ts";
import { InvalidRequestError } from "../validate.ts";
import { closeDocument } from "./closed-schemas.ts";
import { asObject, type Content, followPointer, type Json, type Operation, type Parameter, readOperations } from "./document.ts";
import { readParameterValue, type RequestTexts, UnreadableError } from "./parameter-value.ts";
import { toTexts } from "./request-texts.ts";
import { createPathTable, type Matched } from "./path-table.ts";
import { readShape } from "./schema-shape.ts";

type AjvError = {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
};
type Validate = ((value: unknown) => unknown) & { errors?: readonly AjvError[] | null };
type AddFormats = (ajv: never) => unknown;
type AjvLike = { addSchema(schema: object, key: string): unknown; compile(schema: object): Validate };

/** What is needed beside the document. */
export type OpenApiOptions = {
  /** The class of `ajv/dist/2020`. */
  readonly Ajv: new (options: { strict: false; allErrors: true; validateFormats: boolean }) => AjvLike;
  /** What `import addFormats from "ajv-formats"` gives, which its types call a module. Without it `format` is not checked. */
  readonly addFormats?: AddFormats | { readonly default: AddFormats };
  /** Refuse query parameters and members of objects that the document does not name. Default false. */
  readonly refuseUnknown?: boolean;
  /** The prefix of the document's paths, such as `/api/v1`. Default: the path of the document's first server. */
  readonly basePath?: string;
};

/** A request as it came. `body` is what a body parser made of it. */
export type OpenApiRequest = {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: unknown;
};

/** A request as its operation describes it: values instead of texts. */
export type ParsedRequest = {
  readonly operation: string;
  readonly template: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly cookies: Readonly<Record<string, unknown>>;
  readonly body: unknown;
};

/** A document that requests and responses are checked against. */
export type OpenApi = {
  /**
   * Parses a request. Throws an InvalidRequestError (400, 422) that lists what is wrong, or an OperationError: 404 for a path that the document does
   * not have, 405 for a method, 415 for a media type.
   */
  parseRequest(request: OpenApiRequest): ParsedRequest;
  /** Checks the responses to a request; undefined for a request that the document does not know. */
  findResponseCheck(request: Pick<OpenApiRequest, "method" | "target">): ResponseCheck | undefined;
};

const PROBLEMS = { "unknown-path": { status: 404 }, "unknown-method": { status: 405 }, "unknown-media-type": { status: 415 } } as const;

/** The document has no operation for the request. `allowed` lists what it has instead. */
export class OperationError extends Error {
  override readonly name = "OperationError";
  readonly code: keyof typeof PROBLEMS;
  readonly allowed: readonly string[];
  readonly [ANSWER]: ErrorAnswer;

  constructor(code: keyof typeof PROBLEMS, allowed: readonly string[] = []) {
    super(`${code}${allowed.length === 0 ? "" : `, there is ${allowed.join(", ")}`}`);
    this.code = code;
    this.allowed = allowed;
    this[ANSWER] = PROBLEMS[code];
  }
}

const KEY = "faultline:openapi";
const PLACES = {
  path: ["params", "path"],
  query: ["query", "query"],
  header: ["headers", "headers"],
  cookie: ["cookies", "headers"],
} as const;
const MAX_MESSAGE = 200;

function toIssue(error: AjvError, where: InputIssue["in"], at: string): InputIssue {
  const unknown = error.params["unevaluatedProperty"] ?? error.params["additionalProperty"];
  if (typeof unknown === "string") {
    return {
      in: where,
      at: `${at}${error.instancePath}${toJsonPointer([unknown])}`,
      message: "is not known here",
    };
  }
  return { in: where, at: at + error.instancePath, message: (error.message ?? error.keyword).slice(0, MAX_MESSAGE) };
}

/** Compiles each schema once, when it is first needed. */
function createSchemas(document: Json, options: OpenApiOptions) {
  const ajv = new options.Ajv({ strict: false, allErrors: true, validateFormats: options.addFormats !== undefined });
  const { addFormats } = options;
  const add = typeof addFormats === "object" ? addFormats.default : addFormats;
  // ajv-formats wants ajv's own class, which is what the caller passed.
  add?.(ajv as never);
  ajv.addSchema(options.refuseUnknown === true ? closeDocument(document) : document, KEY);
  const compiled = new Map<string, Validate>();
  return (pointer: string): Validate => {
    let validate = compiled.get(pointer);
    if (validate === undefined) {
      const fragment = pointer.slice(1).split("/").map(encodeURIComponent).join("/");
      compiled.set(pointer, (validate = ajv.compile({ $ref: `${KEY}#${fragment}` })));
    }
    return validate;
  };
}

type Schemas = ReturnType<typeof createSchemas>;

function findIssues(validate: Validate, value: unknown, { where, at }: { where: InputIssue["in"]; at: string }): InputIssue[] {
  if (validate(value) === true) return [];
  return (validate.errors ?? []).map((error) => toIssue(error, where, at));
}

/** The member of `content` for a media type: exact, then `type/*`, then anything. */
function findContent(content: Content, header: string | undefined): Content[number] | undefined {
  const mediaType = (header ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const wildcard = `${mediaType.split("/", 1)[0]}/*`;
  return [mediaType, wildcard, "*/*"].map((each) => content.find((one) => one.mediaType === each)).find((each) => each !== undefined);
}

function isUnknownQuery(name: string, parameters: readonly Parameter[], document: Json): boolean {
  return !parameters.some((parameter) => {
    if (parameter.in !== "query") return false;
    if (parameter.name === name || (parameter.style === "deepObject" && name.startsWith(`${parameter.name}[`))) return true;
    return (
      parameter.explode &&
      parameter.schema !== undefined &&
      readShape(document, followPointer(document, parameter.schema)).members.includes(name)
    );
  });
}

class Document implements OpenApi {
  readonly #document: Json;
  readonly #schemas: Schemas;
  readonly #table: ReturnType<typeof createPathTable>;
  readonly #refusesUnknown: boolean;

  constructor(document: Json, options: OpenApiOptions) {
    this.#document = document;
    const operations = readOperations(document);
    this.#table = createPathTable(operations, options.basePath ?? readBasePath(document));
    this.#schemas = createSchemas(document, options);
    this.#refusesUnknown = options.refuseUnknown === true;
    // A schema that cannot be compiled is reported now, not at the first request.
    for (const operation of operations) {
      const contents = [operation.body?.content ?? [], ...operation.responses.values()].flat();
      for (const { schema } of [...operation.parameters, ...contents]) if (schema !== undefined) this.#schemas(schema);
    }
  }

  #find(request: Pick<OpenApiRequest, "method" | "target">): Matched {
    const found = this.#table.find(request.method, request.target.split(/[?#]/, 1)[0] ?? "/");
    if ("operation" in found) return found;
    throw new OperationError(found.allowed.length === 0 ? "unknown-path" : "unknown-method", found.allowed);
  }

  parseRequest(request: OpenApiRequest): ParsedRequest {
    const { operation, params } = this.#find(request);
    const texts = toTexts(request, params);
    const issues: InputIssue[] = [];
    const values = { params: {}, query: {}, headers: {}, cookies: {} } as Record<
      "params" | "query" | "headers" | "cookies",
      Record<string, unknown>
    >;
    for (const parameter of operation.parameters) {
      const [part] = PLACES[parameter.in];
      const value = this.#readParameter(parameter, texts, issues);
      if (value !== undefined) values[part][parameter.name] = value;
    }
    if (this.#refusesUnknown) {
      for (const name of new Set(texts.query.map(([each]) => each))) {
        if (isUnknownQuery(name, operation.parameters, this.#document))
          issues.push({ in: "query", at: `/${name}`, message: "is not known here" });
      }
    }
    const body = this.#readBody(operation, request, { texts, issues });
    if (issues.length > 0) throw new InvalidRequestError(issues.slice(0, 20));
    const parsed: ParsedRequest = { operation: operation.id, template: operation.template, ...values, body };
    keepParsedInput({ params: parsed.params, query: parsed.query, headers: parsed.headers, cookies: parsed.cookies, body });
    return parsed;
  }

  #readParameter(parameter: Parameter, texts: RequestTexts, issues: InputIssue[]): unknown {
    const [, where] = PLACES[parameter.in];
    const at = toJsonPointer([parameter.name]);
    try {
      const schema = parameter.schema === undefined ? undefined : followPointer(this.#document, parameter.schema);
      const value = readParameterValue(texts, parameter, readShape(this.#document, schema)) ?? asObject(schema)?.["default"];
      if (value === undefined) {
        if (parameter.isRequired) issues.push({ in: where, at, message: "is missing" });
        return undefined;
      }
      if (parameter.schema !== undefined) issues.push(...findIssues(this.#schemas(parameter.schema), value, { where, at }));
      return value;
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      issues.push({ in: where, at, message: error.message });
      return undefined;
    }
  }

  #readBody(operation: Operation, request: OpenApiRequest, { texts, issues }: { texts: RequestTexts; issues: InputIssue[] }): unknown {
    const { body } = operation;
    if (body === undefined) return request.body;
    const { header } = texts;
    const isSent = request.body !== undefined || header("transfer-encoding") !== undefined || (header("content-length") ?? "0") !== "0";
    const content = isSent ? findContent(body.content, header("content-type")) : undefined;
    if (isSent && content === undefined)
      throw new OperationError(
        "unknown-media-type",
        body.content.map((each) => each.mediaType),
      );
    if (content === undefined || request.body === undefined) {
      if (body.isRequired) issues.push({ in: "body", at: "", message: "is missing" });
      return request.body;
    }
    if (content.schema === undefined) return request.body;
    issues.push(...findIssues(this.#schemas(content.schema), request.body, { where: "body", at: "" }));
    return request.body;
  }

  findResponseCheck(request: Pick<OpenApiRequest, "method" | "target">): ResponseCheck | undefined {
    const found = this.#table.find(request.method, request.target.split(/[?#]/, 1)[0] ?? "/");
    if (!("operation" in found)) return undefined;
    const { responses } = found.operation;
    return ({ status, contentType, readBody }) => {
      const content = responses.get(String(status)) ?? responses.get(`${Math.floor(status / 100)}XX`) ?? responses.get("default");
      if (content === undefined) return [{ at: "", message: `the document has no response ${status}` }];
      if (content.length === 0) return [];
      const media = findContent(content, contentType);
      if (media === undefined)
        return [{ at: "", message: `the document has no ${contentType ?? "response without a media type"} for ${status}` }];
      if (media.schema === undefined || !/[/+]json$/.test(media.mediaType)) return [];
      return findIssues(this.#schemas(media.schema), readBody(), { where: "body", at: "" });
    };
  }
}

function readBasePath(document: Json): string {
  const servers = document["servers"];
  const url: unknown = Array.isArray(servers) ? asObject(servers[0])?.["url"] : undefined;
  const path = typeof url === "string" ? (URL.parse(url, "http://localhost")?.pathname ?? "/") : "/";
  return path.replace(/\/+$/, "");
}

/** Reads a document. Throws a ConfigurationError when it is not OpenAPI 3.1 or refers outside of itself, and whatever ajv throws for a broken schema. */
export function createOpenApi(document: object, options: OpenApiOptions): OpenApi {
  const own = asObject(document);
  if (own === undefined)
    throw new ConfigurationError("bad-openapi", "createOpenApi needs the document as an object: parse its JSON or YAML first");
  return new Document(own, options);
}
