import type { IncomingMessage } from "node:http";
import { fail, type ProblemDetails, type Result, succeed } from "@faultline/model";
import { toProblem } from "./problem.ts";

/** Bodies that the API takes are small: a deploy, a switch. */
const MOST_BYTES = 64 * 1024;

/** Reads a JSON object from a request: 415 for another media type, 413 beyond 64 KiB, 400 for what is no JSON object. */
export async function readJsonObject(request: IncomingMessage): Promise<Result<Readonly<Record<string, unknown>>, ProblemDetails>> {
  const mediaType = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (mediaType !== "application/json")
    return fail(toProblem(415, "The body has to be JSON, and content-type to say application/json.", "content-type"));
  if (request.headers["content-encoding"] !== undefined) {
    return fail(toProblem(415, "The body has to come uncompressed, without content-encoding.", "content-encoding"));
  }
  const bytes = await readBytes(request);
  if (bytes === undefined) return fail(toProblem(413, `The body has to be at most ${MOST_BYTES / 1024} KiB.`));
  return parseObject(bytes);
}

async function readBytes(request: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > MOST_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseObject(bytes: Uint8Array): Result<Readonly<Record<string, unknown>>, ProblemDetails> {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return succeed(value as Record<string, unknown>); // just checked
    return fail(toProblem(400, "The body has to be a JSON object."));
  } catch {
    return fail(toProblem(400, "The body has to be valid JSON in UTF-8; it cannot be read."));
  }
}
