import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { createOpenApi, type OpenApi, type OpenApiRequest, OperationError } from "./openapi.ts";

type Schema = Record<string, unknown>;

/** A document with one operation, `GET /things/{id}`, and what it is given. */
function withParameter(parameter: Record<string, unknown>, template = "/things"): OpenApi {
  const document = { openapi: "3.1.0", paths: { [template]: { get: { parameters: [parameter], responses: {} } } } };
  return createOpenApi(document, { Ajv: Ajv2020, addFormats });
}

const NUMBERS: Schema = { type: "array", items: { type: "integer" } };
const COLOUR: Schema = { type: "object", properties: { R: { type: "integer" }, G: { type: "integer" } } };

/** From the table of styles in OpenAPI 3.1 §4.8.12.4, with the values it gives. */
const STYLES: readonly { in: string; style: string; explode: boolean; schema: Schema; sent: string; value: unknown }[] = [
  { in: "query", style: "form", explode: false, schema: NUMBERS, sent: "v=3,4,5", value: [3, 4, 5] },
  { in: "query", style: "form", explode: true, schema: NUMBERS, sent: "v=3&v=4", value: [3, 4] },
  { in: "query", style: "form", explode: false, schema: COLOUR, sent: "v=R,100,G,200", value: { R: 100, G: 200 } },
  { in: "query", style: "form", explode: true, schema: COLOUR, sent: "R=100&G=200", value: { R: 100, G: 200 } },
  { in: "query", style: "form", explode: true, schema: { type: "string" }, sent: "v=a+b%2Bc", value: "a b+c" },
  { in: "query", style: "spaceDelimited", explode: false, schema: NUMBERS, sent: "v=3%204+5", value: [3, 4, 5] },
  { in: "query", style: "pipeDelimited", explode: false, schema: NUMBERS, sent: "v=3|4%7C5", value: [3, 4, 5] },
  { in: "query", style: "deepObject", explode: true, schema: COLOUR, sent: "v[R]=100&v%5BG%5D=200", value: { R: 100, G: 200 } },
  { in: "path", style: "simple", explode: false, schema: NUMBERS, sent: "3,4,5", value: [3, 4, 5] },
  { in: "path", style: "simple", explode: false, schema: COLOUR, sent: "R,100,G,200", value: { R: 100, G: 200 } },
  { in: "path", style: "simple", explode: true, schema: COLOUR, sent: "R=100,G=200", value: { R: 100, G: 200 } },
  { in: "path", style: "label", explode: false, schema: NUMBERS, sent: ".3,4,5", value: [3, 4, 5] },
  { in: "path", style: "label", explode: true, schema: NUMBERS, sent: ".3.4.5", value: [3, 4, 5] },
  { in: "path", style: "label", explode: true, schema: COLOUR, sent: ".R=100.G=200", value: { R: 100, G: 200 } },
  { in: "path", style: "matrix", explode: false, schema: NUMBERS, sent: ";v=3,4,5", value: [3, 4, 5] },
  { in: "path", style: "matrix", explode: true, schema: NUMBERS, sent: ";v=3;v=4", value: [3, 4] },
  { in: "path", style: "matrix", explode: false, schema: COLOUR, sent: ";v=R,100,G,200", value: { R: 100, G: 200 } },
  { in: "path", style: "matrix", explode: true, schema: COLOUR, sent: ";R=100;G=200", value: { R: 100, G: 200 } },
  { in: "path", style: "simple", explode: false, schema: { type: "string" }, sent: "a%2Fb%20c", value: "a/b c" },
  { in: "header", style: "simple", explode: false, schema: NUMBERS, sent: "3, 4,5", value: [3, 4, 5] },
  { in: "header", style: "simple", explode: true, schema: COLOUR, sent: "R=100,G=200", value: { R: 100, G: 200 } },
  { in: "header", style: "simple", explode: false, schema: { type: "string" }, sent: "100%", value: "100%" },
  { in: "cookie", style: "form", explode: false, schema: NUMBERS, sent: "other=1; v=3,4", value: [3, 4] },
  { in: "cookie", style: "form", explode: true, schema: { type: "boolean" }, sent: "v=true", value: true },
];

const SENT: Readonly<Record<string, (sent: string) => OpenApiRequest>> = {
  query: (sent) => ({ method: "GET", target: `/things?${sent}`, headers: {} }),
  path: (sent) => ({ method: "GET", target: `/things/${sent}`, headers: {} }),
  header: (sent) => ({ method: "GET", target: "/things", headers: { v: sent } }),
  cookie: (sent) => ({ method: "GET", target: "/things", headers: { cookie: sent } }),
};

const TEMPLATES: Readonly<Record<string, string>> = { query: "/things", path: "/things/{v}", header: "/things", cookie: "/things" };

describe("a parameter", () => {
  it.each(STYLES)("in $in, style $style, explode $explode, reads $sent", ({ value, sent, ...parameter }) => {
    const template = TEMPLATES[parameter.in] as string;
    const { params, query, headers, cookies } = withParameter(
      { ...parameter, name: "v", required: parameter.in === "path" },
      template,
    ).parseRequest((SENT[parameter.in] as (sent: string) => OpenApiRequest)(sent));
    expect({ ...params, ...query, ...headers, ...cookies }["v"]).toEqual(value);
  });

  it.each([
    ["v=x", "must be integer"],
    ["v=", "must be integer"],
    ["v=1e400", "must be integer"],
    ["v=1&v=2", "is there more than once"],
    ["v=%FF", "is not percent-encoded correctly"],
    ["", "is missing"],
  ])("is refused when it is %s: %s", (sent, message) => {
    const api = withParameter({ name: "v", in: "query", required: true, schema: { type: "integer" } });
    expect(() => api.parseRequest({ method: "GET", target: `/things?${sent}`, headers: {} })).toThrow(
      expect.objectContaining({ issues: [{ in: "query", at: "/v", message }] }),
    );
  });

  it("may be JSON, may have a default, and may be called __proto__", () => {
    const json = withParameter({ name: "v", in: "query", content: { "application/json": { schema: COLOUR } } });
    expect(json.parseRequest({ method: "GET", target: "/things?v=%7B%22R%22:1%7D", headers: {} }).query).toEqual({ v: { R: 1 } });
    const preset = withParameter({ name: "v", in: "query", schema: { type: "integer", default: 20 } });
    expect(preset.parseRequest({ method: "GET", target: "/things", headers: {} }).query).toEqual({ v: 20 });
    const deep = withParameter({ name: "v", in: "query", style: "deepObject", schema: { type: "object" } });
    deep.parseRequest({ method: "GET", target: "/things?v[__proto__]=polluted&v[constructor]=x", headers: {} });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

const SHARED = {
  openapi: "3.1.0",
  paths: {
    "/pets": {
      post: {
        requestBody: { required: true, content: { "application/json": { schema: { $ref: "#/components/schemas/Dog" } }, "text/*": {} } },
        responses: { "2XX": { content: { "application/json": { schema: { $ref: "#/components/schemas/Dog" } } } } },
      },
    },
    "/pets/{id}": { get: { operationId: "one", responses: {} } },
    "/pets/mine": { get: { operationId: "mine", responses: {} } },
  },
  components: {
    schemas: {
      Pet: { type: "object", required: ["name"], properties: { name: { type: "string" }, mother: { $ref: "#/components/schemas/Dog" } } },
      Dog: {
        allOf: [
          { $ref: "#/components/schemas/Pet" },
          {
            type: "object",
            properties: { barks: { type: "boolean" }, tags: { type: "object" }, born: { type: "string", format: "date" } },
          },
        ],
      },
    },
  },
};

function postPet(body: unknown, refuseUnknown: boolean, contentType = "application/json; charset=utf-8"): unknown {
  const api = createOpenApi(SHARED, { Ajv: Ajv2020, addFormats, refuseUnknown });
  return api.parseRequest({ method: "POST", target: "/pets", headers: { "content-type": contentType }, body }).body;
}

describe("a body", () => {
  it("is held against its schema, references, formats and all", () => {
    const dog = { name: "Rex", mother: { name: "Bella", tags: { any: 1 } }, extra: 1 };
    expect(postPet(dog, false)).toBe(dog);
    expect(() => postPet({ name: 1, mother: {}, born: "soon" }, false)).toThrow(
      expect.objectContaining({
        issues: expect.arrayContaining([
          { in: "body", at: "/name", message: "must be string" },
          expect.objectContaining({ at: "/born" }),
          expect.objectContaining({ at: "/mother" }),
        ]),
      }),
    );
    expect(() => postPet(undefined, false)).toThrow("the request is not valid: body");
  });

  it("has no unknown members where they are refused, in depth, through allOf, but in maps", () => {
    expect(postPet({ name: "Rex", barks: true, tags: { any: 1 } }, true)).toEqual({ name: "Rex", barks: true, tags: { any: 1 } });
    const unknown = { name: "Rex", extra: 1, mother: { name: "Bella", "is/admin": true } };
    expect(() => postPet(unknown, true)).toThrow(
      expect.objectContaining({
        issues: expect.arrayContaining([
          { in: "body", at: "/extra", message: "is not known here" },
          { in: "body", at: "/mother/is~1admin", message: "is not known here" },
        ]),
      }),
    );
  });

  it("is chosen by its media type", () => {
    expect(postPet("anything", false, "text/plain")).toBe("anything");
    expect(() => postPet({ name: "Rex" }, false, "application/xml")).toThrow(OperationError);
  });
});

describe("a document", () => {
  const api = createOpenApi(SHARED, { Ajv: Ajv2020, addFormats });

  it("is searched for concrete paths before templates, and says what there is instead", () => {
    const find = (method: string, target: string): string => api.parseRequest({ method, target, headers: {} }).operation;
    expect([find("GET", "/pets/mine"), find("GET", "/pets/7?x=1"), find("GET", "/pets/mine/")]).toEqual(["mine", "one", "mine"]);
    expect(() => find("GET", "/pets/7/8")).toThrow("unknown-path");
    expect(() => find("DELETE", "/pets/7")).toThrow("unknown-method, there is GET");
  });

  it("checks responses by exact status, by class and by media type", async () => {
    const check = api.findResponseCheck({ method: "POST", target: "/pets" });
    const ask = async (status: number, contentType: string, body: unknown): Promise<unknown> =>
      check?.({ status, contentType, readBody: () => body });
    expect(await ask(201, "application/json", { name: "Rex" })).toEqual([]);
    expect(await ask(201, "application/json", { name: 7 })).toMatchObject([{ at: "/name" }]);
    expect(await ask(404, "application/json", {})).toMatchObject([{ message: "the document has no response 404" }]);
    expect(await ask(200, "text/html", "")).toMatchObject([{ message: "the document has no text/html for 200" }]);
  });

  it.each([
    [{ openapi: "3.0.3", paths: {} }, "OpenAPI 3.0.3"],
    [{ openapi: "3.1.0", paths: { "/a": { get: { parameters: [{ $ref: "other.yaml#/x" }] } } } }, "bundle the document"],
    [{ openapi: "3.1.0", paths: { "/a": { get: { parameters: [{ $ref: "#/nowhere" }] } } } }, "nothing at #/nowhere"],
    [{ openapi: "3.1.0", paths: { "/a": { $ref: "#/paths/~1a" } } }, "in a circle"],
    [{ openapi: "3.1.0", paths: { "/a": { get: { parameters: [{ name: "v", in: "query", schema: { type: "wrong" } }] } } } }, "type"],
  ])("that is wrong is refused at the start", (document, message) => {
    expect(() => createOpenApi(document, { Ajv: Ajv2020 })).toThrow(message);
  });
});
