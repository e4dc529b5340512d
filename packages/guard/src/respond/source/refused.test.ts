import { symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join, sep } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ask, type Asked, folder, loadHandler } from "../../testing/scripted-handlers.ts";

type Case = readonly [name: string, script: string, asked: Asked];

const ZOD = "const { z } = require('zod')\nconst Row = z.object({ id: z.string(), price: z.number() })\n";
const VALIBOT = "const v = require('valibot')\nconst Row = v.object({ id: v.string(), price: v.number() })\n";
const DATABASE =
  "const { DatabaseSync } = require('node:sqlite')\nconst db = new DatabaseSync(':memory:')\ndb.exec(`create table p (id text primary key, price text); insert into p values ('1', null)`)\nconst byId = db.prepare('select * from p where id = ?')\n";
const GET: Asked = { route: "/rows/:id", target: "/rows/1", method: "GET" };
const LACKING: Asked = { body: { id: "1" } };
const RIGHT: Asked = { body: { id: "1", price: 3 } };

const BUGS: readonly Case[] = [
  ["a row, with Zod", `${ZOD}${DATABASE}exports.handler = (req) => Row.parse(byId.get(req.params.id))`, GET],
  ["a row, with Valibot", `${VALIBOT}${DATABASE}exports.handler = (req) => v.parse(Row, byId.get(req.params.id))`, GET],
  ["rows", `${ZOD}${DATABASE}const all = db.prepare('select * from p')\nexports.handler = (req) => z.array(Row).parse(all.all())`, GET],
  [
    "a row that a function of the app loads and another checks",
    `${ZOD}${DATABASE}const load = async (id) => byId.get(id)\nconst check = (schema, data) => schema.parse(data)\nexports.handler = async (req) => check(Row, await load(req.params.id))`,
    GET,
  ],
  ["what is written out", `${ZOD}exports.handler = (req) => Row.parse({ id: '1', price: null })`, RIGHT],
  ["a list that is written out", `${VALIBOT}exports.handler = (req) => v.parse(v.array(Row), [{ id: '1', price: 'x' }])`, RIGHT],
];

const PROVOKED: readonly Case[] = [
  ["the body", `${ZOD}exports.handler = (req) => Row.parse(req.body)`, LACKING],
  ["the body, with Valibot", `${VALIBOT}exports.handler = (req) => v.parse(Row, req.body)`, LACKING],
  ["a part beside the app's own", `${ZOD}exports.handler = (req) => Row.parse({ id: 'x', price: req.body.price })`, LACKING],
  ["an empty body with something beside it", `${ZOD}exports.handler = (req) => Row.parse({ ...req.body, id: 'x' })`, { body: {} }],
  [
    "what was sent, over a row",
    `${ZOD}${DATABASE}exports.handler = (req) => Row.parse({ ...byId.get('1'), ...req.body })`,
    { body: { price: "x" } },
  ],
  [
    "what is put together where it was sent",
    `${ZOD}exports.handler = (req) => { const row = { id: 'x' }; if (req.body.price) row.price = req.body.price; return Row.parse(row) }`,
    { body: {} },
  ],
  [
    "what another function made of it",
    `${ZOD}const { pick } = require('versions')\nconst tools = { pick: (of) => ({ ...of }) }\nexports.handler = (req) => Row.parse(tools.pick(req.body))`,
    LACKING,
  ],
  [
    "what is kept for the request",
    `${ZOD}const { AsyncLocalStorage } = require('node:async_hooks')\nconst kept = new AsyncLocalStorage()\nconst work = () => Row.parse(kept.getStore().body)\nexports.handler = (req) => kept.run({ body: req.body }, () => work())`,
    LACKING,
  ],
  [
    "a tick that was compared",
    `${ZOD}const S = z.object({ accepted: z.literal(true) })\nexports.handler = (req) => S.parse({ accepted: req.body.accepted === 'on' })`,
    { body: { accepted: "off" } },
  ],
  [
    "a tick that is no text",
    `${ZOD}const S = z.object({ accepted: z.literal(true) })\nexports.handler = (req) => S.parse({ accepted: !!req.body.accepted })`,
    { body: { accepted: "" } },
  ],
  [
    "what was counted",
    `${ZOD}const S = z.object({ n: z.number().min(1) })\nexports.handler = (req) => { let n = 0; for (const i of req.body.items) n += 1; return S.parse({ n }) }`,
    { body: { items: [] } },
  ],
  [
    "an age that was compared",
    `${ZOD}const S = z.object({ adult: z.literal(true) })\nexports.handler = (req) => S.parse({ adult: req.body.age >= 18 })`,
    { body: { age: 5 } },
  ],
  [
    "what stands in for a name",
    `${ZOD}const S = z.object({ name: z.string().min(1) })\nexports.handler = (req) => S.parse({ name: req.body.name ?? '' })`,
    { body: {} },
  ],
  [
    "what a branch has chosen",
    `${ZOD}const S = z.object({ mode: z.enum(['a', 'b']) })\nexports.handler = (req) => { let mode = 'none'; if (req.body.a) mode = 'a'; return S.parse({ mode }) }`,
    { body: {} },
  ],
];

describe("what a schema refuses", () => {
  beforeAll(() => {
    for (const name of ["zod", "valibot"]) {
      const [root] = createRequire(import.meta.url)
        .resolve(name)
        .split(`${sep}${name}${sep}`);
      symlinkSync(join(root as string, name), join(folder, "node_modules", name));
    }
  });

  it.each(BUGS)("is a 500 where it is the app's own: %s", async (...[, script, asked]) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 500, told: 1 });
  });

  it.each(PROVOKED)("is a 422 where it may be the request's: %s", async (...[, script, asked]) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 422, told: 0 });
  });

  it("is a 400 where the client names a row that is not there", async () => {
    const script = `${ZOD}${DATABASE}exports.handler = (req) => Row.parse(byId.get(req.params.id))`;
    expect(await ask(loadHandler(script), { ...GET, target: "/rows/99" })).toEqual({ status: 400, told: 0 });
  });
});
