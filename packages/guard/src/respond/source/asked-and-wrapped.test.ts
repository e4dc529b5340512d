import { describe, expect, it } from "vitest";
import { ask, type Asked, loadHandler } from "../../testing/scripted-handlers.ts";

/** Handlers that are wrapped, or that have something else at hand, and a request that each of them cannot take. */
const PROVOKED: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "a list of the wrong kind, or a store's",
    "exports.handler = (req) => (req.body.items || store.items).map(String)\nconst store = { items: [] }",
    { body: { items: 5 } },
  ],
  [
    "a handler that a method has wrapped",
    "var utils = { wrap: (run) => (req, res, next) => run(req, res, next).catch((error) => Promise.reject(error)) }\nexports.handler = utils.wrap(async (req, res) => req.body.user.name)",
    { body: {} },
  ],
  [
    "a handler that is wrapped in minified code",
    "var w=e=>(t,n,r)=>e(t,n).catch(i=>Promise.reject(i)),r={post(p,h){exports.handler=h}};r.post(`/m`,w(async(e,t)=>{let{user:n}=e.body;return n.name}));",
    { body: {} },
  ],
  [
    "a handler that a method has wrapped in minified code, which has waited",
    "var u={w:e=>(t,n,r)=>e(t,n)},r={post(p,h){exports.handler=h}};r.post(`/m`,u.w(async(e,t)=>{let{user:n}=e.body;await null;return n.name}));",
    { body: {} },
  ],
  [
    "a part beside another, which a pattern gives another name",
    "(req) => { const { notes: all, items } = req.body; return [all, items.map(String)] }",
    { body: { notes: ["Blue mug"] } },
  ],
  [
    "one of several that are awaited together",
    "exports.handler = async (req) => { const [name] = await Promise.all([one(req), 2]); return name }\nasync function one(req) { await null; return req.body.user.name }",
    { body: {} },
  ],
  [
    "what a function has waited for that a wrapper of the app calls",
    "const wrap = (run) => async (req, res) => { await run(req, res) }\nexports.handler = wrap(async (req) => { await null; return req.body.user.name })",
    { body: {} },
  ],
];

/** Handlers that themselves reckon with what is not there, functions that nobody gives a request, and a request that is right. */
const BUGS: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "a request that a method makes up for another one, and does not wait for",
    "class Jobs { async run(req) { await 0; return req.body.user.name } start() { return this.run({ body: {} }).catch((error) => { throw error }) } }\nexports.handler = () => new Jobs().start()",
    { body: {} },
  ],
  [
    "a request that is made up for what a script gives to others",
    "exports.run = async (req) => { await 0; return req.body.user.name }\nexports.handler = () => exports.run({ body: {} }).catch((error) => { throw error })",
    { body: {} },
  ],
  [
    "a part whose type the code asks for first",
    "(req) => { const { coupon } = req.body; if (typeof coupon === 'object') void 0; return coupon.percent }",
    { body: { id: 1 } },
  ],
  [
    "a part whose type the code asks for first, as a member",
    "(req) => { const isVip = typeof req.body.vip !== 'undefined'; return isVip + req.body.vip.level }",
    { body: { id: 1 } },
  ],
  [
    "a part that the code compares with nothing",
    "(req) => { const text = req.body.nick != null ? 1 : 2; return text + req.body.nick.trim() }",
    { body: { id: 1 } },
  ],
  [
    "a part of which the code asks whether the body has it",
    "(req) => { if ('wrap' in req.body) void 0; return req.body.wrap.color }",
    { body: { id: 1 } },
  ],
  ["a part that the code takes for nothing", "(req) => { const note = req.body.note ?? null; return note.trim() }", { body: { id: 1 } }],
  [
    "a part that the code asks for by another name",
    "(req) => { const { trial: r } = req.body; const days = r == null ? 0 : r.days; return days + r.days }",
    { body: { id: 1 } },
  ],
  [
    "a part that the code has another name for, which it gives to something of its own",
    "exports.handler = (req) => ({ to: req.body.recipients.map((each) => each.mail) })",
    { body: { to: [{ mail: "a@shop.example" }], subject: "Hello" } },
  ],
  [
    "a part that minified code asks for",
    "exports.handler=e=>{let t=e.body.coupon,n=t?t.percent:0;return n+t.code.trim()}",
    { body: { id: 1 } },
  ],
  [
    "a store that a wrapper gives before the request",
    "const router = { get: (path, run) => { exports.handler = run } }, db = { query: async () => undefined }\nconst withDb = (run) => async (req) => run(db, req)\nrouter.get('/orders', withDb(async (db, req) => { const row = await db.query('select 1'); return row.total }))",
    { method: "GET" },
  ],
  [
    "a store that a wrapper gives before the request, in minified code",
    "var r={get(p,h){exports.handler=h}},d={async query(){}},w=f=>async e=>f(d,e);r.get(`/orders`,w(async(e,t)=>{let n=await e.query(`select 1`);return n.total}))",
    { method: "GET" },
  ],
  [
    "a language of the request or of a store",
    "exports.handler = (req) => { const locale = req.body.locale ?? store.locale; return (5).toLocaleString(locale) }\nconst store = { locale: 'en_US' }",
    { body: { title: "Blue mug" } },
  ],
  [
    "a list of the request or of a store",
    "exports.handler = (req) => (req.body.items || store.items).map((each) => each)\nconst store = {}",
    { body: { id: 1 } },
  ],
  [
    "the answer that a client of HTTP hands on, by a name of the app's",
    "exports.handler = () => client.get('/orders', (page) => page.body.items)\nconst client = { get: (path, then) => then({}) }",
    {},
  ],
  [
    "what a method of the app's gives to whoever waits",
    "exports.handler = () => jobs.next(async (request) => request.headers.token.trim())\nconst jobs = { next: (run) => run({ headers: {} }) }",
    { body: {} },
  ],
  [
    "a call that the app makes, one of several at once",
    "exports.handler = async () => { const all = await Promise.all(calls.map(send)); return all }\nconst calls = [{ headers: {} }]\nasync function send(request) { await null; return request.headers.token.trim() }",
    { body: { id: 1 } },
  ],
  [
    "a call that the app makes, one of several that nobody awaits here",
    "exports.handler = () => Promise.all(calls.map(send))\nconst calls = [{ headers: {} }]\nasync function send(request) { await null; return request.headers.token.trim() }",
    { body: { id: 1 } },
  ],
  [
    "a call that the app makes, as it stands in a list",
    "exports.handler = async () => { const all = []; for (const each of [{ body: {} }]) all.push(send(each)); await Promise.all(all) }\nconst send = async (request) => { await null; return request.body.user.name }",
    { body: { id: 1 } },
  ],
  [
    "an event that a wrapper makes up",
    "const wrap = (run) => async (req, res) => { const event = { body: {} }; await run(event, res) }\nexports.handler = wrap(async (request) => { await null; return request.body.user.name })",
    { body: { id: 1 } },
  ],
  ["what a context was given by the app", "async (ctx) => ctx.get('user').profile.name", { method: "GET" }],
];

describe("code that asks, and handlers that are wrapped", () => {
  it.each(PROVOKED)("is followed to what provoked it: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 400, told: 1 });
  });

  it.each(BUGS)("proves nothing of a bug: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 500 });
  });
});
