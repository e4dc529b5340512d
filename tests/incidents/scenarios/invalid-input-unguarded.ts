import type { Scenario } from "../generator/stage.ts";
import type { Step } from "../services/plan.ts";
import { hop, maybe } from "../incident.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("invalid-input-unguarded");

/** Code that takes what the request carries at its word. */
function inCode(work: string, input: string, [good, bad]: readonly [string, string]): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      origin: { steps: [{ kind: "work", name: work, input }] },
      call: { reaction: stage.dice.pick(["same", 502]) },
    });
    const share = stage.dice.whole(15, 40) / 100;
    await chain.load({ count: 60, next: () => ({ query: stage.dice.chance(share) ? bad : good }) });
    return { name: work, ...chain.blame(500), diagnose: RIGHT };
  };
}

/** A value that the database will not have, and nobody looked at before. */
function inDatabase(name: string, step: Omit<Extract<Step, { kind: "query" }>, "kind">, [good, bad]: readonly [string, string]): Way {
  return async (stage) => {
    const database = await stage.postgres();
    const chain = await buildChain(stage, { origin: { watch: "otel", databaseUrl: database.url, steps: [{ kind: "query", ...step }] } });
    const share = stage.dice.whole(15, 40) / 100;
    await chain.load({ count: 60, next: () => ({ query: stage.dice.chance(share) ? bad : good }) });
    const path = chain.pathOver(500, [hop(chain.originName, "created", "remapped"), maybe("postgresql", "clean")]);
    return { ...chain.blame(500), name, path, diagnose: RIGHT };
  };
}

const WAYS: readonly Way[] = [
  inCode("deliveryDate", "date", ["date=2026-05-02", "date=next+week"]),
  inDatabase("id-no-number", { sql: "select * from orders where id = $1", values: ["order"] }, ["order=17", "order=A-17"]),
  inCode("orderNumber", "number", ["number=4711", "number=47-11"]),
  inCode("requireName", "customer", ["customer=Ada", "note=x"]),
  inDatabase("text-too-long", { sql: "update orders set status = $1 where id = 5", values: ["status"] }, [
    "status=paid",
    "status=waiting-for-customs",
  ]),
  inCode("roundPrice", "digits", ["digits=2", "digits=200"]),
  inCode("decodeName", "name", ["name=Ada", "name=100%25"]),
  inCode("pageOf", "size", ["size=20", "size=-1"]),
];

/** A request that should have been answered with a 4xx reached code that could not take it. */
export const invalidInputUnguarded: Scenario = { cause: "invalid-input-unguarded", count: 20, play: (stage) => stage.way(WAYS)(stage) };
