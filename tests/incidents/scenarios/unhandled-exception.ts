import type { Scenario } from "../generator/stage.ts";
import { buildChain } from "./chain.ts";

/** Code that some requests are too much for. The parameter's name says nothing about the flaw. */
const FLAWS = [
  { work: "priceCart", input: "kind", bad: "gift", good: "plain" },
  { work: "weighParcel", input: "sku", bad: "kettle", good: "mug" },
  { work: "addressLabel", input: "customer", bad: "c3", good: "c2" },
  { work: "cheapest", input: "kind", bad: "rare", good: "plain" },
  { work: "choosePlan", input: "plan", bad: "family", good: "team" },
  { work: "splitInvoice", input: "parts", bad: "7", good: "4" },
] as const;

/** Since then a service logs what it does as it goes, and says nothing of what went wrong. */
const LATER = { from: 14, ways: [FLAWS[0], FLAWS[4]] };
const TOLD = { watch: "otel" } as const;
const BEFORE = [{ kind: "log", text: "order 4711 read from the book" }] as const;
const AFTER = [
  { kind: "log", text: "order 4711 priced" },
  { kind: "log", text: "offer for order 4711 sent" },
] as const;

/** The creating hop's own code threw for some requests. */
export const unhandledException: Scenario = {
  cause: "unhandled-exception",
  count: 18,
  async play(stage) {
    const { work, input, bad, good } = stage.way(FLAWS, LATER);
    const isTold = stage.seed >= LATER.from;
    const chain = await buildChain(stage, {
      origin: {
        ...(isTold ? TOLD : {}),
        steps: [...(isTold ? BEFORE : []), { kind: "work", name: work, input }, ...(isTold ? AFTER : [])],
      },
      call: { reaction: stage.dice.pick(["same", 500, 502]) },
    });
    const share = stage.dice.whole(15, 50) / 100;
    await chain.load({ count: 60, next: () => ({ query: `${input}=${stage.dice.chance(share) ? bad : good}` }) });
    return { name: work, ...chain.blame(500), diagnose: { verdict: "diagnosed", cause: "unhandled-exception" } };
  },
};
