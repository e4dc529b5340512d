import { isDeepStrictEqual } from "node:util";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type InvalidRequestError, type StandardSchema, validateRequest } from "./validate.ts";

type Order = { readonly id: string; readonly count: number };

const LIBRARIES: readonly { readonly name: string; readonly schema: StandardSchema<Order> }[] = [
  { name: "zod", schema: z.object({ id: z.string(), count: z.number() }) },
  { name: "valibot", schema: v.object({ id: v.string(), count: v.number() }) },
  { name: "arktype", schema: type({ id: "string", count: "number" }) },
];

describe.each(LIBRARIES)("validating a request with $name", ({ schema }) => {
  it("gives what was parsed", async () => {
    const valid = await validateRequest({ body: schema }, { body: { id: "a", count: 2 }, query: { as: "it came" } });
    expect(valid).toEqual({ body: { id: "a", count: 2 }, query: { as: "it came" } });
  });

  it("answers 422 for a body, naming each member that is wrong", async () => {
    const refused = validateRequest({ body: schema }, { body: { id: 1, count: "two" } });
    await expect(refused).rejects.toSatisfy((error: InvalidRequestError) => {
      const places = error.issues.map((issue) => `${issue.in} ${issue.at}`);
      return isDeepStrictEqual(places.toSorted(), ["body /count", "body /id"]);
    });
  });
});

describe("validating a request", () => {
  it("refuses unknown members where asked, in depth", async () => {
    const body = z.object({ item: z.object({ id: z.string() }) });
    const parts = { body: { item: { id: "a", "ad/min": true }, extra: 1 } };
    await expect(validateRequest({ body, refuseUnknown: true }, parts)).rejects.toMatchObject({
      issues: [{ at: "/item/ad~1min" }, { at: "/extra" }],
    });
    expect((await validateRequest({ body }, parts)).body).toEqual({ item: { id: "a" } });
  });

  it("is never stuck on a hostile path, and lists no more than 20 things", async () => {
    const body = z.array(z.number());
    const refused = validateRequest({ body }, { body: Array.from({ length: 1000 }, () => "x") });
    await expect(refused).rejects.toSatisfy((error: { issues: unknown[] }) => error.issues.length === 20);
  });
});
