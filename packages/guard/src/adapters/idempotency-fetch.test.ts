import { describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { createMemoryIdempotencyStore } from "../resilience/idempotency-memory.ts";
import { createCollected } from "../testing/collected.ts";
import { guardFetch } from "./fetch.ts";
import { idempotentFetch } from "./idempotency-fetch.ts";

const guard = createGuard({ service: "orders", transport: createCollected(), spool: false, announce: false });

function post(key: string | undefined, body = "{}"): Request {
  const headers = { authorization: "tenant-1", ...(key === undefined ? {} : { "idempotency-key": key }) };
  return new Request("http://shop.example/orders", { method: "POST", headers, body });
}

/** A guarded handler that counts, and reads its body. */
function createHandler(answer: (times: number) => Response, isRequired = false) {
  let times = 0;
  const store = createMemoryIdempotencyStore();
  const caller = (request: Request): string => String(request.headers.get("authorization"));
  const own = async (request: Request): Promise<Response> => {
    await request.text();
    times += 1;
    return answer(times);
  };
  return { handler: guardFetch(guard, idempotentFetch(own, { store, caller, isRequired })), times: () => times };
}

async function read(response: Response): Promise<unknown> {
  return [response.status, [...response.headers].map(String).toSorted(), await response.text()];
}

describe("Idempotency-Key on a fetch handler", () => {
  it("does the work once, replays it byte for byte, and refuses duplicates in flight and other payloads", async () => {
    const { handler, times } = createHandler((n) => {
      const headers = new Headers([
        ["location", `/orders/${n}`],
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ]);
      return new Response(Uint8Array.of(0, 255, n), { status: 201, headers });
    });
    const together = await Promise.all([1, 2, 3].map(() => handler(post("k"))));
    expect(together.map((each) => String(each.status)).toSorted()).toEqual(["201", "409", "409"]);
    const first = together.find((each) => each.status === 201) as Response;
    expect(await read(await handler(post("k")))).toEqual(await read(first));
    expect((await handler(post("k", "other"))).status).toBe(422);
    expect(times()).toBe(1);
  });

  it("keeps no server error and nothing too long, replays what has no body, and asks for a key where it is a must", async () => {
    const broken = createHandler(() => new Response("no", { status: 503 }));
    expect([(await broken.handler(post("k"))).status, (await broken.handler(post("k"))).status, broken.times()]).toEqual([503, 503, 2]);
    const long = createHandler(() => new Response("x".repeat(2 << 20)));
    expect([(await (await long.handler(post("k"))).text()).length, (await long.handler(post("k"))).status, long.times()]).toEqual([
      2 << 20,
      200,
      2,
    ]);
    const empty = createHandler(() => new Response(null, { status: 204 }), true);
    expect([(await empty.handler(post("k"))).status, (await empty.handler(post("k"))).status, empty.times()]).toEqual([204, 204, 1]);
    expect((await empty.handler(post(undefined))).status).toBe(400);
    expect((await createHandler(() => new Response("ok")).handler(post(undefined))).status).toBe(200);
  });

  it("passes on what is too long while it is still written, as bytes, words and cookies came", async () => {
    const gate = Promise.withResolvers<void>();
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(new Uint8Array(2 << 20));
        await gate.promise;
        controller.enqueue(Uint8Array.of(7));
        controller.close();
      },
    });
    const headers = new Headers([
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
    ]);
    const { handler } = createHandler(() => new Response(body, { status: 202, statusText: "Taken", headers }));
    const response = await handler(post("k"));
    gate.resolve();
    expect([response.status, response.statusText, response.headers.getSetCookie()]).toEqual([202, "Taken", ["a=1", "b=2"]]);
    expect(new Uint8Array(await response.arrayBuffer()).subarray((2 << 20) - 1)).toEqual(Uint8Array.of(0, 7));
  });

  it("is another request with another query, and replays the words behind the status", async () => {
    const { handler, times } = createHandler(() => new Response("ok", { statusText: "Fine" }));
    const ask = (query: string): Promise<Response> => handler(new Request(`http://shop.example/orders${query}`, post("k")));
    expect([(await ask("?n=1")).statusText, (await ask("?n=1")).statusText, (await ask("?n=2")).status, times()]).toEqual([
      "Fine",
      "Fine",
      422,
      1,
    ]);
  });
});
