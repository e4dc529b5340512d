/** For tests of the guard: what apps of Koa and Hono do that their documentation does not show first. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Context, Hono, type MiddlewareHandler, type Next } from "hono";
import { HTTPException } from "hono/http-exception";
import { streamSSE } from "hono/streaming";
import { boom, createHalf, createHalfOfNode, GET, HEAD, type OddExchange, postJson } from "./odd-exchanges.ts";

/** On Hono, by name. */
export const ODD_HONO_EXCHANGES: Readonly<Record<string, OddExchange>> = {
  "a Hono middleware that does not wait for the next": {
    records: 0,
    serve: (kit) =>
      kit.hono((app) => {
        app.use(((_context: Context, next: Next) => void next()) as unknown as MiddlewareHandler);
        app.get("/a", (context) => context.text("sync"));
      }),
  },
  "a Hono middleware that does not wait for a handler that takes a while": {
    records: 1,
    serve: (kit) =>
      kit.hono((app) => {
        app.use(((_context: Context, next: Next) => void next().catch(() => undefined)) as unknown as MiddlewareHandler);
        app.get("/a", async (context) => {
          await nextTurn();
          return context.text("late");
        });
      }),
  },
  "a Hono middleware that does not wait for a handler that throws": {
    records: 1,
    serve: (kit) =>
      kit.hono((app) => {
        app.use(((context: Context, next: Next) => {
          next().catch(() => undefined);
          return context.text("early");
        }) as unknown as MiddlewareHandler);
        app.get("/a", boom);
      }),
  },
  "a Hono middleware that answers after the next did": {
    records: 0,
    serve: (kit) =>
      kit.hono((app) => {
        app.use(async (context, next) => {
          await next();
          context.res = new Response("replaced", { status: 202, headers: { "x-was": String(context.res.status) } });
        });
        app.get("/a", (context) => context.text("first", 201));
      }),
  },
  "a Hono handler that is not there": { records: 0, serve: (kit) => kit.hono(() => undefined) },
  "an HTTPException of Hono's that is the client's fault": {
    records: 0,
    serve: (kit) =>
      kit.hono((app) =>
        app.get("/a", () => {
          throw new HTTPException(404, { message: "no such" });
        }),
      ),
  },
  "an HTTPException of Hono's that is ours, with a response of its own": {
    records: 1,
    serve: (kit) =>
      kit.hono((app) =>
        app.get("/a", () => {
          throw new HTTPException(503, { res: new Response("later", { status: 503, headers: { "retry-after": "3" } }) });
        }),
      ),
  },
  "an error of Hono's with a response": {
    records: 0,
    serve: (kit) =>
      kit.hono((app) =>
        app.get("/a", () => {
          throw Object.assign(new Error("teapot"), { getResponse: () => new Response("short", { status: 418 }) });
        }),
      ),
  },
  "something thrown on Hono that is no error": {
    records: 1,
    serve: (kit) =>
      kit.hono((app) =>
        app.get("/a", () => {
          // oxlint-disable-next-line no-throw-literal -- what hosts do
          throw "text";
        }),
      ),
  },
  "an error handler of Hono's that answers": {
    records: 1,
    serve: (kit) =>
      kit.hono((app) => {
        app.onError((thrown, context) => context.text(`own: ${thrown.message}`, 500));
        app.get("/a", boom);
      }),
  },
  "an error handler of Hono's that makes it a success": {
    records: 1,
    serve: (kit) =>
      kit.hono((app) => {
        app.onError((_thrown, context) => context.text("fine", 200));
        app.get("/a", boom);
      }),
  },
  "an error handler of Hono's that throws": {
    records: 1,
    serve: (kit) =>
      kit.hono((app) => {
        app.onError(() => {
          throw new Error("again");
        });
        app.get("/a", boom);
      }),
  },
  "an app of Hono's in another, with an error handler of its own": {
    records: 1,
    serve: (kit) =>
      kit.hono((app) => {
        const inner = new Hono();
        inner.onError((thrown, context) => context.text(`inner: ${thrown.message}`, 502));
        inner.get("/", boom);
        app.route("/a", inner);
      }),
  },
  "an app of Hono's that is mounted": {
    records: 1,
    serve: (kit) => kit.hono((app) => app.mount("/a", () => boom())),
  },
  "a middleware of Hono's that catches": {
    records: 1,
    serve: (kit) =>
      kit.hono((app) => {
        app.use(async (context, next) => {
          await next();
          if (context.error !== undefined) context.res = new Response("mended", { status: 200 });
        });
        app.get("/a", boom);
      }),
  },
  "a stream on Hono that fails half-way": {
    records: 1,
    serve: (kit) => kit.hono((app) => app.get("/a", (context) => context.body(createHalf().pipeThrough(new TextEncoderStream())))),
  },
  "events on Hono, and an error among them": {
    records: 0,
    serve: (kit) =>
      kit.hono((app) =>
        app.get("/a", (context: Context) =>
          streamSSE(
            context,
            async (stream) => {
              await stream.writeSSE({ data: "one", event: "tick" });
              boom();
            },
            async (thrown) => void thrown,
          ),
        ),
      ),
  },
  "a body on Hono that the client does not wait for": {
    records: 0,
    send: [GET.replace("connection: close\r\n", "")],
    hangsUp: "half",
    serve: (kit) =>
      kit.hono((app) =>
        app.get("/a", (context) => {
          const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("half")) });
          return context.body(body, 200, { "content-length": "100" });
        }),
      ),
  },
  "HEAD on Hono, and an error": { records: 1, send: [HEAD], serve: (kit) => kit.hono((app) => app.get("/a", boom)) },
  "nothing on Hono, with 204 and a cookie": {
    records: 0,
    serve: (kit) => kit.hono((app) => app.get("/a", (context) => context.body(null, 204, { "set-cookie": ["a=1", "b=2"] }))),
  },
  "JSON on Hono that is none": {
    records: 1,
    send: [postJson("{")],
    serve: (kit) => kit.hono((app) => app.post("/a", async (context) => context.json(await context.req.json()))),
  },
};

/** On Koa, by name. */
export const ODD_KOA_EXCHANGES: Readonly<Record<string, OddExchange>> = {
  "a Koa middleware that does not wait for the next": {
    records: 0,
    serve: (kit) =>
      kit.koa((app) => {
        app.use((context, next) => {
          context.body = "early";
          void next();
        });
        app.use(async (context) => {
          await nextTurn();
          context.body = "late";
        });
      }),
  },
  "a Koa middleware that does not wait for one that rejects": {
    records: 1,
    serve: (kit) =>
      kit.koa((app) => {
        app.use((context, next) => {
          context.body = "early";
          void next();
        });
        app.use(async () => {
          await nextTurn();
          boom();
        });
      }),
  },
  "a Koa middleware that calls the next twice": {
    records: 1,
    serve: (kit) =>
      kit.koa((app) => {
        app.use(async (_context, next) => {
          await next();
          await next();
        });
        app.use((context) => {
          context.body = "once";
        });
      }),
  },
  "an error of Koa's that is the client's fault, with headers": {
    records: 0,
    serve: (kit) =>
      kit.koa((app) => {
        app.use((context) => context.throw(401, "who", { headers: { "www-authenticate": "Basic" } }));
      }),
  },
  "an error of Koa's that is ours and shown": {
    records: 1,
    serve: (kit) =>
      kit.koa((app) => {
        app.use((context) => context.throw(503, "shown", { expose: true }));
      }),
  },
  "something thrown on Koa that is no error": {
    records: 1,
    serve: (kit) =>
      kit.koa((app) => {
        app.use(() => {
          // oxlint-disable-next-line no-throw-literal -- what hosts do
          throw "text";
        });
      }),
  },
  "a stream on Koa that fails half-way": {
    records: 1,
    serve: (kit) =>
      kit.koa((app) => {
        app.use((context) => {
          context.body = createHalfOfNode();
        });
      }),
  },
  "a stream of the web on Koa that fails half-way": {
    records: 1,
    serve: (kit) =>
      kit.koa((app) => {
        app.use((context) => {
          context.body = createHalf();
        });
      }),
  },
  "an answer without Koa": {
    records: 0,
    serve: (kit) =>
      kit.koa((app) => {
        app.use((context) => {
          context.respond = false;
          context.res.end("raw");
        });
      }),
  },
  "a Koa handler that is not there": { records: 0, serve: (kit) => kit.koa(() => undefined) },
  "a Koa app that handles errors itself, with 404": {
    records: 0,
    serve: (kit) =>
      kit.koa((app) => {
        Object.assign(app.context, {
          onerror(this: { readonly res: { end(text: string): void } }) {
            this.res.end("own");
          },
        });
        app.use(boom);
      }),
  },
};
