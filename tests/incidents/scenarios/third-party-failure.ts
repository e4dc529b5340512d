import type { CauseId } from "@faultline/model";
import type { Scenario } from "../generator/stage.ts";
import type { Step } from "../services/plan.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const HOSTS = ["api.payco.example", "rates.openbank.example", "sms.teltra.example", "maps.geodata.example"] as const;

function failing(name: string, steps: readonly Step[], { status, also }: { status?: number; also?: readonly CauseId[] } = {}): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      callers: [1, 1, 2],
      origin: { service: stage.dice.pick(HOSTS), watch: "none", framework: "node", steps },
      call: {
        timeoutMs: 500,
        client: stage.dice.pick(["undici", "http"]),
        ...(status === undefined || stage.dice.chance(0.5) ? {} : { reaction: "same" as const }),
      },
    });
    await chain.load({ count: 50, next: () => ({}), at: { [stage.dice.whole(12, 30)]: () => chain.origin.toggle("away", true) } });
    return { name, ...chain.blame(status), diagnose: diagnosed("third-party-failure", also) };
  };
}

const AWAY = { when: { toggle: "away" } } as const;
const WAYS: readonly Way[] = [
  failing("error", [{ kind: "answer", status: 500, body: '{"message":"internal error"}', ...AWAY }], { status: 500 }),
  failing(
    "maintenance",
    [{ kind: "answer", status: 503, type: "text/html", body: "<html><body>We are back soon</body></html>", ...AWAY }],
    { status: 503 },
  ),
  failing(
    "bad-gateway",
    [{ kind: "answer", status: 502, type: "text/html", headers: { server: "cloudfront" }, body: "<html>502</html>", ...AWAY }],
    { status: 502 },
  ),
  failing("silence", [{ kind: "wire", what: "hang", ...AWAY }], { also: ["dependency-timeout"] }),
];

/** Somebody else's service failed. */
export const thirdPartyFailure: Scenario = { cause: "third-party-failure", count: 16, play: (stage) => stage.way(WAYS)(stage) };
