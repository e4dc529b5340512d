/** Ways to read a Request and to make a Response; what node:http's objects can and these cannot is left out. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { CONTENT, tell } from "./node-routes.ts";

/** Reads a body in some way and says what it read. */
export type FetchReader = (request: Request) => Promise<string>;

/** Makes a Response; what it throws is the framework's. */
export type FetchAnswer = () => Response | Promise<Response>;

async function readAll(request: Request): Promise<string> {
  return tell([new Uint8Array(await request.arrayBuffer())]);
}

/** Says how an attempt ended: with a value, or with which error. */
async function attempt(run: () => Promise<unknown>): Promise<string> {
  try {
    return tell([Buffer.from(JSON.stringify(await run()) ?? "")]);
  } catch (thrown) {
    if (!(thrown instanceof TypeError || thrown instanceof SyntaxError)) throw thrown;
    return thrown.name;
  }
}

/** Ten of them. */
export const FETCH_READERS: Readonly<Record<string, FetchReader>> = {
  never: () => Promise.resolve("nothing"),
  buffered: readAll,
  async text(request) {
    return tell([Buffer.from(await request.text())]);
  },
  async late(request) {
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    return readAll(request);
  },
  async read(request) {
    const pieces: Uint8Array[] = [];
    const reader = request.body?.getReader();
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read()) pieces.push(next.value);
    return tell(pieces);
  },
  json: (request) => attempt(() => request.json()),
  async twice(request) {
    return `${await readAll(request)}-${await attempt(() => request.text())}-${String(request.bodyUsed)}`;
  },
  async cloned(request) {
    const copy = request.clone();
    const [first, second] = await Promise.all([readAll(request), readAll(copy)]);
    return `${first}-${second}`;
  },
  async blob(request) {
    return tell([new Uint8Array(await (await request.blob()).arrayBuffer())]);
  },
  form: (request) => attempt(async () => [...(await request.formData()).keys()]),
};

function createPacedBody(pieces: readonly string[], failure?: Error): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    async pull(controller) {
      await nextTurn();
      const piece = pieces[at++];
      if (piece !== undefined) controller.enqueue(Buffer.from(piece));
      else if (failure === undefined) controller.close();
      else controller.error(failure);
    },
  });
}

const EMPTY = { headers: { "X-Empty": "1" } };

/** Twenty of them. `thrown` throws before there is a Response, `torn` fails in its body. */
export const FETCH_ANSWERS: Readonly<Record<string, FetchAnswer>> = {
  json: () => Response.json(CONTENT.value),
  text: () => new Response(CONTENT.text),
  empty: () => new Response(null, { ...EMPTY, status: 204 }),
  "not modified": () => new Response(null, { status: 304, headers: { ETag: '"v1"', "Cache-Control": "max-age=60" } }),
  bytes: () => new Response(CONTENT.bytes, { headers: { "content-type": "application/octet-stream" } }),
  large: () => new Response(CONTENT.large),
  streamed: () => new Response(new Blob([...CONTENT.pieces]).stream()),
  paced: () => new Response(createPacedBody(CONTENT.pieces)),
  "server-sent events": () =>
    new Response(createPacedBody(CONTENT.events), { headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" } }),
  redirect: () => new Response(null, { status: 302, headers: { Location: "/elsewhere?a=1&b=%20" } }),
  cookies() {
    const headers = new Headers([
      ["Set-Cookie", "a=1; Path=/"],
      ["Set-Cookie", "b=2; HttpOnly"],
      ["X-Twice", "1"],
      ["X-Twice", "2"],
    ]);
    return new Response("cookies", { headers });
  },
  "not found": () => new Response("nothing here", { status: 404 }),
  unavailable: () => new Response('{"mine":true}', { status: 503, headers: { "Retry-After": "7" } }),
  blob: () => new Response(new Blob([CONTENT.text], { type: "text/x-odd" })),
  form: () => new Response(new URLSearchParams({ a: "1", b: "ü" })),
  zipped: () => new Response(CONTENT.zipped, { headers: { "Content-Encoding": "gzip", Vary: "Accept-Encoding" } }),
  partial: () => new Response(CONTENT.bytes.subarray(0, 10), { status: 206, headers: { "Content-Range": "bytes 0-9/1024" } }),
  later: () => nextTurn().then(() => new Response("later")),
  torn: () => new Response(createPacedBody(CONTENT.pieces, new Error("torn"))),
  thrown() {
    throw new Error("thrown");
  },
};
