import { describe, expect, it, vi } from "vitest";
import { ask, type Asked, loadHandler } from "../../../testing/scripted-handlers.ts";
import { parseScript } from "../parse/parse-script.ts";
import { scanTokens, type Token } from "../parse/tokens.ts";
import { isFilledFor } from "./fills.ts";

type Case = readonly [name: string, script: string, asked: Asked];

const UUID = "const { randomUUID, createHash } = require('crypto')\n";

/** A request for a route. */
const at = (route: string, target: string): Asked => ({ route, target, method: "GET" });

/** What need not be there. */
const ASKED: readonly Case[] = [
  [
    "a note by the path",
    "const notes = new Map([['n1', { text: 'Hi' }]])\nexports.add = (req) => { const { id, text } = req.body; notes.set(id, { text }) }\nexports.handler = (req) => notes.get(req.params.id).text",
    at("/notes/:id", "/notes/n9"),
  ],
  [
    "a note by uuid",
    UUID +
      "const notes = new Map()\nexports.add = (req) => { const id = randomUUID(); notes.set(id, req.body); return { id } }\nexports.handler = (req) => notes.get(req.params.id).text",
    at("/notes/:id", "/notes/n9"),
  ],
  [
    "a note by number",
    "let next = 1\nconst notes = new Map()\nexports.add = (req) => { const id = next++; notes.set(id, req.body); return { id } }\nexports.handler = (req) => notes.get(Number(req.params.id)).text",
    at("/notes/:id", "/notes/9"),
  ],
  [
    "an order in a list",
    "const orders = [{ id: 'o1', total: 1 }]\nexports.add = (req) => { orders.push({ ...req.body, id: req.body.id }) }\nexports.handler = (req) => orders.find((o) => o.id === req.params.id).total",
    at("/orders/:id", "/orders/o9"),
  ],
  [
    "an order by number",
    "const orders = [{ id: 1, total: 1 }]\nexports.add = (req) => { orders.push({ id: orders.length + 1, total: req.body.total }) }\nexports.handler = (req) => orders.find((o) => o.id === Number(req.params.id)).total",
    at("/orders/:id", "/orders/9"),
  ],
  [
    "an order with a parameter named after it",
    "const orders = new Map([['o1', { total: 1 }]])\nexports.add = (req) => { const order = req.body; orders.set(order.id, order) }\nexports.handler = (req) => orders.get(req.params.orderId).total",
    at("/users/:userId/orders/:orderId", "/users/u1/orders/o9"),
  ],
  [
    "an order unless there is one",
    "const orders = new Map([['o1', { total: 1 }]])\nexports.add = (req) => { const { id } = req.body; if (!orders.has(id)) orders.set(id, req.body) }\nexports.handler = (req) => orders.get(req.params.id).total",
    at("/orders/:id", "/orders/o9"),
  ],
  [
    "thrown for what is not there",
    "const notes = new Map([['n1', {}]])\nexports.add = (req) => { notes.set(req.body.id, req.body) }\nexports.handler = (req) => { const note = notes.get(req.params.id); if (!note) throw new Error('No note ' + req.params.id); }",
    at("/notes/:id", "/notes/n9"),
  ],
];

/** What is not there, because the app is mistaken. */
const OWN: readonly Case[] = [
  [
    "wrong path parameter, userId for id",
    "const orders = new Map([['o1', { total: 1 }]])\nexports.add = (req) => { orders.set(req.body.id, req.body) }\nexports.handler = (req) => orders.get(req.params.userId).total",
    at("/users/:userId/orders/:orderId", "/users/u1/orders/o1"),
  ],
  [
    "wrong collection for the route",
    "const orders = new Map([['o1', { total: 1 }]])\nconst customers = new Map([['c1', { name: 'A' }]])\nexports.add = (req) => { orders.set(req.body.id, req.body) }\nexports.addC = (req) => { customers.set(req.body.id, req.body) }\nexports.handler = (req) => customers.get(req.params.id).total",
    at("/orders/:id", "/orders/o1"),
  ],
  [
    "a visit asked for by the pet's id",
    "const pets = new Map([['p1', {}]])\nconst visits = new Map([['v1', { at: 1 }]])\nexports.add = (req) => { visits.set(req.body.id, req.body) }\nexports.handler = (req) => visits.get(req.params.id).at",
    at("/pets/:id/visits", "/pets/p1/visits"),
  ],
  [
    "put in under a condition",
    "const orders = new Map([['o1', { total: 1 }]])\nexports.add = (req) => { if (req.body.total > 100) orders.set(req.body.id, req.body) }\nexports.handler = (req) => orders.get(req.params.id).total",
    at("/orders/:id", "/orders/o7"),
  ],
  [
    "put in behind &&",
    "const orders = new Map([['o1', { total: 1 }]])\nexports.add = (req) => { req.body.isPaid && orders.set(req.body.id, req.body) }\nexports.handler = (req) => orders.get(req.params.id).total",
    at("/orders/:id", "/orders/o7"),
  ],
  [
    "put in later",
    UUID +
      "const jobs = new Map()\nexports.add = (req) => { const id = randomUUID(); setTimeout(() => jobs.set(id, req.body), 1000); return id }\nexports.handler = (req) => jobs.get(req.params.id).state",
    at("/jobs/:id", "/jobs/6f0d8f2e-1111-4111-8111-111111111111"),
  ],
  [
    "put in when a promise gives",
    UUID +
      "const jobs = new Map()\nexports.add = (req) => { const id = randomUUID(); run(req.body).then((state) => jobs.set(id, state)); return id }\nexports.handler = (req) => jobs.get(req.params.id).state",
    at("/jobs/:id", "/jobs/6f0d8f2e-1111-4111-8111-111111111111"),
  ],
  [
    "put in when something happens",
    UUID +
      "const jobs = new Map()\nexports.wire = (bus) => bus.on('done', (job) => { const id = randomUUID(); jobs.set(id, job) })\nexports.handler = (req) => jobs.get(req.params.id).state",
    at("/jobs/:id", "/jobs/6f0d8f2e-1111-4111-8111-111111111111"),
  ],
  [
    "all cleared by another",
    "const orders = new Map([['o1', { total: 1 }]])\nexports.add = (req) => { orders.set(req.body.id, req.body) }\nexports.end = (id) => { orders.clear() }\nexports.handler = (req) => orders.get(req.params.id).total",
    at("/orders/:id", "/orders/o7"),
  ],
  [
    "the neighbour taken out of a list",
    "const users = [{ id: 'u1', name: 'A' }]\nexports.add = (req) => { users.push(req.body) }\nexports.drop = (id) => { users.splice(users.findIndex((u) => u.id === id) + 1, 1) }\nexports.handler = (req) => users.find((u) => u.id === req.params.id).name",
    at("/users/:id", "/users/u2"),
  ],
  [
    "all behind it taken out of a list",
    "const users = [{ id: 'u1', name: 'A' }]\nexports.add = (req) => { users.push(req.body) }\nexports.drop = (id) => { users.splice(users.findIndex((u) => u.id === id)) }\nexports.handler = (req) => users.find((u) => u.id === req.params.id).name",
    at("/users/:id", "/users/u2"),
  ],
  [
    "a slug made by a function, kept under its name",
    "const slugify = (t) => t.toLowerCase()\nconst pages = new Map([['home', { title: 'H' }]])\nexports.add = (req) => { const slug = slugify(req.body.title); pages.set(slug, req.body) }\nexports.handler = (req) => pages.get(req.params.slug).title",
    at("/pages/:slug", "/pages/Hello"),
  ],
  [
    "trimmed on write through a parameter",
    "const pages = new Map([['home', { title: 'H' }]])\nconst save = (slug, page) => { pages.set(slug, page) }\nexports.add = (req) => save(req.body.slug.trim().toLowerCase(), req.body)\nexports.handler = (req) => pages.get(req.params.slug).title",
    at("/pages/:slug", "/pages/Hello"),
  ],
  [
    "element made with another case",
    "const products = [{ sku: 'LMP-1', name: 'L' }]\nexports.add = (product) => { products.push({ ...product, sku: product.sku.toUpperCase() }) }\nexports.handler = (req) => products.find((p) => p.sku === req.params.sku).name",
    at("/products/:sku", "/products/abc-9"),
  ],
  [
    "case lost on read, kept as it is",
    "const pages = new Map([['home', { title: 'H' }]])\nexports.add = (req) => { pages.set(req.body.slug, req.body) }\nexports.handler = (req) => pages.get(req.params.slug.toLowerCase()).title",
    at("/pages/:slug", "/pages/Hello"),
  ],
  [
    "one part of the id asked for",
    "const carts = new Map([['c1', { n: 1 }]])\nexports.add = (req) => { carts.set(req.body.id, req.body) }\nexports.handler = (req) => { const [id] = req.params.id.split('-'); return carts.get(id).n }",
    at("/carts/:id", "/carts/c9-eu"),
  ],
  [
    "an ensure that has not put it in",
    "const carts = new Map([['c0', { n: 0 }]])\nconst ensure = (id) => { if (!carts.has(id)) { const made = { n: 0 } } return carts.get(id) }\nexports.add = (req) => { carts.set(req.body.id, req.body) }\nexports.handler = (req) => ensure(req.params.id).n",
    at("/carts/:id", "/carts/c9"),
  ],
  [
    "swept by age with a wrong unit",
    "const codes = new Map([['a1', { until: 0 }]])\nexports.add = (req) => { codes.set(req.body.code, { until: Date.now() + 5 }) }\nsetInterval(() => { for (const [code, entry] of codes) if (entry.until < Date.now()) codes.delete(code) }, 50).unref()\nexports.handler = (req) => codes.get(req.params.code).until",
    at("/codes/:code", "/codes/b7"),
  ],
  [
    "config by tenant that nobody loads",
    "const tenants = {}\nexports.register = (tenant) => { tenants[tenant.id] = tenant }\nexports.handler = (req) => tenants[req.query.id].url",
    { method: "GET", target: "/?id=acme" },
  ],
  [
    "invariant on the app's sum",
    "const balances = new Map([['a', 5]])\nexports.add = (req) => { balances.set(req.body.id, 0) }\nexports.handler = (req) => { const sum = [...balances.values()].reduce((a, b) => a + b, 0); if (sum !== 0) throw new Error('sum of ' + req.params.id); }",
    at("/a/:id", "/a/a"),
  ],
  [
    "a provider that was not registered",
    "const providers = new Map([['paypal', { pay() {} }]])\nexports.register = (name, provider) => { providers.set(name, provider) }\nexports.handler = (req) => { const p = providers.get(req.params.name); if (!p) throw new Error('No provider ' + req.params.name); return p.pay() }",
    at("/pay/:name", "/pay/stripe"),
  ],
  [
    "a handler for an event that was not registered",
    "const handlers = {}\nexports.on = (type, run) => { handlers[type] = run }\nexports.handler = (req) => handlers[req.body.type](req.body)",
    { body: { type: "paid" } },
  ],
  [
    "a metric whose counter was not made",
    "const counters = new Map([['hits', { n: 0 }]])\nexports.define = (name) => { counters.set(name, { n: 0 }) }\nexports.handler = (req) => { counters.get(req.params.name).n += 1 }",
    at("/count/:name", "/count/misses"),
  ],
  [
    "a translation that was not put in",
    "const texts = new Map([['hello', { de: 'Hallo' }]])\nexports.translate = (key, words) => { texts.set(key, words) }\nexports.handler = (req) => texts.get(req.params.key).de",
    at("/texts/:key", "/texts/bye"),
  ],
  [
    "a list of the others, given another list",
    "const users = [{ id: 'u1', name: 'A' }]\nconst archive = []\nexports.add = (req) => { archive.push(req.body); users.push(archive[archive.length]) }\nexports.handler = (req) => users.find((u) => u.id === req.params.id).name",
    at("/users/:id", "/users/u2"),
  ],
  [
    "owner's id compared with the user's",
    "const notes = [{ id: 'n1', owner: 'u1', text: 'x' }]\nexports.add = (req) => { notes.push(req.body) }\nexports.handler = (req) => notes.find((n) => n.owner === req.params.id).text",
    at("/notes/:id", "/notes/n1"),
  ],
  [
    "order items asked by the order's id",
    "const orderItems = new Map([['i1', { n: 1 }]])\nexports.add = (req) => { orderItems.set(req.body.id, req.body) }\nexports.handler = (req) => orderItems.get(req.params.id).n",
    at("/orders/:id/items", "/orders/o7/items"),
  ],
  [
    "items asked by the order's id",
    "const items = new Map([['i1', { n: 1 }]])\nexports.add = (req) => { items.set(req.body.id, req.body) }\nexports.handler = (req) => items.get(req.params.id).n",
    at("/orders/:id/items", "/orders/o7/items"),
  ],
  [
    "customers byId for orders",
    "const byId = new Map([['c1', { name: 'A' }]])\nexports.addCustomer = (req) => { byId.set(req.body.id, req.body) }\nexports.handler = (req) => byId.get(req.params.id).name",
    at("/orders/:id/customer", "/orders/o7/customer"),
  ],
  [
    "capped store drops the oldest",
    "const carts = new Map([['c1', { n: 1 }]])\nexports.add = (req) => { carts.set(req.body.id, req.body); evict() }\nfunction evict() { carts.delete(carts.keys().next().value) }\nexports.handler = (req) => carts.get(req.params.id).n",
    at("/carts/:id", "/carts/c7"),
  ],
  [
    "deleted by the wrong id",
    "const carts = new Map([['c1', { n: 1 }]])\nexports.add = (req) => { carts.set(req.body.id, req.body) }\nexports.logout = (session) => { carts.delete(session.cartIds[0]) }\nexports.handler = (req) => carts.get(req.params.id).n",
    at("/carts/:id", "/carts/c7"),
  ],
  [
    "row id out of a database parameter, asked as a text",
    "const products = [{ id: 'p1' }]\nconst orders = new Map()\nexports.keep = (row) => { orders.set(row.id, row) }\nexports.handler = (req) => orders.get(req.params.id).total",
    at("/orders/:id", "/orders/7"),
  ],
  [
    "notes by owner where the id is asked",
    "const notes = [{ id: 'n1', owner: 'u1', text: 'x' }]\nexports.add = (req) => { notes.push(req.body) }\nexports.handler = (req) => notes.find((n) => n.owner === req.params.id).text",
    at("/notes/:id", "/notes/n7"),
  ],
  [
    "the code reads id where clients send orderId",
    "const orders = new Map()\nexports.add = (req) => { const id = String(req.body.orderId); orders.set(id, req.body) }\nexports.handler = (req) => orders.get(req.body.id).total",
    { body: { orderId: "o7" } },
  ],
  [
    "what is fetched when it is asked for",
    "const rates = new Map([['EUR', { r: 1 }]])\nconst fetchRate = (c) => { rates.set(c, { r: 2 }) }\nexports.warm = (req) => fetchRate(req.body.c)\nexports.handler = (req) => rates.get(req.params.c).r",
    at("/rates/:c", "/rates/USD"),
  ],
];

describe("an entry that the app puts in as requests come", () => {
  it.each(ASKED)("is the client's to name: %s", async (...[, script, asked]) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 404, told: 1 });
  });

  it.each(OWN)("stays a 500: %s", async (...[, script, asked]) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 500, told: 1 });
  });
});

describe("isFilledFor", () => {
  it("goes through the words of a script once, however often it is asked", () => {
    const text = "const notes = new Map()\nexports.add = (id: string, note) => { notes.set(id, note) }";
    const tokens = scanTokens(text) as readonly Token[];
    const flatMap = vi.spyOn(tokens, "flatMap");
    const script = parseScript(text, "notes.ts", tokens);
    const node = { type: "name", name: "id", from: 0, end: 1 } as const;
    const asking = { node, data: "n9", member: undefined, isStrict: true, isSeen: false };
    const answers = [1, 2, 3].map(() => isFilledFor({ script, name: "notes" }, asking, new Set()));
    expect(answers).toEqual([true, true, true]);
    expect(flatMap).toHaveBeenCalledTimes(2);
  });
});
