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
});
