import { describe, expect, it } from "vitest";
import { ask, type Asked, loadHandler } from "../../../testing/scripted-handlers.ts";

type Case = readonly [name: string, status: number, script: string, asked: Asked];

const POINT =
  "exports.handler = (req) => { const [lat, lng] = req.body.at.split(',').map(parseFloat); if (Number.isNaN(lat) || Number.isNaN(lng)) throw new TypeError('point must be lat,lng') }";
const KINDS = "const KINDS = ['open', 'held']";

/** Checks of the input. */
const CHECKS: readonly Case[] = [
  ["what is no number", 400, POINT, { body: { at: "here" } }],
  ["what is not there", 400, "exports.handler = (req) => { if (!req.body.title) throw new Error('title is required') }", { body: {} }],
  [
    "what is of another kind",
    400,
    "exports.handler = (req) => { const { count } = req.body; if (typeof count !== 'number') throw new Error('count must be a number') }",
    { body: { count: "5" } },
  ],
  [
    "what is nothing like the one that is taken",
    400,
    "exports.handler = (req) => { if (req.body.type !== 'Polygon') throw new Error('Only polygons are taken: ' + req.body.type) }",
    { body: { type: 5 } },
  ],
  [
    "what a list has not",
    400,
    `exports.handler = (req) => { for (const kind of req.body.kinds) if (!KINDS.includes(kind)) throw new Error('Kind ' + kind + ' does not exist') }\n${KINDS}`,
    { body: { kinds: [5] } },
  ],
  [
    "an error of the app's own, for an entry that is not there",
    404,
    "class NoteNotFound extends Error {}\nconst notes = new Map([['n1', {}]])\nexports.keep = (id) => notes.set(id, {})\nexports.handler = (req) => { const note = notes.get(req.params.id); if (!note) throw new NoteNotFound('No note ' + req.params.id) }",
    { route: "/notes/:id", target: "/notes/n9", method: "GET" },
  ],
];

/** What the app throws because of itself. */
const OWN: readonly Case[] = [
  [
    "its own value",
    500,
    "exports.handler = (req) => { if (!config) throw new Error('No shop for ' + req.body.shop) }\nlet config",
    { body: { shop: 1 } },
  ],
  [
    "its own sum",
    500,
    "exports.handler = (req) => { const sum = [1, 2].reduce((n, each) => n + each.cost, 0); if (Number.isNaN(sum)) throw new Error('No sum of ' + req.body.id) }",
    { body: { id: 1 } },
  ],
  [
    "what it cannot do yet",
    500,
    "exports.handler = (req) => { if (req.body.kind !== 'csv') throw new Error('Not implemented: ' + req.body.kind) }",
    { body: { kind: 5 } },
  ],
  ["what it says cannot be", 500, "exports.handler = (req) => { if (!req.body.kind) throw new Error('Unreachable') }", { body: {} }],
  [
    "a kind that there is not",
    500,
    "exports.handler = (req) => { if (typeof req.body.count !== 'nubmer') throw new Error('count must be a number') }",
    { body: { count: 5 } },
  ],
  [
    "a number that a query never has",
    500,
    "exports.handler = (req) => { if (typeof req.query.count !== 'number') throw new Error('count must be a number') }",
    { method: "GET", target: "/?count=5" },
  ],
  [
    "a wrong name",
    500,
    "exports.handler = (req) => { if (!req.body.tilte) throw new Error('title is required') }",
    { body: { title: "Mug" } },
  ],
  ["nought", 500, "exports.handler = (req) => { if (!req.body.rebate) throw new Error('rebate is required') }", { body: { rebate: 0 } }],
  [
    "a condition that is the wrong way round",
    500,
    "exports.handler = (req) => { if (req.body.title) throw new Error('title is required') }",
    { body: { title: "Mug" } },
  ],
  [
    "a limit",
    500,
    "exports.handler = (req) => { if (req.body.count > MAX) throw new RangeError('too many') }\nconst MAX = 0",
    { body: { count: 5 } },
  ],
  [
    "a kind that was forgotten",
    500,
    `exports.handler = (req) => { if (!KINDS.includes(req.body.kind)) throw new Error('Kind ' + req.body.kind + ' does not exist') }\n${KINDS}`,
    { body: { kind: "late" } },
  ],
  [
    "a failure that it hands on",
    500,
    "exports.handler = (req) => { try { JSON.parse('{') } catch { throw new Error('Cannot keep ' + req.body.name) } }",
    { body: {} },
  ],
  ["no condition", 500, "exports.handler = (req) => { throw new Error('No ' + req.body.name) }", { body: {} }],
  [
    "stop called for the app's own reason",
    500,
    "const rows = []\nfunction stop(req) { if (!req.query.debug) throw new Error('Something went wrong, try again'); throw new Error('rows empty') }\nexports.handler = (req) => { if (rows.length === 0) stop(req); return rows[0] }",
    { method: "GET", target: "/" },
  ],
  [
    "hidden details of an own failure",
    500,
    "const cache = { isReady: false }\nfunction reject(req) { if (req.query.verbose === undefined) throw new Error('Sorry, that did not work') }\nexports.handler = async (req) => { const ok = await Promise.resolve(cache.isReady); if (!ok) reject(req); return 1 }",
    { method: "GET", target: "/" },
  ],
];

describe("what the app throws on purpose", () => {
  it.each([...CHECKS, ...OWN])("%s: %i", async (...[, status, script, asked]) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status, told: 1 });
  });
});
