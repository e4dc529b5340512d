/** Trap T14: errors behind a good status, as far as logs name them: gRPC's status, and the error codes of JSON-RPC and GraphQL. */
import { readJsonText } from "../exchange/draft.ts";
import type { JsonObject } from "../line.ts";
import { createFieldReader } from "./field-reader.ts";

const GRPC = [
  "grpc_status",
  "grpc-status",
  "grpcstatus",
  "grpc_status_code",
  "grpc_status_number",
  "grpc.code",
  "rpc.grpc.status_code",
  "resp_trailers.grpc-status",
  "trailers.grpc-status",
];
const CODE = ["rpc.jsonrpc.error_code", "jsonrpc_error_code", "error.code", "error_code", "graphql_error_code", "graphql.error.code"];

/** The server's own errors among gRPC's codes. Source: OpenTelemetry semantic conventions, gRPC, "server" column of the status table. */
const SERVER_CODES: Readonly<Record<string, string>> = {
  2: "UNKNOWN",
  4: "DEADLINE_EXCEEDED",
  12: "UNIMPLEMENTED",
  13: "INTERNAL",
  14: "UNAVAILABLE",
  15: "DATA_LOSS",
};

/** The error behind a record's good status; undefined if the record names none that is the server's. */
export function findHiddenError(object: JsonObject): string | undefined {
  const read = createFieldReader(object);
  const grpc = readJsonText(read(GRPC));
  if (grpc !== undefined) {
    const word = grpc.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
    const name = SERVER_CODES[grpc] ?? Object.values(SERVER_CODES).find((each) => each === word);
    return name === undefined ? undefined : `gRPC status ${name}`;
  }
  const code = readJsonText(read(CODE));
  if (code === undefined) return undefined;
  // JSON-RPC 2.0, section 5.1: -32603 is an internal error, -32000 to -32099 are the server's own.
  if (/^-32(?:603|0\d\d)$/.test(code)) return `JSON-RPC error ${code}`;
  return code === "INTERNAL_SERVER_ERROR" ? "GraphQL error INTERNAL_SERVER_ERROR" : undefined;
}
