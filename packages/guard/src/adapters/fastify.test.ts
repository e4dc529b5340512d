import fastify from "fastify";
import { describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { guardFastify } from "./fastify.ts";

describe("Fastify under the guard", () => {
  it("still throws out of reply.send what cannot be sent, for the handler to catch", async () => {
    const guard = createGuard({ service: "fastify", endpoint: false, announce: false, processHooks: false });
    const app = fastify();
    await app.register(guardFastify(guard));
    app.get("/", (_request, reply) => {
      reply.type("text/html");
      try {
        reply.send({});
      } catch (thrown) {
        reply.code(202).send(`caught ${String((thrown as { code?: string }).code)}`);
      }
    });
    const response = await app.inject("/");
    expect([response.statusCode, response.body]).toEqual([202, "caught FST_ERR_REP_INVALID_PAYLOAD_TYPE"]);
    expect(guard.counts()).toMatchObject({ captured: 0, internalErrors: 0 });
    await app.close();
    await guard.close();
  });
});
