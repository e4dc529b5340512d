import { describe, expect, it } from "vitest";
import { ask, type Asked, loadHandler } from "../../testing/scripted-handlers.ts";

type Case = readonly [name: string, script: string, asked: Asked];

/** Handlers that reckon with what was sent, and a request that makes no number. */
const PROVOKED: readonly Case[] = [
  [
    "so many steps between two moments",
    "exports.handler = ({ body: { from, to, step } }) => new Array(Math.floor((new Date(to) - new Date(from)) / 1000 / Number(step))).fill(0)",
    { body: { from: "soon", to: "2026-01-02", step: 5 } },
  ],
  [
    "so many pages of what a store has",
    "const store = require('queue')\nexports.handler = (req) => { const rows = store.run((each) => each, [1, 2]); return new Array(Math.ceil(rows.length / Number(req.query.size))) }",
    { target: "/?size=many" },
  ],
  [
    "so many steps, of a step that is no number",
    "exports.handler = ({ body: { from, to, step } }) => new Array(Math.floor((new Date(to) - new Date(from)) / 1000 / Number(step))).fill(0)",
    { body: { from: "2026-01-01", to: "2026-01-02", step: "day" } },
  ],
  [
    "a date that is set to the app's own hour",
    "const store = require('queue')\nexports.handler = (req) => { const [hour] = store.run((each) => each, [5]); const day = new Date(req.query.day); day.setUTCHours(hour, 0); return day.toISOString() }",
    { target: "/?day=soon" },
  ],
  [
    "a moment from now",
    "exports.handler = (req) => new Date(Date.now() + req.body.minutes * 60_000).toISOString()",
    { body: { minutes: "soon" } },
  ],
  [
    "the entries of a text",
    "exports.handler = (req) => Object.entries(req.body.links).map(([site, link]) => site + new URL(link).hostname)",
    { body: { links: "none" } },
  ],
  [
    "all values of one name in a query",
    "exports.handler = (req) => new URL(req.url, 'http://x').searchParams.getAll('status').map((each) => new Response(null, { status: Number(each) }).status)",
    { target: "/?status=200&status=5" },
  ],
];

/** The bugs that look most like them, and a request that is right. */
const BUGS: readonly Case[] = [
  [
    "a divisor that the app's own table lacks",
    "const steps = { hour: 3600 }\nexports.handler = (req) => new Array(Math.floor(req.body.seconds / steps.day))",
    { body: { seconds: 86400 } },
  ],
  [
    "the least of what was sent and what the app's own table lacks",
    "const limits = { max: 50 }\nexports.handler = (req) => new Array(Math.min(req.body.size, limits.most))",
    { body: { size: 5 } },
  ],
  [
    "a size that the code asks for by another name",
    "exports.handler = (req) => new Array(Math.floor(Number(req.body.size)))",
    { body: { sizes: 5 } },
  ],
  [
    "a date that is set to an hour that the app's own table lacks",
    "const hours = { open: 8 }\nexports.handler = (req) => { const day = new Date(req.query.day); day.setUTCHours(hours.opens, 0); return day.toISOString() }",
    { target: "/?day=2026-01-01" },
  ],
  [
    "a step that the app's own table lacks, for what was sent",
    "const steps = { hour: 3600 }\nexports.handler = ({ body: { from, to } }) => new Array(Math.floor((new Date(to) - new Date(from)) / 1000 / steps.day))",
    { body: { from: "2026-01-01", to: "2026-01-02" } },
  ],
  ["a letter behind the end", "exports.handler = (req) => new Array(req.body.name.charCodeAt(9))", { body: { name: "ann" } }],
  [
    "a count that the app's store lacks, for each page",
    "const store = require('queue')\nexports.handler = (req) => { const rows = store.run((each) => each, {}); return new Array(Math.ceil(rows.length / Number(req.query.size))) }",
    { target: "/?size=5" },
  ],
  [
    "a moment from now, by a unit that the app's own table lacks",
    "const units = { minute: 60_000 }\nexports.handler = (req) => new Date(Date.now() + req.body.count * units.minutes).toISOString()",
    { body: { count: 5 } },
  ],
  [
    "the entries of a text of the app's own",
    "const links = 'none'\nexports.handler = (req) => Object.entries(links).map(([site, link]) => req.body.name + site + new URL(link).hostname)",
    { body: { name: "ann" } },
  ],
  [
    "values that the code asks for by another name",
    "exports.handler = (req) => new Response(null, { status: Number(new URL(req.url, 'http://x').searchParams.getAll('state')[0]) })",
    { target: "/?status=200" },
  ],
  [
    "mean of nothing",
    "exports.handler = (req) => { const mean = Math.round(req.body.sum / req.body.count); return new Array(mean) }",
    { body: { sum: 0, count: 0 } },
  ],
  [
    "mean time of no visits",
    "exports.handler = (req) => new Date(Math.floor(req.body.ms / req.body.visits)).toISOString()",
    { body: { ms: 0, visits: 0 } },
  ],
  [
    "mean of an empty list",
    "exports.handler = (req) => { const all = req.body.times; const sum = all.reduce((a, b) => a + b, 0); return new Date(Math.round(sum / all.length)).toISOString() }",
    { body: { times: [] } },
  ],
];

describe("what the app reckons with", () => {
  it.each(PROVOKED)("comes from the request: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 400, told: 1 });
  });

  it.each(BUGS)("may be a bug: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 500 });
  });

  it("leaves a rule's 400 where the sum stands beside one of a store", async () => {
    const script =
      "const store = require('queue')\nexports.handler = (req) => BigInt(store.run((each) => each, '5')) - (BigInt(req.body.euros) * 100n + BigInt(req.body.cents))";
    expect(await ask(loadHandler(script), { body: { euros: "12", cents: "x" } })).toEqual({ status: 400, told: 0 });
  });
});
