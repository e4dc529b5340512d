import { afterAll, describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { guardRoute } from "./next.ts";

const collected = createCollected();
const guard = createGuard({ service: "next", transport: collected, spool: false, announce: false, processHooks: false });
afterAll(() => guard.close());

type Context = { readonly params: Promise<{ readonly id: string }> };

const context: Context = { params: Promise.resolve({ id: "7" }) };
const request = new Request("http://shop.test/orders/7");

/** An error of Next's, as it is made in next/dist/client/components. */
function steering(digest: string): Error {
  return Object.assign(new Error(digest.split(";")[0]), { digest });
}

describe("a guarded route handler of Next.js", () => {
  it("gets the request and the promise of its parameters, and its Response is passed on as it is", async () => {
    const made = Response.json({ fine: true });
    const seen: unknown[] = [];
    const GET = guardRoute(guard, async (given: Request, { params }: Context) => {
      seen.push(given, await params);
      return made;
    });
    expect(await GET(request, context)).toBe(made);
    expect(seen).toEqual([request, { id: "7" }]);
    expect(seen[0]).toBe(request);
  });

  it.each([
    "NEXT_REDIRECT;replace;/login;307;",
    "NEXT_REDIRECT;push;/a;b;308;",
    "NEXT_HTTP_ERROR_FALLBACK;404",
    "NEXT_HTTP_ERROR_FALLBACK;403",
    "DYNAMIC_SERVER_USAGE",
    "BAILOUT_TO_CLIENT_SIDE_RENDERING",
    "NEXT_PRERENDER_INTERRUPTED",
    "HANGING_PROMISE_REJECTION",
  ])("lets %s pass untouched and counts no failure", async (digest) => {
    const before = guard.counts().captured;
    const thrown = steering(digest);
    const GET = guardRoute(guard, () => {
      throw thrown;
    });
    await expect(GET(request)).rejects.toBe(thrown);
    expect(guard.counts().captured).toBe(before);
  });

  it("answers what else is thrown with problem details, and tells it once under its route", async () => {
    const before = guard.counts().captured;
    const POST = guardRoute(
      guard,
      (_request: Request, _context: Context) => {
        throw Object.assign(new Error("broken"), { digest: "1234567" });
      },
      { route: "/orders/[id]" },
    );
    const response = await POST(request, context);
    expect(await response.json()).toMatchObject({ status: 500, title: "Internal Server Error" });
    await guard.flush();
    expect(guard.counts().captured).toBe(before + 1);
    expect(collected.spans.at(-1)?.attributes).toMatchObject({ "http.route": "/orders/[id]", "error.type": "Error" });
  });

  it("gives nothing where the handler gave nothing, which Next reports itself", async () => {
    const GET = guardRoute(guard, () => undefined);
    expect(await GET(request)).toBeUndefined();
    expect(guard.counts().internalErrors).toBe(0);
  });
});
