/** The requests of the transparency suite, as the bytes a client writes. Every connection ends by `Connection: close` or by the client. */
import { gzipSync } from "node:zlib";

/** One kind of request. `write` makes the bytes for a path; `isTorn` ones end before their body does. */
export type RequestKind = { readonly name: string; readonly isTorn?: true; readonly write: (path: string) => Buffer };

type Parts = { readonly method?: string; readonly version?: string; readonly headers?: readonly string[]; readonly body?: Buffer };

function write(path: string, { method = "POST", version = "1.1", headers = [], body = Buffer.alloc(0) }: Parts): Buffer {
  const lines = [`${method} ${path} HTTP/${version}`, "Host: shop.test", ...headers, "Connection: close", "", ""];
  return Buffer.concat([Buffer.from(lines.join("\r\n"), "latin1"), body]);
}

function withBody(type: string, body: Buffer, more: readonly string[] = []): (path: string) => Buffer {
  const headers = [`Content-Type: ${type}`, `Content-Length: ${body.byteLength}`, ...more];
  return (path) => write(path, { headers, body });
}

function chunk(pieces: readonly Buffer[], trailers = ""): Buffer {
  const framed = pieces.map((piece) => Buffer.concat([Buffer.from(`${piece.byteLength.toString(16)}\r\n`), piece, Buffer.from("\r\n")]));
  return Buffer.concat([...framed, Buffer.from(`0\r\n${trailers}\r\n`)]);
}

const JSON_BODY = Buffer.from(JSON.stringify({ item: "Bücher", count: 3, tags: ["a", "b"], nested: { deep: [null, true, 1.5e300] } }));
const EVERY_BYTE = Buffer.from(Array.from({ length: 512 }, (_, at) => at % 256));
const FORM = Buffer.from("item=B%C3%BCcher&count=3&tags=a&tags=b&empty=&odd=%00%0d%0a");
const MULTIPART = Buffer.concat([
  Buffer.from('--cut\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'),
  Buffer.from('--cut\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'),
  EVERY_BYTE,
  Buffer.from("\r\n--cut--\r\n"),
]);
const ONE_BYTE_PIECES = chunk(Array.from(JSON_BODY, (byte) => Buffer.from([byte])));
const CHUNKED = ["Content-Type: application/json", "Transfer-Encoding: chunked"];

/** All kinds. */
export const REQUEST_KINDS: readonly RequestKind[] = [
  { name: "GET", write: (path) => write(path, { method: "GET" }) },
  { name: "HEAD", write: (path) => write(path, { method: "HEAD" }) },
  { name: "GET of HTTP 1.0", write: (path) => write(path, { method: "GET", version: "1.0" }) },
  {
    name: "conditional GET",
    write: (path) => write(path, { method: "GET", headers: ['If-None-Match: "v1", W/"v2"', "Accept-Encoding: gzip", "Accept: text/*"] }),
  },
  {
    name: "GET with trace headers",
    write: (path) =>
      write(path, {
        method: "GET",
        headers: ["traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "X-Request-Id: abc", "Cookie: a=1; b=2"],
      }),
  },
  { name: "JSON", write: withBody("application/json", JSON_BODY) },
  { name: "broken JSON", write: withBody("application/json", Buffer.from('{"item": ')) },
  { name: "form", write: withBody("application/x-www-form-urlencoded", FORM) },
  { name: "multipart", write: withBody("multipart/form-data; boundary=cut", MULTIPART) },
  { name: "bytes", write: withBody("application/octet-stream", EVERY_BYTE) },
  { name: "text", write: withBody("text/plain; charset=utf-8", Buffer.from("Grüße, 世界 🌍\n".repeat(20))) },
  { name: "gzip", write: withBody("application/json", gzipSync(JSON_BODY), ["Content-Encoding: gzip"]) },
  { name: "pieces of one byte", write: (path) => write(path, { headers: CHUNKED, body: ONE_BYTE_PIECES }) },
  {
    name: "chunked with trailers",
    write: (path) => write(path, { headers: [...CHUNKED, "Trailer: X-Sum"], body: chunk([JSON_BODY], "X-Sum: 42\r\n") }),
  },
  { name: "expecting 100", write: withBody("application/json", JSON_BODY, ["Expect: 100-continue"]) },
  {
    name: "two in a pipeline",
    write: (path) =>
      Buffer.concat([Buffer.from(`GET ${path} HTTP/1.1\r\nHost: shop.test\r\n\r\n`), withBody("application/json", JSON_BODY)(path)]),
  },
  {
    name: "torn upload",
    isTorn: true,
    write: (path) => withBody("application/json", JSON_BODY)(path).subarray(0, -JSON_BODY.byteLength / 2),
  },
];
