import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createGuard } from "../../index.ts";
import { ask, type Asked, call, folder, load, loadHandler, view } from "../../testing/scripted-handlers.ts";
import { answerThrown } from "../answer.ts";

/** Scripts of handlers and a request that each of them cannot take. */
const PROVOKED: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  ["a member of what is not there", "(req) => req.body.user.name", { body: {} }],
  ["a member of null", "(req) => req.body.user.name", { body: { user: null } }],
  ["a body that is not there", "(req) => req.body.user.name", {}],
  ["a body of another kind", "(req) => req.body.user.name.trim()", { body: [] }],
  ["a method of another kind of value", "(req) => req.body.items.map((x) => x)", { body: { items: "a" } }],
  ["a variable", "(req) => { const { user } = req.body;\n return user.name }", { body: {} }],
  ["a variable that is set once, later", "(req) => { let user\n user = req.body.user\n return user.name }", { body: {} }],
  ["a pattern", "(req) => { const { a: { b } } = req.body; return b }", { body: { a: null } }],
  ["a pattern of a list", "(req) => { const [a] = req.body.pair; return a }", { body: {} }],
  ["a parameter that is a pattern", "({ body }, res) => body.user.name", { body: {} }],
  ["a default that has no more", "(req) => { const user = req.body.user ?? {}; return user.mail.trim() }", { body: {} }],
  ["an element", "(req) => req.body.items.map((item) => item.price.value)", { body: { items: [{ price: { value: 1 } }, {}] } }],
  ["an element of a loop", "(req) => { for (const { price: { value } } of req.body.items) void value }", { body: { items: [{}] } }],
  ["a loop", "(req) => { for (const each of req.body.items) void each }", { body: { items: 5 } }],
  ["a list that is made of what is none", "(req) => new Set(req.body.ids)", { body: { ids: 5 } }],
  ["an object that is made of no list", "(req) => Object.fromEntries(req.body.pairs)", { body: {} }],
  ["a spread", "(req) => Math.max(...req.body.values)", { body: {} }],
  ["an object's keys", "(req) => Object.keys(req.body.settings)", { body: {} }],
  ["a fold of nothing", "(req) => req.body.items.reduce((a, b) => a + b)", { body: { items: [] } }],
  ["a question for a key", "(req) => 'x' in req.body.point ? 1 : 2", { body: {} }],
  ["a member that is set", "(req) => { 'use strict'; req.body.user.seen = true }", { body: { user: "ann" } }],
  ["an argument of Node's", "(req) => Buffer.from(req.body.data, 'base64')", { body: { data: 5 } }],
  ["a number that is none", "(req) => BigInt(req.body.id)", { body: {} }],
  ["JSON that is not there", "(req) => JSON.parse(req.body.meta).kind", { body: {} }],
  ["JSON that is null", "(req) => JSON.parse(req.body.meta).kind", { body: { meta: null } }],
  ["a date that is not there", "(req) => { const day = new Date(req.body.day); return day.toISOString() }", { body: {} }],
  ["a query", "(req) => req.query.q.trim()", { target: "/search" }],
  ["a reader of a query", "(req) => new URL(req.url, 'http://x').searchParams.get('q').trim()", { target: "/search" }],
  ["a header", "(req) => req.headers.authorization.slice(7)", {}],
  ["a part of a header", "(req) => req.headers.authorization.split(' ')[1].trim()", { headers: { authorization: "Bearer" } }],
  ["JSON that is awaited", "async (request) => { const { user } = await request.json(); return user.name }", { text: "{}" }],
  ["JSON and then", "(request) => request.json().then((data) => data.user.name)", { text: "{}" }],
  [
    "what a function is given",
    "exports.handler = (req) => total(req.body.items)\nfunction total(list) { return list.length }",
    { body: {} },
  ],
  [
    "what a function is given that waits",
    "const total = async (order, rate) => { await null; return order.items.map((each) => each * rate) }\nexports.handler = async (req) => { const sum = await total(req.body.order, 2); return sum }",
    { body: { order: {} } },
  ],
  [
    "a named function for each",
    "exports.handler = (req) => req.body.items.map(toLine)\nfunction toLine(item) { return item.sku.trim() }",
    { body: { items: [{}] } },
  ],
  ["a copy", "(req) => { const data = { ...req.body }; return data.user.name }", { body: {} }],
  ["the last of a list", "(req) => { const list = req.body.list; return list[list.length - 1].id }", { body: { list: [] } }],
  [
    "each of a list by its number",
    "(req) => { const { list } = req.body; for (let i = 0; i < list.length; i++) { list[i].day.slice(0, 4) } }",
    { body: { list: [{ day: "2026" }, {}] } },
  ],
  ["what a pattern finds", "(req) => req.headers.client.match(/v(\\d+)/)[1]", { headers: { client: "none" } }],
  [
    "the body of a loop without brackets",
    "(req) => { for (const [key, each] of Object.entries(req.body.fields)) void (key + each.type.name) }",
    { body: { fields: { a: {} } } },
  ],
  [
    "a body that is read piece by piece",
    "async (req) => { let text = ''; for await (const piece of req) text += piece; return JSON.parse(text).user.name }",
    { text: "{}" },
  ],
  [
    "a body that is put together",
    "async (req) => { const all = []; for await (const piece of req) { all.push(piece) }\nconst data = JSON.parse(Buffer.concat(all).toString('utf8')); return data.user.name }",
    { text: "{}" },
  ],
  [
    "a method of a class",
    "exports.handler = new (class { async handle(request) { return request.body.user.name } })().handle",
    { body: {} },
  ],
  [
    "what waits behind a middleware of the app",
    "exports.handler = async (req) => { const next = (given) => new Promise((done) => done(handle(given))).then((x) => x)\nconst chain = () => next(req); await chain() }\nasync function handle(req) { await null; return req.body.user.name }",
    { body: {} },
  ],
  [
    "JSON that was awaited, looked at and handed on",
    "exports.handler = async (request) => { const body = await request.json(); console.assert(body); return create(body) }\nfunction create({ user }) { return user.name }",
    { text: "{}" },
  ],
  [
    "an argument of Node's beside what it cannot be",
    "exports.handler = (req) => fs.readFileSync(path.join(FOLDER, req.body.file), 'utf8')\nconst fs = require('node:fs'), path = require('node:path')\nconst FOLDER = path.join(__dirname, 'files')",
    { body: {} },
  ],
  ["a size", "(req) => new Array(Number(req.query.size))", { target: "/?size=-1" }],
  ["digits", "(req) => (1.5).toFixed(parseInt(req.query.digits, 10))", { target: "/?digits=200" }],
  ["a date out of a number", "(req) => new Date(Number(req.query.at)).toISOString()", { target: "/?at=soon" }],
  [
    "a part that is put under a computed name",
    "(req) => req.body.rows.reduce((all, row) => { all[row.id] = row.values.join('-'); return all }, {})",
    { body: { rows: [null] } },
  ],
  [
    "what an app's table of handlers is given",
    "exports.handler = (ctx) => table[`${ctx.method} x`](ctx)\nconst table = { 'POST x': async (ctx) => ctx.query.day.trim() }",
    { target: "/" },
  ],
  [
    "a pattern of each element, in a function of the app",
    "exports.handler = (req) => sum(req.body.lines)\nfunction sum(lines) { return lines.map(({ sku, price: { amount } }) => `${sku}${amount}`) }",
    { body: { lines: [{ sku: "a", price: { amount: 1 } }, null] } },
  ],
  ["a query of the older parser", "(req) => require('node:url').parse(req.url, true).query.q.trim()", { target: "/search" }],
  [
    "a pattern that a method of a class is given",
    "exports.handler = (req) => Summary.of(req.body)\nclass Summary { first(code) { return { code } }\n static of({ title, meta: { tags } }) { return title + tags } }",
    { body: { title: "a" } },
  ],
  ["the last of what is no list", "(req) => { const { list } = req.body; return list[list.length - 1].id }", { body: { list: 5 } }],
  ["a header that is asked for", "(req) => req.get('x-tenant').trim()", {}],
  [
    "the body of a loop on a line of its own",
    "(req) => {\nlet sum = 0\nfor (const { price } of req.body.items)\n    sum += price.value\nreturn sum }",
    { body: { items: [{}] } },
  ],
  [
    "what one of several conversions gave",
    "(req) => req.body.rows.map((row) => JSON.parse(row.meta).kind.trim())",
    { body: { rows: [{ meta: "{}" }, { meta: "{" }] } },
  ],
  ["minified code", "var r={post(p,h){exports.handler=h}};r.post(`/m`,(e,t)=>{let{user:n}=e.body;return n.name});", { body: {} }],
];

/** Scripts of handlers that are wrong, and a request that is right. */
const BUGS: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  ["what is not the request's", "(req) => req.user.name", { body: { user: { name: "ann" } } }],
  ["a configuration", "exports.handler = (req) => config.tax.rate * req.body.count\nconst config = {}", { body: {} }],
  ["what a store lacks", "exports.handler = (req) => rates[req.body.code].value\nconst rates = {}", { body: { code: "usd" } }],
  [
    "what a store lacks, by a variable",
    "exports.handler = (req) => { const row = rows.get(req.query.id); return row.total }\nconst rows = new Map()",
    { target: "/?id=4" },
  ],
  [
    "a variable that is set twice",
    "(req) => { let user = req.body.user; user = {}[user.name]; return user.name }",
    { body: { user: { name: "ann" } } },
  ],
  ["a part that was put in", "(req) => { req.body.owner = {}.x; return req.body.owner.name }", { body: { user: {} } }],
  [
    "a part that was taken out",
    "(req) => { const body = req.body; delete body.user; return body.user.name }",
    { body: { user: { name: "ann" } } },
  ],
  ["a letter swapped", "(req) => req.body.custmer.name", { body: { customer: { name: "ann" } } }],
  ["another name", "(req) => req.body.client.name", { body: { customer: { name: "ann" } } }],
  ["a level too deep", "(req) => req.body.data.user.name", { body: { user: { name: "ann" } } }],
  ["a method's name", "(req) => req.body.name.toUppercase()", { body: { name: "ann" } }],
  ["a member's name", "(req) => req.body.items.lenght.toFixed()", { body: { items: [1] } }],
  ["a header's letters", "(req) => req.headers['X-Tenant'].trim()", { headers: { "x-tenant": "a" } }],
  ["a number out of a text", "(req) => req.query.page.toFixed(2)", { target: "/?page=2" }],
  ["a date out of JSON", "(req) => req.body.created.getTime()", { body: { created: "2026-01-01" } }],
  [
    "a promise that nobody awaits",
    "async (request) => { const body = request.json(); return body.user.name }",
    { body: { user: { name: "ann" } } },
  ],
  ["an answer of somebody else", "async (req) => { const answer = await { body: {} }; return answer.body.user.name }", { body: {} }],
  ["a callback's answer", "async () => Promise.resolve({ body: {} }).then(({ body }) => body.user.name)", { body: {} }],
  ["a request of its own", "exports.handler = () => save({ body: {} })\nfunction save(req) { return req.body.user.name }", { body: {} }],
  ["a body that nobody parsed", "(req) => req.body.user.name", { text: '{"user":{"name":"ann"}}' }],
  ["a search that finds nothing", "(req) => req.body.items.find((each) => each.id === 9).name", { body: { items: [{ id: 1 }] } }],
  ["a place that is computed", "(req) => req.body.items[req.body.items.length].id", { body: { items: [{ id: 1 }] } }],
  [
    "a name of another function's",
    "exports.handler = (req) => { const user = req.body.user; return inner() }\nfunction inner() { return user.name }\nvar user",
    { body: { user: {} } },
  ],
  [
    "a variable of another request's",
    "let last\nexports.handler = (req) => last.user.name\nexports.other = (req) => { last = req.body }\nexports.other({ body: {} })",
    { body: {} },
  ],
  [
    "one too many",
    "(req) => { const { items } = req.body; for (let i = 0; i <= items.length; i++) { items[i].id } }",
    { body: { items: [{ id: 1 }] } },
  ],
  [
    "text of somebody else's",
    "async (req) => { let text = ''; for await (const piece of ['{}']) text += piece; return JSON.parse(text).user.name }",
    { text: "{}" },
  ],
  [
    "what was put into a copy by a helper",
    "exports.handler = (req) => { const order = { ...req.body }; attach(order); return order.owner.name }\nconst attach = (order) => { order.owner = {}.x }",
    { body: { id: 1 } },
  ],
  [
    "what was put into a copy that is handed on",
    "exports.handler = (req) => { const order = { ...req.body }; order.owner = {}.x; return print(order) }\nfunction print({ owner }) { return owner.name }",
    { body: { id: 1 } },
  ],
  [
    "what was put into a copy that is taken apart",
    "(req) => { const order = { ...req.body }; order.owner = {}.x; const { owner } = order; return owner.name }",
    { body: { id: 1 } },
  ],
  [
    "what a helper puts into JSON that was awaited",
    "exports.handler = async (request) => { const order = await request.json(); await attach(order); return order.owner.name }\nasync function attach(order) { order.owner = {}.x }",
    { text: '{"id":1}' },
  ],
  [
    "a variable that a pattern sets again",
    "(req) => { let { user } = req.body; if (!user) ({ user } = {}); return user.name }",
    { body: { id: 1 } },
  ],
  ["a variable that a list sets again", "(req) => { let user = req.body.user; [user] = []; return user.name }", { body: { id: 1 } }],
  ["a variable that a loop sets", "(req) => { let user = req.body.user; for (user of [{}.x]); return user.name }", { body: { id: 1 } }],
  ["an answer's body on a context", "async (ctx) => ctx.body.items.length", {}],
  [
    "the context of the app",
    "exports.make = (ctx) => () => ctx.headers.authorization.trim()\nexports.handler = exports.make({ headers: {} })",
    { method: "GET" },
  ],
  [
    "the answer to an arrow without brackets",
    "exports.handler = () => api.get('/rates', res => res.headers.rate.trim())\nconst api = { get: (path, then) => then({ headers: {} }) }",
    { method: "GET" },
  ],
  ["a query that another parser would have read", "(req) => req.query.filter.name", { target: "/?filter[name]=a" }],
  ["a header of the proxy in front", "(req) => req.headers['x-forwarded-user'].trim()", { method: "GET" }],
  [
    "an argument behind a spread",
    "exports.handler = (req) => sum(...[1, {}.x], req.body.rate)\nfunction sum(first, second) { return second.rate }",
    { body: { id: 1 } },
  ],
  [
    "a part that was taken out of a long body",
    "(req) => { delete req.body.user; return req.body.user.name }",
    { body: { user: "ann", text: "a".repeat(20_000) } },
  ],
  [
    "a call's result that is no list, of a loop",
    "exports.handler = (req) => { for (const each of list(req.body.filter)) void each }\nconst list = () => ({}).x",
    { body: { id: 1 } },
  ],
  [
    "a call's result that is no list, of a pattern",
    "exports.handler = async (req) => { const [row] = await find(req.body.id); return row }\nconst find = async () => ({}).x",
    { body: { id: 1 } },
  ],
  [
    "a call's result that is no list, of a spread",
    "exports.handler = (req) => [...find(req.body.id)]\nconst find = () => ({}).x",
    { body: { id: 1 } },
  ],
  [
    "code that is made of a text",
    "(req) => { const sum = new Function('list', 'for (const each of {}.x);'); return sum(req.body.items) }",
    { body: { id: 1 } },
  ],
  [
    "a file that the configuration does not name, beside an argument that was left out",
    "exports.handler = (req) => fs.readFileSync(config.file, req.body.encoding)\nconst fs = require('node:fs')\nconst config = {}",
    { body: { id: 1 } },
  ],
  [
    "a folder out of the configuration",
    "exports.handler = (req) => path.join(FOLDER, req.body.name)\nconst path = require('node:path')\nconst FOLDER = process.env.NOT_THERE",
    { body: { id: 1 } },
  ],
  [
    "what a queue hands to its job",
    "exports.handler = (req) => queue.run((request) => request.headers.token.trim(), { headers: {} })\nconst queue = require('queue')",
    { body: {} },
  ],
  [
    "the context of a queue's job",
    "exports.handler = (req) => queue.run(async (ctx) => ctx.query.day.trim(), { query: {} })\nconst queue = require('queue')",
    { method: "GET" },
  ],
  [
    "what listeners of the app are told",
    "exports.handler = (req) => bus.emit('job', { headers: {} })\nconst bus = new (require('node:events'))()\nbus.on('job', (req) => req.headers.token.trim())",
    { body: {} },
  ],
  [
    "a copy that is changed under another name",
    "exports.handler = (req) => { const order = { ...req.body }; const same = order; attach(same); return order.owner.name }\nconst attach = (order) => { order.owner = {}.x }",
    { body: { id: 1 } },
  ],
  [
    "a copy that is read under another name",
    "(req) => { const order = { ...req.body }; const same = order; order.owner = {}.x; return same.owner.name }",
    { body: { id: 1 } },
  ],
  [
    "what stands behind the first of a list",
    "(req) => req.body.items.slice(5)[0].name",
    { body: { items: [{ name: "a" }, { name: "b" }] } },
  ],
  [
    "a base out of the configuration",
    "exports.handler = (req) => new URL(req.body.path, config.base).href\nconst config = {}",
    { body: { path: "/a" } },
  ],
  [
    "a base out of the configuration that is none",
    "exports.handler = (req) => new URL(req.body.path, config.base).href\nconst config = { base: 'shop' }",
    { body: { path: "/a" } },
  ],
  [
    "a language out of a store",
    "exports.handler = (req) => { const user = users.get('ann'); return new Intl.NumberFormat(user.locale).format(req.body.price) }\nconst users = new Map([['ann', { locale: 'en_US' }]])",
    { body: { title: "Blue mug", price: 5 } },
  ],
  [
    "a language out of a store, or another",
    "exports.handler = (req) => { const language = users[0].language || 'en'; return (5).toLocaleString(language) }\nconst users = [{ language: 'en_US' }]",
    { body: { title: "Blue mug" } },
  ],
  [
    "a language put together out of a store",
    "exports.handler = (req) => { const language = `${users[0].language}_${users[0].land}`; return (5).toLocaleString(language) }\nconst users = [{ language: 'en', land: 'US' }]",
    { body: { title: "Blue mug" } },
  ],
  [
    "a date out of a store, for an id that begins like one",
    "exports.handler = (req) => { const order = orders.get(1); return new Date(order.sent).toISOString() }\nconst orders = new Map([[1, {}]])",
    { target: "/orders/3f2a4c10-1111-4222-8333-123456789abc", body: { zip: "12345678", street: "12 Main St", phone: "555-123-4567" } },
  ],
  [
    "a size out of the configuration",
    "exports.handler = (req) => new Array(config.size)\nconst config = { size: -1 }",
    { body: { price: 9.99 } },
  ],
  [
    "digits out of the configuration",
    "exports.handler = (req) => (1.5).toFixed(config.digits)\nconst config = { digits: 200 }",
    { body: { id: 4711 } },
  ],
  [
    "a file in a folder that is not there",
    "exports.handler = (req) => require('node:fs').readFileSync(folder + '/' + req.body.name)\nconst folder = __dirname + '/templtes'",
    { body: { name: "hello.txt" } },
  ],
  [
    "a part that the code knows may be absent",
    "(req) => { const { coupon } = req.body; const code = coupon ? coupon.code : ''; return code + coupon.percent }",
    { body: { id: 1 } },
  ],
  [
    "a part that the code asks for first",
    "(req) => { let code; if (req.body.coupon) code = 1; return [code, req.body.coupon.percent] }",
    { body: { id: 1 } },
  ],
  ["a method that no number has", "(req) => { const page = Number(req.query.page); return page.trim() }", { target: "/?page=1" }],
  ["a method that no text has", "(req) => String(req.body.price).toFixed(2)", { body: { price: 5 } }],
  ["a method that no date has", "(req) => new Date(req.body.day).toUpperCase()", { body: { day: "2026-01-01" } }],
  ["a method of lists, of texts in a query", "(req) => Object.values(req.query).map((each) => each.map(String))", { target: "/?tag=a" }],
  [
    "what listeners of the app are told under a path",
    "exports.handler = (req) => bus.emit('/orders', { body: {} })\nconst bus = new (require('node:events'))()\nbus.on('/orders', (message) => message.body.user.name)",
    { body: {} },
  ],
  ["words of its own", "(req) => { throw new TypeError(\"Cannot read properties of undefined (reading 'name')\") }", { body: {} }],
];

/** What a rule knows for the client's fault, though the call was given something of the app's own as well. */
const KNOWN: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "a URL beside a base of the app's that is one",
    "exports.handler = (req) => new URL(req.body.url, config.base).href\nconst config = { base: 'http://shop.example' }",
    { body: { url: "http://[" } },
  ],
  [
    "a URL that a variable has of the request",
    "exports.handler = (req) => { const url = req.body.url ? req.body.url : 'http://shop.example'; return new URL(url).href }",
    { body: { url: "shop" } },
  ],
  [
    "a language beside options of the app's",
    "exports.handler = (req) => new Intl.NumberFormat(req.query.language, OPTIONS).format(1)\nconst OPTIONS = { style: 'percent' }",
    { target: "/?language=en_US" },
  ],
];

describe("what the source proves", () => {
  it.each(PROVOKED)("is that the request provoked it: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 400, told: 1 });
  });

  it.each(BUGS)("is nothing of a bug: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 500 });
  });

  it("is asked of each request anew, at the same place", async () => {
    const handler = loadHandler("exports.handler = (req) => req.body.owner.mail + store.x.y\nconst store = {}");
    expect(await ask(handler, { body: {} })).toMatchObject({ status: 400 });
    expect(await ask(handler, { body: { author: { mail: "a" } } })).toMatchObject({ status: 500 });
    expect(await ask(handler, { body: { owner: { mail: "a" } } })).toMatchObject({ status: 500 });
    expect(await ask(handler, { body: { owner: null } })).toMatchObject({ status: 400 });
  });

  it("is nothing of a part that a type says may be absent", async () => {
    const script = (type: string): string =>
      `type Order = ${type}\nexport const handler = (req: { body: Order }) => req.body.coupon.percent\n`;
    const loaded = ["{ coupon?: any }", "{ coupon: any }"].map((type, at) => {
      const file = join(folder, `typed-${at}.mts`);
      writeFileSync(file, script(type));
      return (load(file) as { handler: unknown }).handler;
    });
    expect(await Promise.all(loaded.map((handler) => ask(handler, { body: { id: 1 } })))).toMatchObject([{ status: 500 }, { status: 400 }]);
  });

  it.each(KNOWN)("leaves to the client %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 400 });
  });

  it("is a part that a pattern takes, whatever type its function returns", async () => {
    const file = join(folder, "returns.mts");
    writeFileSync(
      file,
      "export const handler = (req: any): string => make(req.body)\nconst make = ({ user: { name } }: any): string => name\n",
    );
    expect(await ask((load(file) as { handler: unknown }).handler, { body: {} })).toMatchObject({ status: 400 });
  });

  it("takes nothing from what a rule knows where the script is gone", async () => {
    const file = join(folder, "gone-first.cjs");
    writeFileSync(file, "exports.handler = (req) => new URL(req.body.url)");
    const { handler } = load(file) as { handler: unknown };
    rmSync(file);
    const asked = { body: { url: "shop" } };
    expect([await ask(handler, asked), await ask(handler, asked)]).toMatchObject([{ status: 400 }, { status: 400 }]);
  });

  it("is nothing where the script is gone, or is not what it seemed", async () => {
    const file = join(folder, "gone.cjs");
    writeFileSync(file, "exports.handler = (req) => req.body.user.name");
    const { handler } = load(file) as { handler: unknown };
    writeFileSync(file, "exports.handler = (req) => `${'");
    expect(await ask(handler, { body: {} })).toMatchObject({ status: 500 });
  });

  it("is nothing where the script on the disk is not the one that runs", async () => {
    const file = join(folder, "edited.cjs");
    writeFileSync(file, "exports.handler = (req) => rates.usd.value\nconst rates = {}");
    const { handler } = load(file) as { handler: unknown };
    writeFileSync(file, "exports.handler = (req) => req.body.total\nconst rates = {}");
    expect(await ask(handler, {})).toMatchObject({ status: 500 });
  });

  it("is nothing of a body where none is to be expected", async () => {
    const bodied = loadHandler("(req) => req.body.user.name");
    expect(await ask(bodied, { method: "GET" })).toMatchObject({ status: 500 });
  });

  it("is found at once in a script that has one name over and over", async () => {
    const list = "user,".repeat(40_000);
    const handler = loadHandler(`(req) => { const user = req.body.user; const all = () => [${list}]; return user.name }`);
    const before = performance.now();
    expect(await ask(handler, { body: {} })).toMatchObject({ status: 400 });
    expect(performance.now() - before).toBeLessThan(4000);
  });

  it("is found without walking far, and never by code of the request", async () => {
    const handler = loadHandler(
      "(req) => { for (const { a: { b } } of req.body.items) void b; return new Date(req.body.day).toISOString() }",
    );
    const items = Array.from({ length: 20_000 }, (_, at) => ({ [`a${at}`]: {}, a: { b: 1 } }));
    expect(await ask(handler, { body: { items: [...items, {}] } })).toMatchObject({ status: 500 });
    const odd = { items: [], day: { toString: 1, valueOf: 1 } };
    expect(await ask(handler, { body: odd })).toMatchObject({ status: 500 });
  });

  it("is not looked for in what an app says itself, however long", async () => {
    const handler = loadHandler("(req) => { throw new TypeError('Received type a ('.repeat(60_000)) }");
    const before = performance.now();
    expect(await ask(handler, { body: {} })).toMatchObject({ status: 500 });
    const listed = loadHandler("(req) => { const e = new TypeError(); e.message = ['Received type a ('.repeat(60_000)]; throw e }");
    expect(await ask(listed, { body: {} })).toMatchObject({ status: 500 });
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it("is nothing of a stack that came with the request: it names whatever its sender likes", async () => {
    const file = join(folder, "guessed.cjs");
    writeFileSync(file, "exports.handler = (req) => req.body.user.mail");
    const message = "Cannot read properties of undefined (reading 'mail')";
    const body = { name: "TypeError", message, stack: `TypeError: ${message}\n    at handler (${file}:1:42)` };
    const handler = loadHandler("(req) => { throw req.body }");
    expect(await ask(handler, { body })).toEqual({ status: 500, told: 1 });
  });

  it("is not looked for in a pipe, which nobody may ever write to, nor in a line without end", async () => {
    const pipe = join(folder, "pipe.cjs");
    spawnSync("mkfifo", [pipe]);
    const handler = loadHandler("(req) => { throw Object.assign(new TypeError(req.body.message), { stack: req.body.stack }) }");
    const message = "Cannot read properties of undefined (reading 'name')";
    const head = `TypeError: ${message}\n    at `;
    expect(await ask(handler, { body: { message, stack: `${head}handler (${pipe}:1:42)` } })).toEqual({ status: 500, told: 1 });
    const before = performance.now();
    expect(await ask(handler, { body: { message, stack: head + " file://".repeat(2000) } })).toEqual({ status: 500, told: 1 });
    expect(performance.now() - before).toBeLessThan(2000);
  });

  it("names nothing of the source in the answer", async () => {
    const guard = createGuard({ service: "s", endpoint: false, announce: false, processHooks: false });
    const handler = loadHandler("(req) => req.body.secretive.name");
    const exchange = guard.begin(view, { body: {}, request: {} });
    const thrown = await call(handler, { body: {} }, {}).catch((error: unknown) => error);
    const answer = answerThrown(guard, exchange, { thrown });
    expect(answer.body).not.toMatch(/secretive|Cannot|handler/);
    expect(answer.status).toBe(400);
    await guard.close();
  });
});
