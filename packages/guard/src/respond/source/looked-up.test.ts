import { describe, expect, it } from "vitest";
import { ask, type Asked, loadHandler } from "../../testing/scripted-handlers.ts";

const LABELS = "const LABELS = { open: { text: 'Open' }, closed: { text: 'Closed' }, held: null }";
const RIGHTS = "const RIGHTS = new Map([['admin', { all: true }], ['guest', { all: false }], ['none', undefined]])";

/** Keys that a table of the app's lacks: a request's fault, or forgotten there. Nothing in the script tells which. */
const LACKED: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "a currency that the shop sells in, and that has no sign",
    "const SIGNS = { EUR: { sign: '€' } }\nexports.handler = (req) => SIGNS[req.body.currency].sign",
    { body: { currency: "JPY" } },
  ],
  ["a key of an object", `exports.handler = (req) => LABELS[req.body.status].text\n${LABELS}`, { body: { status: "opne" } }],
  [
    "a key that has a name",
    `exports.handler = (req) => { const { status } = req.body; const { text } = LABELS[status]; return text }\n${LABELS}`,
    { body: { status: "late" } },
  ],
  [
    "a key of a map, by a name that a member has, too",
    `exports.handler = (req) => [req.body.RIGHTS, RIGHTS.get(req.body.role).all]\n${RIGHTS}`,
    { body: { role: "root" } },
  ],
  ["a key of a query", `exports.handler = (req) => LABELS[req.query.status].text.trim()\n${LABELS}`, { target: "/?status=lost" }],
  ["a key of a map", `exports.handler = (req) => RIGHTS.get(req.body.role).all\n${RIGHTS}`, { body: { role: "root" } }],
  [
    "a key of a map, of each of a list",
    `exports.handler = (req) => req.body.users.map(({ role }) => RIGHTS.get(role).all)\n${RIGHTS}`,
    { body: { users: [{ role: "admin" }, { role: "root" }] } },
  ],
  [
    "a key of a table of functions, one of them written as a method",
    "exports.handler = (req) => RENDER[req.body.kind].name.trim()\nconst RENDER = { text: (x) => x, scale(x) { return x }, 'a-b': 1, 7: 2 }",
    { body: { kind: "slider" } },
  ],
];

/** Keys that no such table would have: those are the request's fault. */
const IMPOSSIBLE: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "a number among words",
    `exports.handler = (req) => { const { status } = req.body; const { text } = LABELS[status]; return text }\n${LABELS}`,
    { body: { status: 5 } },
  ],
  ["a key that is not there", `exports.handler = (req) => LABELS[req.body.status].text\n${LABELS}`, { body: { title: "Blue mug" } }],
];

/** What such a table lacks that the app should have put there, or has and cannot use; and a request that is right. */
const BUGS: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  ["a key that is there, of nothing", `exports.handler = (req) => LABELS[req.body.status].text\n${LABELS}`, { body: { status: "held" } }],
  [
    "a key of a map that is there, of nothing",
    `exports.handler = (req) => RIGHTS.get(req.body.role).all\n${RIGHTS}`,
    { body: { role: "none" } },
  ],
  [
    "a key under a wrong name, where another would have done",
    `exports.handler = (req) => LABELS[req.body.state].text\n${LABELS}`,
    { body: { status: "open" } },
  ],
  [
    "a member that what is found lacks",
    `exports.handler = (req) => LABELS[req.body.status].hint.trim()\n${LABELS}`,
    { body: { status: "open" } },
  ],
  ["a table that is filled as it goes", "exports.handler = (req) => CACHE[req.body.id].text\nconst CACHE = {}", { body: { id: "a" } }],
  [
    "a table that gets more",
    `exports.handler = (req) => LABELS[req.body.status].text\nexports.add = (key, value) => { LABELS[key] = value }\n${LABELS}`,
    { body: { status: "late" } },
  ],
  [
    "a map that gets more",
    `exports.handler = (req) => RIGHTS.get(req.body.role).all\nexports.add = (key, value) => RIGHTS.set(key, value)\n${RIGHTS}`,
    { body: { role: "owner" } },
  ],
  [
    "a table that is handed to what may fill it",
    `exports.handler = (req) => LABELS[req.body.status].text\nconst load = (table) => table\n${LABELS}\nload(LABELS)`,
    { body: { status: "late" } },
  ],
  [
    "a table that others have, too",
    `exports.handler = (req) => LABELS[req.body.status].text\n${LABELS}\nexports.LABELS = LABELS`,
    { body: { status: "late" } },
  ],
  [
    "a map from which something is taken",
    `exports.handler = (req) => RIGHTS.get(req.body.role).all\nexports.end = () => RIGHTS.clear()\n${RIGHTS}`,
    { body: { role: "owner" } },
  ],
  [
    "a table that has what another has",
    "exports.handler = (req) => LABELS[req.body.status].text\nconst MORE = { late: {} }\nconst LABELS = { open: {}, ...MORE }",
    { body: { status: "lost" } },
  ],
  [
    "a table whose keys are made",
    "exports.handler = (req) => LABELS[req.body.status].text\nconst OPEN = 'open'\nconst LABELS = { [OPEN]: {} }",
    { body: { status: "late" } },
  ],
  [
    "a key in a wrong case",
    `exports.handler = (req) => LABELS[req.body.status.toUpperCase()].text\n${LABELS}`,
    { body: { status: "open" } },
  ],
  ["a part of a key", `exports.handler = (req) => LABELS[req.body.status.slice(1)].text\n${LABELS}`, { body: { status: "open" } }],
  [
    "a key that is made a number",
    `exports.handler = (req) => LABELS[Number(req.body.status)].text\n${LABELS}`,
    { body: { status: "open" } },
  ],
  [
    "the first sign of each key",
    `exports.handler = (req) => req.body.status.map((each) => LABELS[each[0]].text)\n${LABELS}`,
    { body: { status: ["open"] } },
  ],
  ["what holds the key", `exports.handler = (req) => LABELS[req.body.order].text\n${LABELS}`, { body: { order: { status: "open" } } }],
  ["all of a body that has the key", `exports.handler = (req) => LABELS[req.body].text\n${LABELS}`, { body: { status: "open" } }],
  ["another member than the key", `exports.handler = (req) => LABELS[req.body.id].text\n${LABELS}`, { body: { id: 5, status: "open" } }],
  [
    "a key that the app lets through, and that the table lacks",
    `exports.handler = (req) => STATES.includes(req.body.status) && LABELS[req.body.status].text\nconst STATES = ['open', 'archived']\n${LABELS}`,
    { body: { status: "archived" } },
  ],
  [
    "a key that another table has",
    `exports.handler = (req) => [COLORS[req.body.status], LABELS[req.body.status].text]\nconst COLORS = { open: 'green', archived: 'grey' }\n${LABELS}`,
    { body: { status: "archived" } },
  ],
  ["a map that is read like an object", `exports.handler = (req) => RIGHTS[req.body.role].all\n${RIGHTS}`, { body: { role: "root" } }],
  [
    "a table that has a method of its own to look into another",
    "exports.handler = (req) => LABELS.get(req.body.status).text\nconst LABELS = { open: 1, get(key) { for (const x of []) if (x === key) return x } }",
    { body: { status: "lost" } },
  ],
  [
    "a map that is made of a list",
    "exports.handler = (req) => RIGHTS.get(req.body.role).all\nconst list = [['admin', {}]]\nconst RIGHTS = new Map(list)",
    { body: { role: "root" } },
  ],
  [
    "a key that the app makes of a value",
    `exports.handler = (req) => LABELS[req.body.status + 'ed'].text\n${LABELS}`,
    { body: { status: "open" } },
  ],
  [
    "a key of the app's own beside a value",
    `exports.handler = (req) => LABELS[config.status].text + req.body.status\nconst config = { status: 'late' }\n${LABELS}`,
    { body: { status: "late" } },
  ],
];

describe("what is looked up in a table of the app's", () => {
  it.each([...LACKED, ...BUGS])("stays a 500: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 500 });
  });

  it.each(IMPOSSIBLE)("is a 400: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 400 });
  });
});
