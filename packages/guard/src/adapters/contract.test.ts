/** Requests and responses of an Express app held against an OpenAPI document and against Standard Schemas. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import express from "express";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { createGuard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { createOpenApi } from "../validate/openapi/openapi.ts";
import { checkWithSchemas } from "../validate/response-check.ts";
import { checkResponses, getParsed, parseRequests } from "./contract.ts";
import { guardErrors, guardRequests } from "./express.ts";

const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "orders", version: "1" },
  servers: [{ url: "https://shop.example/v1" }],
  paths: {
    "/orders/{id}": {
      post: {
        operationId: "changeOrder",
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "integer" } },
          { name: "tag", in: "query", schema: { type: "array", items: { type: "integer" } } },
        ],
        requestBody: {
          required: true,
          content: { "application/json": { schema: { type: "object", required: ["count"], properties: { count: { type: "integer" } } } } },
        },
        responses: {
          200: {
            content: { "application/json": { schema: { type: "object", required: ["id"], properties: { id: { type: "integer" } } } } },
          },
        },
      },
    },
  },
};
const api = createOpenApi(DOCUMENT, { Ajv: Ajv2020, addFormats });

const open: (() => unknown)[] = [];
afterAll(() => Promise.all(open.map((close) => close())));

type Mode = "report" | "enforce";

async function mount(mode: Mode, handler: express.RequestHandler) {
  const collected = createCollected();
  const guard = createGuard({ service: "orders", transport: collected, spool: false, announce: false });
  const app = express();
  app.use(guardRequests(guard), express.json());
  app.use("/v1", checkResponses({ check: api, mode }), parseRequests(api), handler);
  const promised = checkWithSchemas({ "2XX": z.object({ name: z.string() }) });
  app.get("/plain", checkResponses({ check: promised, mode }), handler);
  app.use(guardErrors(guard));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(
    () => server.close().closeAllConnections(),
    () => guard.close(),
  );
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { base, guard, collected };
}

function post(url: string, body: unknown, contentType = "application/json"): Promise<Response> {
  return fetch(url, { method: "POST", headers: { "content-type": contentType }, body: JSON.stringify(body) });
}

const echo: express.RequestHandler = (request, response) => {
  const { params, query, body } = getParsed(request);
  response.json({ ...params, ...query, ...(body as object) });
};

describe("requests held against an OpenAPI document", () => {
  it("reach the handler as values", async () => {
    const { base } = await mount("report", echo);
    const answer = await post(`${base}/v1/orders/7?tag=1&tag=2`, { count: 3 });
    expect(await answer.json()).toEqual({ id: 7, tag: [1, 2], count: 3 });
  });

  it("are refused with 400, 404, 405, 415 and 422, and told nobody", async () => {
    const { base, guard } = await mount("enforce", echo);
    const answers = [
      await post(`${base}/v1/orders/seven`, { count: 3 }),
      await post(`${base}/v1/nothing`, { count: 3 }),
      await fetch(`${base}/v1/orders/7`),
      await post(`${base}/v1/orders/7`, { count: 3 }, "application/x-odd+json"),
      await post(`${base}/v1/orders/7`, { count: "three" }),
      await post(`${base}/v1/orders/%FF`, { count: 3 }),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([400, 404, 405, 415, 422, 400]);
    expect(await answers[4]?.json()).toMatchObject({ errors: [{ in: "body", at: "/count", message: "must be integer" }] });
    expect(guard.counts().captured).toBe(0);
  });

  it("are recorded as they were parsed, redacted, when the handler fails", async () => {
    const { base, guard, collected } = await mount("report", () => {
      throw new Error("a bug");
    });
    await post(`${base}/v1/orders/7?tag=12`, { count: 3, password: "hunter2-hunter2" });
    await guard.flush();
    const [span] = collected.spans;
    const told = JSON.parse(String(span?.attributes["faultline.request.parsed"])) as object;
    expect(told).toMatchObject({ params: { id: 7 }, query: { tag: [12] }, body: { count: 3 } });
    expect(collected.text).not.toContain("hunter2");
  });
});

const wrong: express.RequestHandler = (_request, response) =>
  void response.writeHead(200, { "content-type": "application/json" }).end('{"id":"seven","secret":1}');

describe("responses held against a document", () => {
  it("are sent and told as a hidden failure in report mode", async () => {
    const { base, guard, collected } = await mount("report", wrong);
    const answer = await post(`${base}/v1/orders/7`, { count: 3 });
    expect([answer.status, await answer.text()]).toEqual([200, '{"id":"seven","secret":1}']);
    await guard.flush();
    expect(collected.logs).toMatchObject([
      {
        severityNumber: 13,
        attributes: { "exception.type": "InvalidResponseError", "exception.message": expect.stringContaining("/id must be integer") },
      },
    ]);
    expect(collected.spans).toHaveLength(1);
  });

  it("are not sent in enforcing mode: 500, and nothing of them", async () => {
    const { base, guard } = await mount("enforce", wrong);
    const answer = await post(`${base}/v1/orders/7`, { count: 3 });
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/seven|secret/);
    expect(guard.counts().captured).toBe(1);
  });

  it.each<Mode>(["report", "enforce"])("pass byte for byte when they are right, in parts and at once, in mode %s", async (mode) => {
    const { base, guard } = await mount(mode, (_request, response) => {
      response.setHeader("content-type", "application/json");
      response.write('{"id"');
      setTimeout(() => response.end(": 7}"), 5);
    });
    const answer = await post(`${base}/v1/orders/7`, { count: 3 });
    expect([answer.status, await answer.text()]).toEqual([200, '{"id": 7}']);
    expect(guard.counts().captured).toBe(0);
  });

  it.each<[Mode, number]>([
    ["report", 200],
    ["enforce", 500],
  ])("are held against Standard Schemas as well, in mode %s", async (mode, status) => {
    const { base, guard } = await mount(mode, (_request, response) => void response.json({ name: 7 }));
    expect((await fetch(`${base}/plain`)).status).toBe(status);
    expect(guard.counts().captured).toBe(1);
  });

  it("stream on when they are longer than what is checked", async () => {
    const long = "x".repeat(3 << 20);
    const { base, guard } = await mount("enforce", (_request, response) => {
      response.writeHead(200, ["content-type", "text/plain", "x-part", "a", "x-part", "b"]);
      response.write(long);
      response.end("end");
    });
    const answer = await fetch(`${base}/plain`);
    expect(answer.headers.get("x-part")).toBe("a, b");
    expect((await answer.text()).length).toBe(long.length + 3);
    expect(guard.counts().captured).toBe(0);
  });
});
