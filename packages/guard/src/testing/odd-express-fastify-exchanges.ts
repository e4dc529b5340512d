/** For tests of the guard: what apps of Express and Fastify do that their documentation does not show first. */
import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { PassThrough } from "node:stream";
import express from "express";
import { boom, createHalf, createHalfOfNode, GET, type OddExchange, postJson } from "./odd-exchanges.ts";

/** A body that begins and never ends. */
function createEndless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("whole")) });
}

const store = new AsyncLocalStorage<string>();

/** On Express, by name. */
export const ODD_EXPRESS_EXCHANGES: Readonly<Record<string, OddExchange>> = {
  "an Express app in another, with an error handler of its own": {
    records: 1,
    serve: (kit) =>
      kit.express((app) => {
        const inner = express();
        inner.get("/", boom);
        // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
        inner.use(((thrown, _request, response, _next) => {
          response.status(502).send(`inner: ${(thrown as Error).message}`);
        }) as express.ErrorRequestHandler);
        app.use("/a", inner);
      }),
  },
  "an Express app in another, whose error goes on": {
    records: 1,
    serve: (kit) =>
      kit.express((app) => {
        const inner = express();
        inner.get("/", boom);
        app.use("/a", inner);
      }),
  },
  "a router of Express that merges parameters": {
    records: 0,
    serve: (kit) =>
      kit.express((app) => {
        const router = express.Router({ mergeParams: true });
        router.get("/", (request, response) => void response.json({ ...request.params, at: request.baseUrl, url: request.url }));
        app.use("/:name", router);
      }),
  },
  "a head written twice on Express": {
    records: 1,
    serve: (kit) =>
      kit.express((app) =>
        app.get("/a", (_request, response) => {
          response.writeHead(200, { "content-length": "2" });
          response.writeHead(201);
          response.end("ok");
        }),
      ),
  },
  "a route of Express that is left": {
    records: 0,
    serve: (kit) =>
      kit.express((app) => {
        app.get("/a", (_request, _response, next) => next("route"));
        app.get("/a", (_request, response) => void response.send("second"));
      }),
  },
  "a parameter of Express that throws": {
    records: 1,
    serve: (kit) =>
      kit.express((app) => {
        app.param("id", boom);
        app.get("/:id", (_request, response) => void response.send("never"));
      }),
  },
  "a file that Express has not got": {
    records: 0,
    serve: (kit) => kit.express((app) => app.get("/a", (_request, response) => response.sendFile("/nowhere/at/all"))),
  },
  "what nobody accepts on Express": {
    records: 0,
    send: [GET.replace("host: a", "host: a\r\naccept: image/png")],
    serve: (kit) => kit.express((app) => app.get("/a", (_request, response) => void response.format({ json: () => response.json(1) }))),
  },
  "a page on Express that has not changed": {
    records: 0,
    send: [GET.replace("host: a", 'host: a\r\nif-none-match: "x"')],
    serve: (kit) => kit.express((app) => app.get("/a", (_request, response) => void response.set("etag", '"x"').send("page"))),
  },
  "an error on Express with status and headers": {
    records: 0,
    serve: (kit) =>
      kit.express((app) =>
        app.get("/a", () => {
          throw Object.assign(new Error("slow down"), { status: 429, headers: { "retry-after": "9" } });
        }),
      ),
  },
  "an error handler of Express that throws": {
    records: 1,
    serve: (kit) =>
      kit.express((app) => {
        app.get("/a", boom);
        // oxlint-disable-next-line max-params -- Express knows an error handler by its four parameters
        app.use(((_thrown, _request, _response, _next) => {
          throw new Error("again");
        }) as express.ErrorRequestHandler);
      }),
  },
  "a storage of the host's own around Express": {
    records: 0,
    serve: (kit) => {
      const listener = kit.express((app) =>
        app.get("/a", (_request, response) => void setImmediate(() => response.send(store.getStore()))),
      );
      return (request, response) => store.run("outer", () => listener(request, response));
    },
  },
  "a resource that brings its own context": {
    records: 0,
    serve: (kit) => {
      const outside = store.run("outside", () => new AsyncResource("host"));
      return kit.express((app) => {
        app.use((_request, _response, next) => store.run("inside", next));
        app.get("/a", (_request, response) => outside.runInAsyncScope(() => void setImmediate(() => response.send(store.getStore()))));
      });
    },
  },
  "an answer on Express when the client has left": {
    records: 0,
    send: [GET.replace("connection: close\r\n", "")],
    hangsUp: "",
    serve: (kit) =>
      kit.express((app) =>
        app.get(
          "/a",
          (_request, response) => void response.on("close", () => void setImmediate(() => response.status(500).send("nobody"))),
        ),
      ),
  },
};

/** On Fastify, by name. */
export const ODD_FASTIFY_EXCHANGES: Readonly<Record<string, OddExchange>> = {
  "error handlers of Fastify in plugins in plugins": {
    records: 1,
    serve: (kit) =>
      kit.fastify((app) => {
        app.setErrorHandler((thrown, _request, reply) => reply.code(503).send(`outer: ${(thrown as Error).message}`));
        return app.register(async (inner) => {
          inner.setErrorHandler((thrown) => {
            throw new Error("inner", { cause: thrown });
          });
          inner.get("/a", boom);
        });
      }),
  },
  "an answer of Fastify's that the host took over": {
    records: 0,
    serve: (kit) =>
      kit.fastify((app) =>
        app.get("/a", (_request, reply) => {
          reply.hijack();
          reply.raw.end("raw");
        }),
      ),
  },
  "an error on Fastify behind an answer that the host took over": {
    records: 0,
    serve: (kit) =>
      kit.fastify((app) =>
        app.get("/a", async (_request, reply) => {
          reply.hijack();
          reply.raw.end("raw");
          boom();
        }),
      ),
  },
  "a body that Fastify's schema refuses": {
    records: 0,
    send: [postJson("{}")],
    serve: (kit) =>
      kit.fastify((app) =>
        app.post("/a", { schema: { body: { type: "object", required: ["name"], properties: { name: { type: "string" } } } } }, () => "ok"),
      ),
  },
  "a body that is too long for Fastify": {
    records: 0,
    send: [postJson(`"${"y".repeat(64)}"`)],
    serve: (kit) => kit.fastify((app) => app.post("/a", { bodyLimit: 8 }, () => "ok")),
  },
  "a media type that Fastify does not know": {
    records: 0,
    send: [postJson("{}").replace("application/json", "image/png")],
    serve: (kit) => kit.fastify((app) => app.post("/a", () => "ok")),
  },
  "an answer that Fastify cannot write": {
    records: 1,
    serve: (kit) =>
      kit.fastify((app) => {
        const loop: { self?: unknown } = {};
        loop.self = loop;
        app.get("/a", async () => loop);
      }),
  },
  "a Fastify handler that gives nothing": { records: 0, serve: (kit) => kit.fastify((app) => app.get("/a", async () => undefined)) },
  "something thrown on Fastify that is no error": {
    records: 1,
    serve: (kit) =>
      kit.fastify((app) =>
        app.get("/a", async () => {
          // oxlint-disable-next-line no-throw-literal -- what hosts do
          throw "text";
        }),
      ),
  },
  "an answer sent twice on Fastify": {
    records: 0,
    serve: (kit) =>
      kit.fastify((app) =>
        app.get("/a", (_request, reply) => {
          void reply.send("first");
          void reply.send("second");
        }),
      ),
  },
  "a stream on Fastify that fails half-way": {
    records: 1,
    serve: (kit) => kit.fastify((app) => app.get("/a", (_request, reply) => reply.send(createHalfOfNode()))),
  },
  "a stream on Fastify that closes half-way without an error": {
    records: 1,
    serve: (kit) =>
      kit.fastify((app) =>
        app.get("/a", (_request, reply) => {
          const stream = new PassThrough();
          stream.write("whole");
          setTimeout(() => stream.destroy(), 50);
          return reply.send(stream);
        }),
      ),
  },
  // Fastify writes it to its log, tells no hook of it, and breaks the response off without a reason.
  "a stream of the web on Fastify that fails half-way": {
    records: 1,
    serve: (kit) => kit.fastify((app) => app.get("/a", (_request, reply) => reply.send(createHalf().pipeThrough(new TextEncoderStream())))),
  },
  "a Response on Fastify whose body fails half-way": {
    records: 1,
    serve: (kit) =>
      kit.fastify((app) => app.get("/a", (_request, reply) => reply.send(new Response(createHalf().pipeThrough(new TextEncoderStream()))))),
  },
  "a stream of the web on Fastify whose client leaves": {
    records: 0,
    hangsUp: "whole\r\n",
    serve: (kit) => kit.fastify((app) => app.get("/a", (_request, reply) => reply.send(createEndless()))),
  },
  "a stream of the web on Fastify whose response is broken off by the handler": {
    records: 0,
    serve: (kit) =>
      kit.fastify((app) =>
        app.get("/a", (_request, reply) => {
          setTimeout(() => reply.raw.destroy(), 50);
          return reply.send(createEndless());
        }),
      ),
  },
  "a Response on Fastify": {
    records: 0,
    serve: (kit) =>
      kit.fastify((app) => app.get("/a", (_request, reply) => reply.send(new Response("web", { status: 201, headers: { "x-a": "1" } })))),
  },
  "a first hook of Fastify's that throws": {
    records: 1,
    serve: (kit) =>
      kit.fastify((app) => {
        app.addHook("onRequest", async () => boom());
        app.get("/a", () => "never");
      }),
  },
  "a hook of Fastify's behind the answer that throws": {
    records: 0,
    serve: (kit) =>
      kit.fastify((app) => {
        app.addHook("onResponse", async () => boom());
        app.get("/a", () => "sent");
      }),
  },
  "trailers of Fastify's": {
    records: 0,
    serve: (kit) =>
      kit.fastify((app) =>
        app.get("/a", (_request, reply) => {
          reply.trailer("x-sum", async () => "1");
          return reply.send("with");
        }),
      ),
  },
  "a page that Fastify has not got, by a handler of the plugin's": {
    records: 0,
    serve: (kit) =>
      kit.fastify((app) =>
        app.register(
          async (inner) => {
            inner.setNotFoundHandler((_request, reply) => reply.code(404).send("inner"));
          },
          { prefix: "/a" },
        ),
      ),
  },
};
