import { describe, expect, it } from "vitest";
import { ask, type Asked, loadHandler } from "../../testing/scripted-handlers.ts";

/** Calls that were given what they refuse, and a request that gave it. */
const PROVOKED: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  ["a form of texts", "(req) => 'a'.normalize(req.query.form)", { target: "/?form=NFX" }],
  ["a precision", "(req) => (1.5).toPrecision(Number(req.query.digits))", { target: "/?digits=0" }],
  ["a size with a sign before it", "(req) => new Array(+req.query.size)", { target: "/?size=x" }],
  [
    "an option that the words name",
    "(req) => new Intl.NumberFormat('en', { style: 'unit', unit: req.body.unit }).format(1)",
    { body: { unit: "parsec", title: "Blue mug" } },
  ],
  ["a method that the words name first", "(req) => new Request('http://x', { method: req.body.verb })", { body: { verb: "a b" } }],
  [
    "a digest that Node has no other word for",
    "exports.handler = (req) => createHmac(req.body.digest, 'key')\nconst { createHmac } = require('node:crypto')",
    { body: { digest: "sha-257" } },
  ],
  [
    "a status that the words of a framework name",
    "exports.handler = (req) => answer.status(Number(req.query.code))\nconst answer = require('express').answer",
    { target: "/?code=99" },
  ],
  ["a copy that is a clone", "(req) => { const copy = structuredClone(req.body); return copy.user.name }", { body: {} }],
  [
    "a header that Koa's context is asked for",
    "async (ctx) => { const [, token] = ctx.get('Authorization').split(' '); return token.trim() }",
    { method: "GET", headers: { Authorization: "" } },
  ],
  [
    "a date that is put together",
    "(req) => new Date(req.body.day + 'T' + req.body.hour).toISOString()",
    { body: { day: "soon", hour: "10:00" } },
  ],
  ["a date behind which the code puts an hour", "(req) => new Date(req.body.day + 'T10:00').toISOString()", { body: { day: "soon" } }],
  [
    "a date that is put together with a zone of the code",
    "(req) => new Date(req.body.day + 'T' + req.body.hour + ':00Z').toISOString()",
    { body: { day: "2026-01-01", hour: "noon" } },
  ],
  [
    "a version that the words of a package name",
    "exports.handler = (req) => versions.read(req.body.version)\nconst versions = require('versions')",
    { body: { version: "latest" } },
  ],
  ["a size that is no number, in words that name no kind", "(req) => Buffer.alloc(Number(req.query.size))", { target: "/?size=big" }],
  [
    "a password beside what is made of a text",
    "exports.handler = (req) => pbkdf2Sync(req.body.password, Buffer.from('salt'), 1, 8, 'sha256')\nconst { pbkdf2Sync } = require('node:crypto')",
    { body: { password: 5 } },
  ],
  [
    "a digest that Node knows no word for",
    "exports.handler = (req) => createHash(req.body.digest)\nconst { createHash } = require('node:crypto')",
    { body: { digest: "sha257" } },
  ],
  ["what is no list of headers", "(req) => new Headers(req.body.headers)", { body: { headers: 5 } }],
  [
    "days that are put on a date",
    "(req) => { const due = new Date(req.body.from); due.setDate(due.getDate() + req.body.days); return due.toISOString() }",
    { body: { from: "2026-01-01", days: "a few" } },
  ],
  [
    "days that are not there",
    "(req) => { const due = new Date(req.body.from); due.setDate(due.getDate() + req.body.days); return due.toISOString() }",
    { body: { from: "2026-01-01" } },
  ],
  [
    "an hour of a date of now",
    "(req) => { const { quiet } = req.body; const from = new Date(); from.setHours(quiet.from, quiet.to); return from.toISOString() }",
    { body: { quiet: { from: 22, to: {} } } },
  ],
  ["a size less one", "(req) => new Array(req.query.size - 1)", { target: "/?size=x" }],
  ["a price in cents", "(req) => BigInt(req.body.price * 100)", { body: { price: "much" } }],
  ["a part of what is left over", "(req) => { const { user: { name }, ...rest } = req.body; return [name, rest] }", { body: { id: 1 } }],
];

/** Calls that were given something else that they refuse, and a request that is right. */
const BUGS: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "what an app says of a value itself",
    "exports.handler = (req) => { if (!rates[req.body.code]) throw new RangeError(`No rate for ${req.body.code}`) }\nconst rates = {}",
    { body: { code: "usd" } },
  ],
  [
    "what an app says of a value itself, by an error of its own",
    "class OutOfStock extends RangeError {}\nexports.handler = (req) => { if (!stock[req.body.sku]) throw new OutOfStock(`None of: ${req.body.sku}`) }\nconst stock = {}",
    { body: { sku: "mug-1" } },
  ],
  [
    "what an app's own check says of a value, which leaves itself out of the stack",
    "function ensure(rate, code) { if (rate) return; const error = new RangeError(`Unknown currency: ${code}`); Error.captureStackTrace(error, ensure); throw error }\nexports.handler = (req) => ensure({}[req.body.code], req.body.code)",
    { body: { code: "EUR" } },
  ],
  [
    "a function that is not there, in words that the request has, too",
    "exports.handler = (req) => render(req.query.q)\nlet render",
    { target: "/?q=a" },
  ],
  [
    "a key that the app has for all requests",
    "exports.handler = (req) => Object.defineProperty(cache, req.body.key, { value: 1 })\nconst cache = Object.freeze(Object.defineProperty({}, 'sku-1', { value: 0 }))",
    { body: { key: "sku-1" } },
  ],
  [
    "a store that cannot be written to",
    "exports.handler = (req) => Object.assign(state, { [req.body.key]: 2 })\nconst state = Object.freeze({ dark: 1 })",
    { body: { key: "dark" } },
  ],
  [
    "a list of a store that was cut off, by a number that the words have, too",
    "exports.handler = (req) => new Float32Array(vectors.get(req.body.id))\nconst vectors = new Map([[4, new Uint8Array(6).buffer]])",
    { body: { id: 4 } },
  ],
  [
    "a unit out of a table of the app's, by the same name",
    "exports.handler = (req) => new Intl.NumberFormat('en', { style: 'unit', unit: units[req.body.unit] })\nconst units = { kmh: 'kmh' }",
    { body: { unit: "kmh" } },
  ],
  [
    "a digest out of the configuration, whose name begins with a value",
    "exports.handler = (req) => createHmac(config.digest, req.body.key)\nconst config = { digest: 'sha-257' }, { createHmac } = require('node:crypto')",
    { body: { key: "sha" } },
  ],
  [
    "a time zone out of the configuration, beside a date",
    "exports.handler = (req) => new Date(req.body.day).toLocaleDateString('en', { timeZone: config.zone })\nconst config = { zone: 'Local/Office' }",
    { body: { day: "2026-01-01" } },
  ],
  [
    "a status out of a store, beside a text",
    "exports.handler = (req) => answer.status(codes[req.body.kind])\nconst answer = require('express').answer, codes = { new: 20 }",
    { body: { kind: "new" } },
  ],
  [
    "what was put into a clone",
    "(req) => { const copy = structuredClone(req.body); copy.owner = {}.x; const { owner } = copy; return owner.name }",
    { body: { id: 1 } },
  ],
  [
    "a date that is put together with one of the configuration",
    "exports.handler = (req) => new Date(req.body.day + config.hour).toISOString()\nconst config = { hour: 'T99' }",
    { body: { day: "2026-01-01" } },
  ],
  [
    "a date behind which the code puts what makes none",
    `(req) => new Date(req.body.day + " o'clock").toISOString()`,
    { body: { day: "2026-01-01" } },
  ],
  [
    "a date behind which the code puts an hour in two pieces that is none",
    "(req) => new Date(req.body.day + 'T' + '25:00').toISOString()",
    { body: { day: "2026-01-01" } },
  ],
  [
    "a day and an hour behind which the code puts what makes no date",
    "(req) => new Date(req.body.day + 'T' + req.body.hour + ' h').toISOString()",
    { body: { day: "2026-01-01", hour: "10:00" } },
  ],
  ["a question for a key of what the code makes of a value", "(req) => 'x' in req.body.size % 2", { body: { size: 5 } }],
  ["a size that the code makes too small", "(req) => Buffer.alloc(req.body.size - 10)", { body: { size: 4 } }],
  [
    "a size out of the configuration, beside a text",
    "exports.handler = (req) => Buffer.alloc(config.size, req.body.fill)\nconst config = { size: -1 }",
    { body: { fill: "a" } },
  ],
  [
    "headers out of the configuration",
    "exports.handler = (req) => new Headers(config.headers)\nconst config = { headers: 5 }",
    { body: { headers: 5 } },
  ],
  [
    "a version out of the configuration, that a request has, too",
    "exports.handler = (req) => versions.read(config.version)\nconst versions = require('versions'), config = { version: 'latest' }",
    { body: { version: "latest" } },
  ],
  [
    "what a package says that it has not",
    "exports.handler = (req) => versions.find(req.body.name)\nconst versions = require('versions')",
    { body: { name: "mug" } },
  ],
  [
    "what the app throws in a function that a package calls",
    "exports.handler = (req) => queue.run((name) => { throw new TypeError('Invalid name: ' + name) }, req.body.name)\nconst queue = require('queue')",
    { body: { name: "mug" } },
  ],
  [
    "a digest out of the configuration that Node knows no word for",
    "exports.handler = (req) => createHash(config.digest).update(req.body.digest)\nconst { createHash } = require('node:crypto'), config = { digest: 'sha257' }",
    { body: { digest: "sha257" } },
  ],
  [
    "a date out of the configuration that is put on",
    "exports.handler = (req) => { const due = new Date(config.from); due.setDate(due.getDate() + req.body.days); return due.toISOString() }\nconst config = { from: 'soon' }",
    { body: { days: 3 } },
  ],
  [
    "days out of the configuration",
    "exports.handler = (req) => { const due = new Date(req.body.from); due.setDate(due.getDate() + config.days); return due.toISOString() }\nconst config = {}",
    { body: { from: "2026-01-01", days: "a few" } },
  ],
  [
    "days under a wrong name",
    "(req) => { const due = new Date(req.body.from); due.setDate(due.getDate() + req.body.day); return due.toISOString() }",
    { body: { from: "2026-01-01", days: 3 } },
  ],
  [
    "days under quite another name",
    "(req) => { const due = new Date(req.body.from); due.setDate(due.getDate() + req.body.term); return due.toISOString() }",
    { body: { from: "2026-01-01", days: 3 } },
  ],
  [
    "days that are put on another date",
    "exports.handler = (req) => { const due = new Date(req.body.from), at = new Date(), late = new Date(config.at); at.setDate(req.body.days); return [due, late.toISOString()] }\nconst config = {}",
    { body: { from: "2026-01-01", days: "a few" } },
  ],
  [
    "a date that is put together by a wrong name",
    "(req) => new Date(req.body.dat + 'T00:00').toISOString()",
    { body: { date: "2026-01-01" } },
  ],
  ["a price in cents that is none by a fraction", "(req) => BigInt(req.body.price * 100)", { body: { price: 19.99 } }],
  [
    "a language of the request or of a store, in a function that nobody is seen to call",
    "exports.handler = (req) => each.list((input) => new Intl.Locale(input.locale || store.locale))\nconst each = { list: (run) => run({}) }, store = { locale: 'en_US' }",
    { body: { title: "Blue mug" } },
  ],
  ["a URL that the code begins without a host", "(req) => new URL('/orders/' + req.body.id)", { body: { id: "o-1" } }],
  [
    "a date with a part that the code asks for first",
    "(req) => { if (req.body.hour) void 0; return new Date(req.body.day + 'T' + req.body.hour).toISOString() }",
    { body: { day: "2026-01-01" } },
  ],
  [
    "a unit that the code puts there",
    "(req) => { const { unit = 'parsec' } = req.body; return new Intl.NumberFormat('en', { style: 'unit', unit }) }",
    { body: {} },
  ],
  ["a list that the code puts there, empty", "(req) => (req.body.items ?? []).reduce((a, b) => a + b)", { body: {} }],
  ["a URL that the code puts there", "(req) => new URL(req.body.next || '/home')", { body: { next: "" } }],
  ["a size that the code puts there, less one", "(req) => { const { size = 'all' } = req.body; return new Array(size - 1) }", { body: {} }],
  [
    "a size by several signs",
    "exports.handler = (req) => new Array(config.all - req.body.size * 2)\nconst config = { all: 5 }",
    { body: { size: 3 } },
  ],
];

/** What a rule knows for the client's fault, or the source alone. */
const KNOWN: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "a language of the request, or else of a store",
    "exports.handler = (req) => { const locale = req.body.locale ?? store.locale; return (5).toLocaleString(locale) }\nconst store = { locale: 'en' }",
    { body: { locale: "en_US" } },
  ],
  ["a URL that is put together", "exports.handler = (req) => new URL(req.body.base + '/orders').href", { body: { base: "shop" } }],
];

describe("what a call was given", () => {
  it.each(PROVOKED)("is followed to what provoked it: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 400, told: 1 });
  });

  it.each(BUGS)("proves nothing of a bug: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 500 });
  });

  it.each(KNOWN)("leaves to the client %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 400 });
  });
});
