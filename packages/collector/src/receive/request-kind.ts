import type { IncomingMessage } from "node:http";
import { type OtlpSignal, RPC_CODES } from "@faultline/formats/otlp-response";
import type { Payload } from "../store/contract.ts";
import type { Refusal } from "./refusal.ts";

/** Content codings that a body may have. */
export type Coding = "identity" | "gzip" | "deflate" | "zstd";

/** What a request's line and headers say about its body. */
export type RequestKind = {
  readonly kind: "export";
  readonly signal: OtlpSignal;
  readonly encoding: Payload["encoding"];
  readonly coding: Coding;
  /** Absent for chunked bodies. */
  readonly contentLength?: number;
};

const SIGNALS: ReadonlyMap<string, OtlpSignal> = new Map([
  ["/v1/traces", "traces"],
  ["/v1/logs", "logs"],
  ["/v1/metrics", "metrics"],
]);
const CODINGS: ReadonlyMap<string, Coding> = new Map([
  ["", "identity"],
  ["identity", "identity"],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["zstd", "zstd"],
]);

/** True for the paths that OTLP/HTTP defines or may define in future; all others belong to somebody else. */
export function isOtlpPath(path: string): boolean {
  return path.startsWith("/v1/") || path.startsWith("/v1development/");
}

/** The path of a request target, without its query. */
export function toPath(target: string): string {
  const query = target.indexOf("?");
  return query < 0 ? target : target.slice(0, query);
}

/** The encoding that a content type names. Parameters such as `charset` are ignored. */
export function toEncoding(contentType: string | undefined): Payload["encoding"] | undefined {
  const essence = (contentType ?? "").split(";", 1)[0]!.trim().toLowerCase();
  if (essence === "application/x-protobuf") return "protobuf";
  return essence === "application/json" ? "json" : undefined;
}

/** Reads what the request is, or why it cannot be one. */
export function parseRequestKind(request: IncomingMessage): RequestKind | Refusal {
  const signal = SIGNALS.get(toPath(request.url ?? ""));
  if (signal === undefined) {
    const message = `This server takes OTLP at ${[...SIGNALS.keys()].join(", ")}; there is nothing at this path.`;
    return { kind: "refused", status: 404, code: RPC_CODES.notFound, message };
  }
  if (request.method !== "POST") {
    return { kind: "refused", status: 405, code: RPC_CODES.unimplemented, message: "OTLP is sent with POST.", headers: { allow: "POST" } };
  }
  const { headers } = request;
  const encoding = toEncoding(headers["content-type"]);
  if (encoding === undefined) {
    const message = "The content type must be application/x-protobuf or application/json.";
    return {
      kind: "refused",
      status: 415,
      code: RPC_CODES.invalidArgument,
      message,
      headers: { accept: "application/x-protobuf, application/json" },
    };
  }
  const coding = CODINGS.get((headers["content-encoding"] ?? "").trim().toLowerCase());
  if (coding === undefined) {
    const message = "The content encoding must be gzip, deflate, zstd or identity.";
    return {
      kind: "refused",
      status: 415,
      code: RPC_CODES.invalidArgument,
      message,
      headers: { "accept-encoding": "gzip, deflate, zstd" },
    };
  }
  const contentLength = headers["content-length"];
  return { kind: "export", signal, encoding, coding, ...(contentLength === undefined ? {} : { contentLength: Number(contentLength) }) };
}
