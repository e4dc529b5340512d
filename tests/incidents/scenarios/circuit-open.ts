import type { Scenario } from "../generator/stage.ts";
import { buildChain, diagnosed } from "./chain.ts";

/** A short trouble opens a breaker, and it stays open long after the service behind it is well again. */
export const circuitOpen: Scenario = {
  cause: "circuit-open",
  count: 12,
  async play(stage) {
    const { dice } = stage;
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      origin: { steps: [{ kind: "answer", status: 503, body: '{"error":"starting"}', when: { toggle: "starting" } }] },
      call: { breaker: { after: dice.whole(2, 4), openMs: 60_000 }, reaction: 503, client: dice.pick(["undici", "http"]) },
    });
    const from = dice.whole(12, 20);
    await chain.load({
      count: 70,
      next: () => ({}),
      at: { [from]: () => chain.origin.toggle("starting", true), [from + 14]: () => chain.origin.toggle("starting", false) },
    });
    return { name: "stays-open", ...chain.blameCaller(), diagnose: diagnosed("circuit-open") };
  },
};
