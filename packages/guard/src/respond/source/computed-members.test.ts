import { describe, expect, it } from "vitest";
import { ask, loadHandler } from "../../testing/scripted-handlers.ts";

type Case = readonly [name: string, script: string, body: unknown];

/** What the client left out, or sent of another kind. */
const PROVOKED: readonly Case[] = [
  ["by a computed name: a field by a constant", "exports.handler = (req) => { return req.body[KEY].trim() }\nconst KEY = 'title'", {}],
  [
    "by a computed name: fields in a list",
    "exports.handler = (req) => { return ['name', 'email'].map((f) => req.body[f].trim()) }\n",
    { name: "x" },
  ],
  [
    "by a computed name: fields in a loop",
    "exports.handler = (req) => { for (const f of FIELDS) req.body[f].trim() }\nconst FIELDS = ['name', 'email']",
    { name: "x" },
  ],
  [
    "by a computed name: a field of the wrong kind",
    "exports.handler = (req) => { for (const f of FIELDS) req.body[f].trim() }\nconst FIELDS = ['name', 'email']",
    { name: "x", email: 5 },
  ],
  [
    "by a getter: class, inside",
    "exports.handler = (req) => { return new Order(req.body).total }\nclass Order { constructor(b) { this.b = b } get total() { return this.b.lines.reduce((s, l) => s + l.n, 0) } }",
    {},
  ],
  [
    "by a getter: class, what it gives",
    "exports.handler = (req) => { return new Order(req.body).name.trim() }\nclass Order { constructor(b) { this.b = b } get name() { return this.b.name } }",
    {},
  ],
  [
    "by a getter: object, inside",
    "exports.handler = (req) => { const o = { get first() { return req.body.items[0].id } }; return o.first }\n",
    {},
  ],
  [
    "by a getter: object, what it gives",
    "exports.handler = (req) => { const o = { b: req.body, get first() { return this.b.first } }; return o.first.trim() }\n",
    {},
  ],
  [
    "by a getter: of another getter",
    "exports.handler = (req) => { return new Order(req.body).size }\nclass Order { constructor(b) { this.b = b } get lines() { return this.b.lines } get size() { return this.lines.length } }",
    {},
  ],
];

/** What the app asks for wrongly. */
const BUGS: readonly Case[] = [
  ["by a computed name: key misspelt", "exports.handler = (req) => { return req.body[KEY].trim() }\nconst KEY = 'titel'", { title: "x" }],
  [
    "by a computed name: key of another style",
    "exports.handler = (req) => { return req.body[KEY].trim() }\nconst KEY = 'user_name'",
    { userName: "x" },
  ],
  [
    "by a computed name: key out of a table",
    "exports.handler = (req) => { return req.body[FIELD[req.body.type]].trim() }\nconst FIELD = { cat: 'catName' }",
    { type: "cat", name: "x" },
  ],
  [
    "by a computed name: key of the configuration",
    "exports.handler = (req) => { return req.body[config.key].trim() }\nconst config = { key: 'payload' }",
    { data: "x" },
  ],
  [
    "by a computed name: language put behind",
    "exports.handler = (req) => { return req.body['name_' + LANG].trim() }\nconst LANG = 'en'",
    { name_de: "x" },
  ],
  [
    "by a computed name: names of defaults",
    "exports.handler = (req) => { const m = {}; for (const k of Object.keys(DEFAULTS)) m[k] = req.body[k].trim(); return m }\nconst DEFAULTS = { size: 'M' }",
    {},
  ],
  [
    "by a computed name: counted from nought",
    "exports.handler = (req) => { let s = ''; for (let i = 0; i < 2; i++) s += req.body['item' + i].trim(); return s }\n",
    { item1: "a", item2: "b" },
  ],
  [
    "by a computed name: a list of fields with one too many",
    "exports.handler = (req) => { return FIELDS.map((f) => req.body[f].trim()) }\nconst FIELDS = ['name', 'mail']",
    { name: "x", email: "y" },
  ],
  [
    "by a computed name: the field of another form",
    "exports.handler = (req) => { return FIELDS.map((f) => req.body[f].trim()) }\nconst FIELDS = ['street', 'city']",
    { address: { street: "x", city: "y" } },
  ],
  [
    "by a computed name: optional by name elsewhere",
    "exports.handler = (req) => { if (req.body.note?.length > 5) return 1; return ['note'].map((f) => req.body[f].trim()) }\n",
    {},
  ],
  [
    "by a computed name: own data by own key",
    "exports.handler = (req) => { return row[KEY].trim() + req.body.a }\nconst KEY = 'title'\nconst row = {}",
    { a: 1 },
  ],
  [
    "by a computed name: of a list of the app's, past its end",
    "exports.handler = (req) => { return req.body[FIELDS[2]].trim() }\nconst FIELDS = ['a', 'b']",
    { a: "x", b: "y" },
  ],
  [
    "by a computed name: key in upper case",
    "exports.handler = (req) => { return req.body[KEY.toUpperCase()].trim() }\nconst KEY = 'title'",
    { title: "x" },
  ],
  [
    "by a getter: its own field was not set",
    "exports.handler = (req) => { return new Order(req.body).total }\nclass Order { constructor(b) { this.body = b } get total() { return this.lines.reduce((s, l) => s + l.n, 0) } }",
    { lines: [{ n: 1 }] },
  ],
  [
    "by a getter: reads by a wrong name",
    "exports.handler = (req) => { return new Order(req.body).total }\nclass Order { constructor(b) { this.body = b } get total() { return this.body.line.length } }",
    { lines: [1] },
  ],
  [
    "by a getter: of the app's own table",
    "exports.handler = (req) => { return new Order(req.body).sign }\nconst SIGNS = { EUR: { sign: 'e' } }\nclass Order { constructor(b) { this.b = b } get sign() { return SIGNS[this.b.currency].sign } }",
    { currency: "JPY" },
  ],
  [
    "by a getter: forgets to return",
    "exports.handler = (req) => { return new Order(req.body).name.trim() }\nclass Order { constructor(b) { this.b = b } get name() { this.b.name } }",
    { name: "x" },
  ],
  [
    "by a getter: object's, wrong name",
    "exports.handler = (req) => { const o = { get first() { return req.body.items[0].id } }; return o.first }\n",
    { lines: [{ id: 1 }] },
  ],
  [
    "by a getter: object's, gives nothing",
    "exports.handler = (req) => { const o = { b: req.body, get first() { this.b.first } }; return o.first.trim() }\n",
    { first: "x" },
  ],
  [
    "by a getter: changes what it reads",
    "exports.handler = (req) => { const o = new Q(req.body.items); o.next; return o.next.id }\nclass Q { constructor(i) { this.i = i } get next() { return this.i.shift() } }",
    { items: [{ id: 1 }] },
  ],
  [
    "by a getter: overridden in a subclass",
    "exports.handler = (req) => { return new B(req.body).name.trim() }\nclass A { constructor(b) { this.b = b } get name() { return this.b.name } }\nclass B extends A { get name() { return undefined } }",
    { name: "x" },
  ],
  [
    "by a getter: only a setter there",
    "exports.handler = (req) => { const o = new A(req.body); return o.name.trim() }\nclass A { constructor(b) { this.b = b } set name(v) { this.b.name = v } }",
    { name: "x" },
  ],
  [
    "by a getter: static, of the app",
    "exports.handler = (req) => { return Config.limits[0].max + req.body.a }\nclass Config { static get limits() { return [] } }",
    { a: 1 },
  ],
  [
    "by a getter: memo that was not filled",
    "exports.handler = (req) => { return new A(req.body).parts[0].trim() }\nclass A { #p = []; constructor(b) { this.b = b } get parts() { if (!this.#p.length && this.b.text === undefined) this.#p = ['x']; return this.#p } }",
    { text: "a,b" },
  ],
  [
    "by a getter: defined over what was sent",
    "exports.handler = (req) => { const o = Object.defineProperty({ ...req.body }, 'name', { get() { return undefined } }); return o.name.trim() }\n",
    { name: "x" },
  ],
];

describe("members whose names or values are computed", () => {
  it.each(PROVOKED)("are the client's to send: %s", async (...[, script, body]) => {
    expect(await ask(loadHandler(script), { body })).toEqual({ status: 400, told: 1 });
  });

  it.each(BUGS)("stay a 500 where the app is mistaken: %s", async (...[, script, body]) => {
    expect(await ask(loadHandler(script), { body })).toEqual({ status: 500, told: 1 });
  });
});
