import type { Signature } from "../signature.ts";
import { framework } from "./framework.ts";

/** Bodies that a protocol prescribes, whatever the app is written in. */
export const PROTOCOL_SIGNATURES: readonly Signature[] = [
  framework({
    id: "grpc-gateway",
    vendor: "grpc-gateway",
    pattern: { status: [500, 503, 504], json: { code: true, message: true, details: true }, bodyLacks: ['"hint"'] },
    meaning: "a gRPC status as JSON: 13 INTERNAL, 14 UNAVAILABLE, 4 DEADLINE_EXCEEDED, 2 UNKNOWN",
  }),
  framework({
    id: "postgrest",
    vendor: "PostgREST, Supabase",
    pattern: { status: [5], json: { code: true, message: true, details: true, hint: true } },
    meaning: "an error of PostgreSQL or of PostgREST itself; code is a SQLSTATE, or begins with PGRST",
  }),
  framework({
    id: "graphql-masked",
    vendor: "GraphQL",
    pattern: { status: [200], json: { errors: true }, bodyHas: ["INTERNAL_SERVER_ERROR"] },
    meaning: "a failure behind status 200",
    cause: "masked-by-middleware",
    source: "GraphQL over HTTP",
  }),
  framework({
    id: "json-rpc-masked",
    vendor: "JSON-RPC",
    pattern: { status: [200], json: { jsonrpc: true, error: true } },
    meaning: "a JSON-RPC error behind status 200",
    cause: "masked-by-middleware",
    source: "JSON-RPC 2.0, section 5.1",
  }),
  framework({
    id: "problem-details",
    vendor: "RFC 9457",
    pattern: { status: [5], headers: { "content-type": "application/problem+json" } },
    meaning: "problem details: the app or an API gateway that speaks them",
  }),
];
