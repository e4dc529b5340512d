import type { Scenario } from "../generator/stage.ts";
import { buildChain, diagnosed } from "./chain.ts";

/** Callers that try again at once multiply the load on a service that can hardly take what it has. */
export const retryStorm: Scenario = {
  cause: "retry-storm",
  count: 8,
  async play(stage) {
    const { dice } = stage;
    const chain = await buildChain(stage, {
      callers: [1, 2],
      noise: 0,
      watches: ["otel"],
      origin: { watch: "otel", maxBusy: 1, busyMessage: "try again later", steps: [{ kind: "pause", ms: [100, 160] }] },
      call: { tries: dice.whole(4, 6), gapMs: dice.whole(3, 8), timeoutMs: 800 },
    });
    await chain.load({ count: 32, perSecond: 14, next: () => ({}) });
    return { name: `${chain.services.length}-services`, ...chain.blame(503), diagnose: diagnosed("retry-storm") };
  },
};
