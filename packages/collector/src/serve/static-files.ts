import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { extname, join, relative, sep } from "node:path";

type Encoding = "br" | "gzip";
type StaticFile = {
  readonly body: Buffer;
  readonly encoded: ReadonlyMap<Encoding, Buffer>;
  readonly type: string;
  readonly etag: string;
  /** Its name holds a hash of its content, so it may be kept for ever. */
  readonly isHashed: boolean;
};

/** The built dashboard, held in memory. Requests look names up in a map and never touch the file system, so no path can leave it. */
export type StaticFiles = {
  /** The function that answers with the file of this path; the index is `/index.html`. */
  find(path: string): ((response: ServerResponse) => void) | undefined;
  /** Paths of the style sheets, for a page that is not one of the files. */
  readonly stylesheets: readonly string[];
};

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ico": "image/x-icon",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};
const HASHED = /^\/assets\/.*-[\w-]{8,}\.\w+$/;

/** Reads the files of a built dashboard: each with the `.br` and `.gz` that the build put beside it. A missing folder has no files. */
export function loadStaticFiles(directory: string): StaticFiles {
  const files = new Map(listFiles(directory).map((path) => [toUrlPath(directory, path), path] as const));
  const loaded = new Map<string, StaticFile>();
  for (const [path, file] of files) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const body = readFileSync(file);
    const encoded = new Map<Encoding, Buffer>();
    if (files.has(`${path}.br`)) encoded.set("br", readFileSync(`${file}.br`));
    if (files.has(`${path}.gz`)) encoded.set("gzip", readFileSync(`${file}.gz`));
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    loaded.set(path, { body, encoded, type, etag, isHashed: HASHED.test(path) });
  }
  return {
    find(path) {
      const file = loaded.get(path);
      return file === undefined ? undefined : (response) => writeFile(file, response);
    },
    stylesheets: [...loaded.keys()].filter((path) => path.endsWith(".css")),
  };
}

function listFiles(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

function toUrlPath(directory: string, path: string): string {
  return `/${relative(directory, path).split(sep).join("/")}`;
}

function writeFile(file: StaticFile, response: ServerResponse): void {
  const { headers, method } = response.req;
  response.setHeader("etag", file.etag);
  response.setHeader("vary", "accept-encoding");
  response.setHeader("cache-control", file.isHashed ? "public, max-age=31536000, immutable" : "no-cache");
  if (headers["if-none-match"] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  const encoding = chooseEncoding(headers["accept-encoding"] ?? "", file.encoded);
  const body = encoding === undefined ? file.body : (file.encoded.get(encoding) ?? file.body);
  if (encoding !== undefined) response.setHeader("content-encoding", encoding);
  response.writeHead(200, { "content-type": file.type, "content-length": body.length });
  response.end(method === "HEAD" ? undefined : body);
}

/** The best of what we have and the client takes; `q=0` is a refusal (RFC 9110, 12.5.3). */
function chooseEncoding(accepted: string, encoded: ReadonlyMap<Encoding, Buffer>): Encoding | undefined {
  const taken = new Set(
    accepted
      .toLowerCase()
      .split(",")
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(";", 1)[0]?.trim()),
  );
  return (["br", "gzip"] as const).find((encoding) => encoded.has(encoding) && taken.has(encoding));
}
