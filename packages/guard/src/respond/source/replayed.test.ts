import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask, type Asked, folder, loadHandler } from "../../testing/scripted-handlers.ts";

// What the scripts import.
writeFileSync(
  join(folder, "carts.cjs"),
  `class Cart {
  #items
  constructor({ items, owner }) { this.#items = items; this.owner = owner }
  count() { return this.#items.length }
  names() { return this.#items.map((item) => item.name.trim()) }
}
module.exports = Cart
module.exports.totals = { sum: (lines) => lines.reduce((sum, { price }) => sum + price.toFixed(2), "") }`,
);

/** Handlers that lead a value of the request through the language, and a request that each of them cannot take. */
const PROVOKED: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "a field that a constructor sets",
    "class Order { constructor(body) { this.lines = body.lines } count() { return this.lines.length } }\nexports.handler = (req) => new Order(req.body).count()",
    { body: {} },
  ],
  [
    "a field of another script's class",
    "const Cart = require('./carts.cjs')\nexports.handler = (req) => new Cart(req.body).count()",
    { body: { owner: "ann" } },
  ],
  [
    "an element that a class keeps",
    "const Basket = require('./carts.cjs')\nexports.handler = (req) => new Basket(req.body).names()",
    { body: { items: [{ name: "mug" }, {}] } },
  ],
  [
    "a function of another script under a name of its own",
    "const { totals: { sum: addUp } } = require('./carts.cjs')\nexports.handler = (req) => addUp(req.body.lines)",
    { body: { lines: [{ price: "5" }] } },
  ],
  [
    "what map makes of each element",
    "exports.handler = (req) => req.body.users.map(({ address }) => address).map((address) => address.city)",
    { body: { users: [{ address: { city: "Bern" } }, {}] } },
  ],
  [
    "what is left by a filter and sorted",
    "exports.handler = (req) => req.body.tags.filter((tag) => tag !== '').toSorted().map((tag) => tag.toLowerCase())",
    { body: { tags: ["", "a", 5] } },
  ],
  [
    "the results of several promises",
    "exports.handler = async (req) => { const [first, second] = await Promise.all([readFirst(req), readSecond(req)]); return first.trim() + second.trim() }\nasync function readFirst(req) { return req.body.first }\nasync function readSecond(req) { return req.body.second }",
    { body: { first: "1" } },
  ],
  [
    "the branch that this request takes",
    "exports.handler = (req) => { const to = req.body.kind === 'pickup' ? req.body.shop : req.body.address; return to.city.trim() }",
    { body: { kind: "pickup", address: { city: "Bern" } } },
  ],
  [
    "a loop over what was sent",
    "exports.handler = (req) => { const sizes = []; for (let at = 0; at < req.body.boxes.length; at++) sizes.push(req.body.boxes[at].size.length); return sizes }",
    { body: { boxes: [{ size: "1x1" }, { weight: 5 }] } },
  ],
  [
    "the entries of an object",
    "exports.handler = (req) => Object.entries(req.body.filters).map(([key, { min }]) => key + min)",
    { body: { filters: { price: { min: 1 }, size: null } } },
  ],
  [
    "what a regular expression finds in a text",
    "exports.handler = (req) => { const [, year] = /^INV-(\\d{4})-/.exec(req.body.number); return Number(year) }",
    { body: { number: "2026-INV" } },
  ],
];

/** The bugs that look most like them, and a request that is right. */
const BUGS: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "a field that a constructor forgets",
    "class Order { constructor(body) { this.rows = body.lines } count() { return this.lines.length } }\nexports.handler = (req) => new Order(req.body).count()",
    { body: { lines: [] } },
  ],
  [
    "a field of an object that the app has made before",
    "class Order { constructor(body) { this.lines = body.lines } count() { return this.lines.length } }\nconst last = new Order({})\nexports.handler = (req) => [new Order(req.body), last].map((order) => order.count())",
    { body: { lines: [] } },
  ],
  [
    "what map makes of each element by a table of the app",
    "const stock = {}\nexports.handler = (req) => req.body.ids.map((id) => stock[id]).map((product) => product.name)",
    { body: { ids: [1] } },
  ],
  [
    "the result of a promise that is the app's",
    "exports.handler = async (req) => { const [first, second] = await Promise.all([req.body.a, load()]); return first.trim() + second.trim() }\nasync function load() { return undefined }",
    { body: { a: "1" } },
  ],
  [
    "the branch that only the app decides",
    "let kind = 'delivery'\nexports.setKind = (other) => { kind = other }\nexports.handler = (req) => { const to = kind === 'pickup' ? req.body.shop : {}.address; return to.city }",
    { body: { address: { city: "Bern" } } },
  ],
  [
    "a loop that goes one too far",
    "exports.handler = (req) => { const sizes = []; for (let at = 0; at <= req.body.boxes.length; at++) sizes.push(req.body.boxes[at].size.length); return sizes }",
    { body: { boxes: [{ size: "1x1" }] } },
  ],
  [
    "a name that is declared again within",
    "exports.handler = (req) => { const { user } = req.body; return [user].map(() => { const user = {}.owner; return user.name }) }",
    { body: { user: { name: "ann" } } },
  ],
];

describe("what is run again in thought", () => {
  it.each(PROVOKED)("leads from the request to what failed: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 400, told: 1 });
  });

  it.each(BUGS)("proves nothing of a bug: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 500 });
  });

  it("leaves a rule's 400 where nobody sees what a function made of the request, and takes it back where it made it of nothing of that", async () => {
    const script = (given: string): string =>
      `const { run } = require('queue')\nexports.handler = (req) => new URL(run((parts) => parts, ${given}).link)`;
    const asked = { target: "/?link=here" };
    expect(await ask(loadHandler(script("req.query")), asked)).toEqual({ status: 400, told: 0 });
    expect(await ask(loadHandler(script("{ link: 'there' }")), asked)).toMatchObject({ status: 500 });
  });

  it("ends where it takes too long, and proves nothing then", async () => {
    const script =
      "exports.handler = (req) => { let sum = 0; for (let first = 0; first < req.body.n; first++) for (let second = 0; second < 3000; second++) sum += second; return req.body.user.name + sum }";
    expect(await ask(loadHandler(script), { body: { n: 3 } })).toMatchObject({ status: 500 });
  });
});
