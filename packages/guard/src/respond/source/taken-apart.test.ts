import { describe, expect, it } from "vitest";
import { ask, type Asked, loadHandler } from "../../testing/scripted-handlers.ts";

type Case = readonly [name: string, script: string, asked: Asked];

const bearer = (value: string): Asked => ({ headers: { authorization: value } });

const TOKEN =
  "exports.handler = (req) => JSON.parse(Buffer.from(req.headers.authorization.substring('Bearer '.length).split('.')[1], 'base64url').toString()).sub";

/** Handlers that take a text of the request apart, and a request that lacks the part. */
const PROVOKED: readonly Case[] = [["a piece behind what is cut off in front", TOKEN, bearer("Bearer abc")]];

/** The bugs that look most like them, and a request that is right. */
const BUGS: readonly Case[] = [
  [
    "a piece that was cut off with what stands in front",
    "exports.handler = (req) => Buffer.from(req.headers.authorization.substring(req.headers.authorization.indexOf('.') + 1).split('.')[1], 'base64url').toString()",
    bearer("Bearer abc.e30"),
  ],
  [
    "the first piece, of which too much is cut off",
    "exports.handler = (req) => new Response(null, { status: Number(req.headers.authorization.substring(9).split('.')[0]) })",
    bearer("Bearer 200.abc"),
  ],
];

describe("a part of a text of the request", () => {
  it.each(PROVOKED)("is what the request lacks: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 400, told: 1 });
  });

  it.each(BUGS)("may be asked for by mistake: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 500 });
  });
});
