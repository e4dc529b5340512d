import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, type Asked, folder, load, loadHandler } from "../../testing/scripted-handlers.ts";

// What the scripts import.
writeFileSync(
  join(folder, "orders.cjs"),
  `exports.readItems = void 0
const readItems = (order) => order.items
exports.readItems = readItems
exports.findItems = (order) => stock[order.id]
exports.Orders = class { items({ items }) { return items } }
const stock = {}`,
);

writeFileSync(
  join(folder, "store.cjs"),
  `const memo = (make) => () => undefined
function find(body) { return body.user }
function read(body) { return body.user }
class Store { read() {} }
module.exports = { find: memo(find), store: new Store(), read: () => undefined }`,
);
writeFileSync(join(folder, "users.cjs"), "module.exports = { find }\nfunction find(body) { return body.user }");
writeFileSync(
  join(folder, "users.mjs"),
  "export const find = (body) => body.user, findOne = () => undefined\nfunction read(body) { return body.user }\nexport { findOne as read }",
);

const READ_JSON =
  "const readJson = (ctx) => new Promise(async (done) => { let raw = ''; for await (const part of ctx) raw += part; done(JSON.parse(raw)) })";

/** Handlers with functions of the app and a request that each of them cannot take. */
const PROVOKED: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  ["a function", "exports.handler = (req) => read(req.body).trim()\nfunction read(body) { return body.name }", { body: {} }],
  ["an arrow", "exports.handler = (req) => { const read = (body) => body.name; return read(req.body).trim() }", { body: {} }],
  [
    "a part of it",
    "exports.handler = (req) => { const { user } = read(req); return user.name }\nconst read = ({ body }) => body",
    { body: {} },
  ],
  [
    "JSON that a helper of the app reads of a context, in a way that cannot be followed",
    `${READ_JSON}\nexports.handler = async (ctx) => { const { user } = await readJson(ctx); return user.name }`,
    { text: "{}" },
  ],
  [
    "a function that is waited for",
    "exports.handler = async (c) => { const items = await read(c); return items.map(String) }\nasync function read(c) { const { items } = await c.json(); return items }"
      .replaceAll("(c)", "(request)")
      .replace("c.json", "request.json"),
    { text: "{}" },
  ],
  [
    "a function that looks at it first",
    "exports.handler = (req) => { const order = assert(req.body); return order.user.name }\nfunction assert(body) { if (typeof body !== 'object') throw new Error('no order'); return body; }",
    { body: { user: null } },
  ],
  [
    "a function that may as well give nothing, of which no member could be read",
    "exports.handler = (req) => { const order = read(req.body); return order.user.name }\nfunction read(body) { if (body === 5) return null; return body; }",
    { body: {} },
  ],
  [
    "an object that a function makes",
    "exports.handler = (req) => { const order = normalise(req.body); return order.name.trim() }\nconst normalise = (body) => ({ name: body.title, size: 5 })",
    { body: {} },
  ],
  [
    "an object that a function makes, with all that was sent",
    "exports.handler = (req) => { const order = normalise(req.body); return order.title.trim() }\nconst normalise = (body) => ({ at: 5, ...body })",
    { body: {} },
  ],
  [
    "a member that stands behind all that was sent",
    "exports.handler = (req) => { const order = normalise(req.body); return order.name.trim() }\nconst normalise = (body) => ({ ...body, name: body.title })",
    { body: { name: "Blue mug" } },
  ],
  [
    "a function of a function",
    "exports.handler = (req) => first(req.body).name\nconst all = (body) => body.list, first = (body) => all(body)[0]",
    { body: { list: [] } },
  ],
  [
    "a method of an object",
    "exports.handler = (req) => mapper.items(req.body).map(String)\nconst mapper = { total: 5, items(body) { return body.items } }",
    { body: {} },
  ],
  [
    "a method of a class",
    "exports.handler = (req) => mapper.items(req.body).map(String)\nclass Mapper { constructor(rate) { this.rate = rate } items(body) { return body.items } }\nconst mapper = new Mapper(5)",
    { body: {} },
  ],
  [
    "a method that stands alone",
    "exports.handler = (req) => Mapper.items(req.body).map(String)\nclass Mapper { static items(body) { return body.items } }",
    { body: {} },
  ],
  [
    "a function of another script",
    "const { readItems } = require('./orders.cjs')\nexports.handler = (req) => readItems(req.body).map(String)",
    { body: {} },
  ],
  [
    "a function of another script, as compilers call it",
    'const orders_1 = require("./orders.cjs")\nexports.handler = (req) => (0, orders_1.readItems)(req.body).map(String)',
    { body: {} },
  ],
  [
    "a method of a class of another script",
    "const { Orders } = require('./orders.cjs')\nconst orders = new Orders()\nexports.handler = (req) => orders.items(req.body).map(String)",
    { body: {} },
  ],
];

/** Handlers whose functions give something of their own, and a request that is right. */
const BUGS: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "JSON that a helper reads of a context, by which a store has nothing",
    `${READ_JSON}\nexports.handler = async (ctx) => { const { user } = await readJson(ctx); return find(user.id).name }\nconst find = (id) => rows[id], rows = []`,
    { text: '{"user":{"id":1}}' },
  ],
  [
    "what a store lacks",
    "exports.handler = async (req) => { const cart = await loadCart(req.body.id); return cart.items }\nconst carts = new Map()\nasync function loadCart(id) { return carts.get(id) }",
    { body: { id: 1 } },
  ],
  [
    "what a table lacks",
    "exports.handler = (req) => rate(req.body.code).value\nconst rates = {}\nfunction rate(code) { return rates[code] }",
    { body: { code: "usd" } },
  ],
  [
    "what another script's store lacks",
    "const { findItems } = require('./orders.cjs')\nexports.handler = (req) => findItems(req.body).map(String)",
    { body: { id: 1 } },
  ],
  [
    "what may be the store's as well",
    "exports.handler = (req) => find(req.body).name\nconst users = {}\nfunction find(body) { if (body.id) return users[body.id]; return body.user }",
    { body: { id: 1 } },
  ],
  [
    "what the function itself takes for nothing",
    "exports.handler = (req) => find(req.body).trim()\nfunction find(body) { if (body.id) return undefined; return body.user }",
    { body: { id: 1 } },
  ],
  [
    "a function that forgets to give anything",
    "exports.handler = (req) => find(req.body).trim()\nfunction find(body) { if (body.user) return body.user }",
    { body: { id: 1 } },
  ],
  [
    "a function that has been replaced",
    "exports.handler = (req) => find(req.body).trim()\nfunction find(body) { return body.user }\nfind = () => undefined",
    { body: { id: 1 } },
  ],
  [
    "a variable that is another function later",
    "let find = (body) => body.user\nexports.handler = (req) => find(req.body).trim()\nfind = () => undefined",
    { body: { id: 1 } },
  ],
  [
    "a method that has been replaced",
    "exports.handler = (req) => mapper.find(req.body).trim()\nconst mapper = { find(body) { return body.user } }\nmapper.find = () => undefined",
    { body: { id: 1 } },
  ],
  [
    "a method of what is not the class's",
    "exports.handler = (req) => db.find(req.body).trim()\nclass Mapper { find(body) { return body.user } }\nconst db = require('node:module').wrap ? { ...{ find: () => undefined } } : new Mapper()",
    { body: { id: 1 } },
  ],
  [
    "a method that a class of its own has",
    "exports.handler = (req) => orders.find(req.body).trim()\nclass Base { find(body) { return body.user } }\nclass Orders extends Base { find() {} }\nconst orders = new Orders()",
    { body: { id: 1 } },
  ],
  [
    "a function that is wrapped",
    "const once = () => () => undefined\nconst find = once((body) => body.user)\nexports.handler = (req) => find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "what a helper puts into what it was given",
    "exports.handler = async (request) => { const order = await request.json(); const same = attach(order); return same.owner.name }\nfunction attach(order) { order.owner = {}.x; return order }",
    { text: '{"id":1}' },
  ],
  [
    "what is put into what a function made",
    "exports.handler = (req) => { const order = normalise(req.body); order.owner = {}.x; return order.owner.name }\nconst normalise = (body) => ({ owner: body.owner })",
    { body: { id: 1 } },
  ],
  [
    "what a function puts in front of all that was sent",
    "exports.handler = (req) => normalise(req.body).owner.name\nconst normalise = (body) => ({ ...body, owner: {}.x })",
    { body: { owner: { name: "ann" } } },
  ],
  [
    "what may be spread over what the function says",
    "exports.handler = (req) => normalise(req.body).owner.name\nconst found = { owner: undefined }\nconst normalise = (body) => ({ owner: body.owner, ...found })",
    { body: { id: 1 } },
  ],
  [
    "a member that the function does not make",
    "exports.handler = (req) => normalise(req.body).owner.name\nconst normalise = (body) => ({ title: body.title })",
    { body: { title: "a" } },
  ],
  [
    "a wrong name in a function",
    "exports.handler = (req) => read(req.body).trim()\nfunction read(body) { return body.nmae }",
    { body: { name: "ann" } },
  ],
  [
    "a part of which the function knows that it need not be there",
    "exports.handler = (req) => read(req.body).code\nfunction read(body) { if (body.coupon) console.assert(true); return body.coupon }",
    { body: { id: 1 } },
  ],
  [
    "a function that waits, which nobody waits for",
    "exports.handler = (req) => read(req.body).user.name\nasync function read(body) { return body }",
    { body: { user: { name: "a" } } },
  ],
  [
    "values one by one",
    "exports.handler = (req) => read(req.body).user.name\nfunction* read(body) { return body }",
    { body: { user: { name: "a" } } },
  ],
  [
    "a function that does something else first",
    "exports.handler=e=>r(e.body).name;function r(e){return e.user,f}var f",
    { body: { user: { name: "a" } } },
  ],
  [
    "an argument of another place",
    "exports.handler = (req) => read(req.body, {}.x).name\nfunction read(body, row) { return row }",
    { body: { id: 1 } },
  ],
  [
    "a function of which another has the name by default",
    "const find = (body) => body.user\nexports.handler = (req, res, find = () => undefined) => find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "a function that a pattern replaces",
    "let find = (body) => body.user\n;({ find } = { find: () => undefined })\nexports.handler = (req) => find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "a method over which others are spread",
    "const others = { find: () => undefined }\nconst mapper = { find: (body) => body.user, ...others }\nexports.handler = (req) => mapper.find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "a method that a constructor replaces",
    "class Mapper { constructor() { this.find = () => undefined } find(body) { return body.user } }\nconst mapper = new Mapper()\nexports.handler = (req) => mapper.find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "a method that is replaced for all of a class",
    "class Mapper { find(body) { return body.user } }\nMapper.prototype.find = () => undefined\nconst mapper = new Mapper()\nexports.handler = (req) => mapper.find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "a method that a decorator replaces",
    "class Mapper { find(body) { return body.user } }\nconst __decorate = (owner, name) => { owner[name] = () => undefined }\n__decorate(Mapper.prototype, 'find')\nconst mapper = new Mapper()\nexports.handler = (req) => mapper.find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "an object that others are put into",
    "const mapper = { find(body) { return body.user } }\nObject.assign(mapper, { find: () => undefined })\nexports.handler = (req) => mapper.find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "an object whose methods somebody wraps",
    "const mapper = { find(body) { return body.user } }\ncache(mapper)\nfunction cache(all) { for (const each of Object.keys(all)) all[each] = () => undefined }\nexports.handler = (req) => mapper.find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "a function that another script gives under another name",
    "const { find } = require('./store.cjs')\nexports.handler = (req) => find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "a method of another script's object, beside a function of that name",
    "const store = require('./store.cjs')\nexports.handler = (req) => store.read(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "what is made of another script",
    "const empty = () => ({ find: () => undefined })\nconst users = empty(require('./users.cjs'))\nexports.handler = (req) => users.find(req.body).trim()",
    { body: { id: 1 } },
  ],
  [
    "a member that is read when it is asked for",
    "const owners = {}\nconst normalise = (body) => ({ ...body, get owner() { return owners[body.id] } })\nexports.handler = (req) => normalise(req.body).owner.name",
    { body: { id: 1 } },
  ],
  [
    "what is put into the elements of what was sent",
    "const stock = {}\nexports.handler = async (request) => { const { items } = await request.json(); for (const item of items) item.product = stock[item.id]; return items.map((each) => each.product.name) }",
    { text: '{"items":[{"id":1}]}' },
  ],
  [
    "what is put into a part of what a helper reads",
    "exports.handler = async (request) => { const order = await read(request); return order.user.address.city }\nasync function read(request) { const order = await request.json(); const { user } = order; user.address = {}.x; return order }",
    { text: '{"user":{"id":1}}' },
  ],
  [
    "an argument behind a spread",
    "exports.handler = (req) => read(...[1, {}.x], req.body.rate).value\nfunction read(first, second) { return second }",
    { body: { id: 1 } },
  ],
];

describe("what functions of the app give back", () => {
  it.each(PROVOKED)("is followed to the request: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 400, told: 1 });
  });

  it.each(BUGS)("proves nothing of a bug: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 500 });
  });

  it("is that of the very function that another script gives under a name", async () => {
    const script = (imported: string): string =>
      `import { ${imported} } from "./users.mjs"\nexport const handler = (req) => own(req.body).trim()\nconst own = (body) => ${imported.split(" ").at(-1)}(body)\n`;
    const loaded = ["findOne as find", "read", "find"].map((imported, at) => {
      const file = join(folder, `importing-${at}.mjs`);
      writeFileSync(file, script(imported));
      return (load(file) as { handler: unknown }).handler;
    });
    const asked = loaded.map((handler) => ask(handler, { body: { id: 1 } }));
    expect(await Promise.all(asked)).toMatchObject([{ status: 500 }, { status: 500 }, { status: 400 }]);
  });

  it("may be nothing where a type says so", async () => {
    const script = (type: string): string =>
      `const read = (body: any): ${type} => body.user\nexport const handler = (req: any) => (read(req.body) as any).name\n`;
    const loaded = ["{ name: string } | undefined", "{ name: string }"].map((type, at) => {
      const file = join(folder, `giving-${at}.mts`);
      writeFileSync(file, script(type));
      return (load(file) as { handler: unknown }).handler;
    });
    expect(await Promise.all(loaded.map((handler) => ask(handler, { body: { id: 1 } })))).toMatchObject([{ status: 500 }, { status: 400 }]);
  });
});
