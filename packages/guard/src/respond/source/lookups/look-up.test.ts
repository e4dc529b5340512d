import { describe, expect, it } from "vitest";
import { ask, type Asked, loadHandler } from "../../../testing/scripted-handlers.ts";

const NOTES =
  "const notes = new Map([['n1', { text: 'Hi' }]])\nexports.keep = (req) => { const id = 'n' + req.body.no; notes.set(id, req.body) }";
const TEXT_KEYS =
  "const notes = new Map()\nexports.keep = (req) => { const id = randomUUID(); notes.set(id, req.body) }\nconst { randomUUID } = require('crypto')";
const NUMBER_KEYS = "let next = 1\nconst notes = new Map()\nexports.keep = (req) => { const id = next++; notes.set(id, req.body) }";
const PLACES = "const PLACES = [{ code: 'LIS', city: 'Lisbon' }, { code: 'OSL', city: 'Oslo' }]";
const SIGNS = "const SIGNS = { EUR: { sign: '€' }, USD: { sign: '$' } }";
const ROOMS =
  "const { DatabaseSync } = require('node:sqlite')\nconst db = new DatabaseSync(':memory:')\ndb.exec('create table rooms (number integer, kind text)')";
const ONE: Asked = { route: "/notes/:id", target: "/notes/n9", method: "GET" };

type Case = readonly [name: string, status: number, script: string, asked: Asked];

/** Entries that the app has not, because the request asks for what cannot be there, or no longer is. */
const ASKED: readonly Case[] = [
  ["an entry of a map, by the path", 404, `exports.handler = (req) => notes.get(req.params.id).text\n${NOTES}`, ONE],
  ["an entry of a map, by the body", 400, `exports.handler = (req) => notes.get(req.body.id).text\n${NOTES}`, { body: { id: "n9" } }],
  ["an entry of a map of which none is seen", 404, `exports.handler = (req) => notes.get(req.params.id).text\n${TEXT_KEYS}`, ONE],
  [
    "a number in a map of numbers",
    404,
    `exports.handler = (req) => notes.get(Number(req.params.id)).text\n${NUMBER_KEYS}`,
    { ...ONE, target: "/notes/9" },
  ],
  [
    "an entry that a function of the app looks for",
    404,
    `exports.handler = (req) => show(req.params.id)\nconst find = (id) => notes.get(id)\nconst show = (id) => find(id).text\n${NOTES}`,
    ONE,
  ],
  ["a key of a table that is not sent", 400, `exports.handler = (req) => SIGNS[req.body.currency].sign\n${SIGNS}`, { body: {} }],
  ["a number for a table of words", 400, `exports.handler = (req) => SIGNS[req.body.currency].sign\n${SIGNS}`, { body: { currency: 5 } }],
  [
    "a word of the language",
    400,
    `exports.handler = (req) => SIGNS[req.query.currency].sign\n${SIGNS}`,
    { method: "GET", target: "/?currency=__proto__x%00" },
  ],
  [
    "an element of a list",
    400,
    `exports.handler = (req) => PLACES.find(({ code }) => code === req.body.from).city\n${PLACES}`,
    { body: { from: "" } },
  ],
  [
    "an order by the body, nothing sent",
    400,
    "const orders = new Map([['o1', { total: 1 }]])\nexports.add = (req) => { orders.set(req.body.id, req.body) }\nexports.handler = (req) => orders.get(req.body.id).total",
    { body: {} },
  ],
  [
    "a row of a database",
    404,
    `exports.handler = (req) => db.prepare('select * from rooms where number = ?').get(Number(req.params.number)).kind\n${ROOMS}`,
    { route: "/rooms/:number", target: "/rooms/7", method: "GET" },
  ],
];

/** What looks like it, and is the app's own fault. */
const OWN: readonly Case[] = [
  [
    "a currency that was forgotten",
    500,
    `exports.handler = (req) => SIGNS[req.body.currency].sign\n${SIGNS}`,
    { body: { currency: "JPY" } },
  ],
  ["a key written as many are", 500, `exports.handler = (req) => SIGNS[req.body.lang].sign\n${SIGNS}`, { body: { lang: "pt-BR" } }],
  [
    "a text in a map of numbers",
    500,
    `exports.handler = (req) => notes.get(req.params.id).text\n${NUMBER_KEYS}`,
    { ...ONE, target: "/notes/1" },
  ],
  [
    "a number that is compared with texts",
    500,
    `exports.handler = (req) => PLACES.find(({ code }) => code === Number(req.query.from)).city\n${PLACES}`,
    { method: "GET", target: "/?from=LIS" },
  ],
  [
    "a member that no element has",
    500,
    `exports.handler = (req) => PLACES.find(({ name }) => name === req.body.from).city\n${PLACES}`,
    { body: { from: "" } },
  ],
  [
    "a function that says nothing of what it has compared",
    500,
    `exports.handler = (req) => PLACES.find((place) => { place.code === req.body.from }).city\n${PLACES}`,
    { body: { from: "" } },
  ],
  [
    "a key of the app's own data",
    500,
    `exports.handler = (req) => notes.get(owners[req.body.of].id).text\nconst owners = { ann: { id: 'n7' } }\n${NOTES}`,
    { body: { of: "ann" } },
  ],
  [
    "a key in another case",
    500,
    `exports.handler = (req) => SIGNS[req.query.currency.toLowerCase()].sign\n${SIGNS}`,
    { method: "GET", target: "/?currency=__" },
  ],
  [
    "an entry that was taken out too early",
    500,
    `exports.handler = (req) => { notes.delete(req.params.id); return notes.get(req.params.id).text }\n${NOTES}`,
    ONE,
  ],
  [
    "what is loaded at the start",
    500,
    "exports.handler = (req) => rates.get(req.params.id).text\nconst rates = new Map()\nexports.loadRates = (id) => rates.set(`${id}`, {})",
    ONE,
  ],
  [
    "what is kept for a while",
    500,
    "exports.handler = (req) => cache.get(req.params.id).text\nconst cache = new Map()\nexports.keep = (id) => cache.set(`${id}`, {})",
    ONE,
  ],
  [
    "what is filled under another key",
    500,
    "exports.handler = (req) => notes.get(req.params.id).text\nconst notes = new Map()\nexports.keep = (note) => notes.set(note.title, note)",
    ONE,
  ],
  [
    "another list of the same name",
    500,
    `exports.handler = (req) => PLACES.find(({ code }) => code === req.body.from).city\nexports.sum = (place) => { const PLACES = []; PLACES.push(place) }\n${PLACES}`,
    { body: { from: "BER" } },
  ],
  [
    "an entry of another collection",
    500,
    `exports.handler = (req) => notes.get(req.params.id).text\nconst drafts = { n9: {} }\n${NOTES}`,
    ONE,
  ],
  [
    "a row that a body names",
    500,
    `exports.handler = (req) => db.prepare('select * from rooms where number = ?').get(req.body.number).kind\n${ROOMS}`,
    { body: { number: 7 } },
  ],
  [
    "a row by another column",
    500,
    `exports.handler = (req) => db.prepare('select * from rooms where number = ?').get(req.params.id).kind\n${ROOMS}`,
    { ...ONE, target: "/notes/double" },
  ],
  ["a part of the path that the route has not", 500, `exports.handler = (req) => notes.get(req.params.note).text\n${NOTES}`, ONE],
  [
    "parser table by content-type with parameters",
    500,
    "const PARSERS = { 'application/json': { read: JSON.parse }, 'text/csv': { read: String } }\nexports.handler = (req) => PARSERS[req.headers['content-type']].read(req.body)",
    { body: { a: 1 }, headers: { "content-type": "application/json; charset=utf-8" } },
  ],
  [
    "renderer table by the whole accept header",
    500,
    "const RENDER = { 'text/html': { out: (x) => x }, 'application/json': { out: JSON.stringify } }\nexports.handler = (req) => RENDER[req.headers.accept].out(1)",
    { method: "GET", target: "/", headers: { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" } },
  ],
  [
    "texts by the whole accept-language",
    500,
    "const TEXTS = { de: { hi: 'Hallo' }, en: { hi: 'Hi' } }\nexports.handler = (req) => TEXTS[req.headers['accept-language']].hi",
    { method: "GET", target: "/", headers: { "accept-language": "de-DE,de;q=0.9,en;q=0.8" } },
  ],
  [
    "texts Map by req.get accept-language",
    500,
    "const TEXTS = new Map([['de', { hi: 'Hallo' }], ['en', { hi: 'Hi' }]])\nexports.handler = (req) => TEXTS.get(req.get('accept-language')).hi",
    { method: "GET", target: "/", headers: { "accept-language": "fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7" } },
  ],
];

describe("an entry that the request names and the app has not", () => {
  it.each([...ASKED, ...OWN])("%s: %i", async (...[, status, script, asked]) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status, told: 1 });
  });
});
