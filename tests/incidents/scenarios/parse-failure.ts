import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../generator/stage.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("parse-failure");

/** Somebody wrote half a document into the cache. */
const cutCache: Way = async (stage) => {
  const cache = await stage.redis();
  await cache.operate("set", "menu:en", '{"items":["tea","mug"]}');
  await cache.operate("set", "menu:de", '{"items":["Tee","Bec');
  const chain = await buildChain(stage, {
    origin: { watch: "otel", redisUrl: cache.url, steps: [{ kind: "cache", command: ["get", "menu:{lang}"], parses: true }] },
  });
  await chain.load({ count: 50, next: () => ({ query: stage.dice.chance(0.4) ? "lang=de" : "lang=en" }) });
  return { name: "cut-cache", ...chain.blame(500), diagnose: RIGHT };
};

/** A client sends what is no JSON, and nobody turns it away. */
const badBody: Way = async (stage) => {
  const chain = await buildChain(stage, { origin: { method: "POST", steps: [{ kind: "work", name: "parseImport", input: "body" }] } });
  const bodies = ['{"rows":[1,2', "id;total\n1;2", "{'rows': []}"];
  await chain.load({ count: 50, next: () => ({ body: stage.dice.chance(0.35) ? stage.dice.pick(bodies) : '{"rows":[1,2]}' }) });
  return { name: "bad-body", ...chain.blame(500), diagnose: RIGHT };
};

/** A job publishes a file while its disk is full: the first half of it. */
const cutFile: Way = async (stage) => {
  const file = join(stage.folder, "rates.json");
  writeFileSync(file, '{"rate":1.08}');
  const chain = await buildChain(stage, { origin: { steps: [{ kind: "work", name: "readRates" }], env: { RATES_FILE: file } } });
  await chain.load({
    count: 50,
    next: () => ({}),
    at: { [stage.dice.whole(15, 30)]: () => writeFileSync(file, stage.dice.pick(['{"rate":1.', "", '{"rate":'])) },
  });
  return { name: "cut-file", ...chain.blame(500), diagnose: RIGHT };
};

const WAYS: readonly Way[] = [cutCache, badBody, cutFile];

/** Something that was received could not be read. */
export const parseFailure: Scenario = { cause: "parse-failure", count: 14, play: (stage) => stage.way(WAYS)(stage) };
