/** What an error body says of itself, whatever dialect it speaks. */
export type ErrorBody = {
  readonly dialect: "rfc9457" | "spring" | "fastify" | "nest" | "google" | "grpc" | "json-api" | "graphql" | "json-rpc" | "message";
  readonly title?: string;
  readonly detail?: string;
  /** The status that the body names. RFC 9457 has it equal to the one on the wire: a difference says that a hop rewrote the answer. */
  readonly status?: number;
  readonly type?: string;
  /** Ids that find the failure in logs and traces. */
  readonly requestId?: string;
  readonly traceId?: string;
  readonly retryable?: boolean;
};

type JsonObject = Readonly<Record<string, unknown>>;

const BODY_CHARACTERS = 256 * 1024;

/**
 * Reads a JSON error body; undefined when it is none. Members of a wrong type are ignored, as RFC 9457 section 3.1 has it.
 * Dialects: problem details, Spring, Fastify, NestJS, Google, grpc-gateway, JSON:API, GraphQL, JSON-RPC, and a plain `message`.
 */
export function parseErrorBody(body: string): ErrorBody | undefined {
  if (body.length > BODY_CHARACTERS) return undefined;
  const json = parseObject(body);
  return json === undefined ? undefined : readDialect(json);
}

function readDialect(json: JsonObject): ErrorBody | undefined {
  const ids = readIds(json);
  const status = readStatus(json["status"]) ?? readStatus(json["statusCode"]);
  const withStatus = status === undefined ? {} : { status };
  const message = texts(json, { title: "error", detail: "message" });
  if (has(json, "jsonrpc", "error")) return { dialect: "json-rpc", ...texts(asObject(json["error"]), { detail: "message" }), ...ids };
  if (Array.isArray(json["errors"])) return readErrors(json["errors"], ids);
  if (has(json, "timestamp", "status", "path")) return { dialect: "spring", ...message, ...withStatus, ...ids };
  if (has(json, "statusCode", "error", "message")) return { dialect: "fastify", ...message, ...withStatus, ...ids };
  if (has(json, "statusCode", "message")) return { dialect: "nest", ...message, ...withStatus, ...ids };
  if (has(json, "code", "message", "details")) return { dialect: "grpc", ...texts(json, { detail: "message" }), ...ids };
  if (isObject(json["error"])) return readGoogle(json["error"], ids);
  if (has(json, "title") || has(json, "type", "status")) {
    return { dialect: "rfc9457", ...texts(json, { title: "title", detail: "detail", type: "type" }), ...withStatus, ...ids };
  }
  return has(json, "message") || has(json, "error") ? { dialect: "message", ...message, ...withStatus, ...ids } : undefined;
}

function readErrors(errors: readonly unknown[], ids: Partial<ErrorBody>): ErrorBody | undefined {
  const first = asObject(errors[0]);
  if (has(first, "message")) {
    const code = asObject(first["extensions"])["code"];
    return { dialect: "graphql", ...texts(first, { detail: "message" }), ...(typeof code === "string" ? { title: code } : {}), ...ids };
  }
  if (!has(first, "title") && !has(first, "detail")) return undefined;
  const status = readStatus(first["status"]);
  return {
    dialect: "json-api",
    ...texts(first, { title: "title", detail: "detail" }),
    ...(status === undefined ? {} : { status }),
    ...ids,
  };
}

function readGoogle(error: JsonObject, ids: Partial<ErrorBody>): ErrorBody {
  const status = readStatus(error["code"]);
  return {
    dialect: "google",
    ...texts(error, { title: "status", detail: "message" }),
    ...(status === undefined ? {} : { status }),
    ...ids,
  };
}

function readIds(json: JsonObject): Partial<ErrorBody> {
  const requestId = firstText(json, "request_id", "requestId", "error_id", "errorId", "correlation_id", "correlationId");
  const trace = firstText(json, "trace_id", "traceId");
  // ASP.NET Core writes a whole traceparent there.
  const traceId = trace === undefined ? undefined : (/^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(trace)?.[1] ?? trace);
  const { retryable } = json;
  return {
    ...(requestId === undefined ? {} : { requestId }),
    ...(traceId === undefined ? {} : { traceId }),
    ...(typeof retryable === "boolean" ? { retryable } : {}),
  };
}

function firstText(json: JsonObject, ...names: readonly string[]): string | undefined {
  const name = names.find((each) => typeof json[each] === "string" && json[each] !== "");
  return name === undefined ? undefined : (json[name] as string); // found by its type
}

function texts(json: JsonObject, names: Readonly<Record<string, string>>): Partial<ErrorBody> {
  return Object.fromEntries(Object.entries(names).flatMap(([to, from]) => (typeof json[from] === "string" ? [[to, json[from]]] : [])));
}

function readStatus(value: unknown): number | undefined {
  const status = typeof value === "string" ? Number(value) : value;
  return typeof status === "number" && Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

function has(json: JsonObject, ...names: readonly string[]): boolean {
  return names.every((name) => Object.hasOwn(json, name));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
