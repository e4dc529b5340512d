import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CauseId } from "@faultline/model";
import type { Scenario } from "../generator/stage.ts";
import type { Step } from "../services/plan.ts";
import { hop, maybe } from "../incident.ts";
import { type Way, buildChain, diagnosed } from "./chain.ts";

const RIGHT = diagnosed("bad-configuration");

/** A setting is gone that some of the code asks for. */
function missing(
  name: string,
  work: string,
  { env = {}, also }: { env?: Readonly<Record<string, string>>; also?: readonly CauseId[] } = {},
): Way {
  return async (stage) => {
    const chain = await buildChain(stage, {
      origin: { steps: [{ kind: "work", name: work, when: { query: "pay=card" } }], env },
      call: { reaction: stage.dice.pick(["same", 502]) },
    });
    await chain.load({ count: 55, next: () => ({ query: stage.dice.chance(0.45) ? "pay=card" : "pay=invoice" }) });
    return { name, ...chain.blame(500), diagnose: diagnosed("bad-configuration", also) };
  };
}

/** A flag switches to code that wants a value nobody gave. */
const badFlag: Way = async (stage) => {
  const chain = await buildChain(stage, { origin: { steps: [{ kind: "work", name: "readLimits", when: { toggle: "new-limits" } }] } });
  const turn = async (): Promise<void> => {
    await chain.origin.toggle("new-limits", true);
    stage.change({ kind: "flag", service: chain.originName, description: "flag new-limits: off to on" });
  };
  await chain.load({ count: 50, next: () => ({}), at: { [stage.dice.whole(15, 28)]: turn } });
  return { name: "bad-flag", ...chain.blame(500), diagnose: RIGHT };
};

/** The database does not take the service's password, or has no database of that name. */
function credentials(name: string, change: (url: string) => string): Way {
  return async (stage) => {
    const rules = join(stage.folder, "pg_hba.conf");
    writeFileSync(rules, "host all app 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n", { mode: 0o644 });
    const database = await stage.postgres({ settings: [`hba_file=${rules}`], password: "correct horse" });
    const steps: Step[] = [{ kind: "query", sql: "select count(*) from orders" }];
    const url = database.url.replace("app@", "app:correct%20horse@");
    const chain = await buildChain(stage, { origin: { watch: "otel", databaseUrl: change(url), steps } });
    await chain.load({ count: 40, next: () => ({}) });
    const path = chain.pathOver(500, [hop(chain.originName, "created", "remapped"), maybe("postgresql", "clean")]);
    return { ...chain.blame(500), name, path, diagnose: RIGHT };
  };
}

/** The callee does not know the caller's token. */
const wrongToken: Way = async (stage) => {
  const chain = await buildChain(stage, {
    callers: [1, 1, 2],
    origin: {
      steps: [
        {
          kind: "answer",
          status: 401,
          body: '{"error":"invalid_client","error_description":"client secret is not valid"}',
          when: { toggle: "rotated" },
        },
        { kind: "answer", status: 200 },
      ],
    },
    call: { bearer: "old", quotes: true, reaction: stage.dice.pick([500, 502] as const) },
  });
  await chain.load({ count: 50, next: () => ({}), at: { 22: () => chain.origin.toggle("rotated", true) } });
  return { name: "wrong-token", ...chain.blameCaller([maybe(chain.originName, "clean")], "created", "remapped"), diagnose: RIGHT };
};

/** The cache asks for a password, and the service gives none. */
const noPassword: Way = async (stage) => {
  const redis = await stage.redis();
  await redis.operate("config", "set", "requirepass", "correct-horse");
  const chain = await buildChain(stage, {
    origin: {
      watch: "otel",
      redisUrl: redis.url,
      steps: [{ kind: "cache", command: ["get", "greeting"], when: { query: "with=greeting" } }],
    },
  });
  await chain.load({ count: 45, next: () => ({ query: stage.dice.chance(0.5) ? "with=greeting" : "with=none" }) });
  const path = chain.pathOver(500, [hop(chain.originName, "created", "remapped"), maybe("redis", "clean")]);
  return { ...chain.blame(500), name: "no-password", path, diagnose: RIGHT, sign: { words: /NOAUTH/, share: 0.8 } };
};

const WAYS: readonly Way[] = [
  missing("missing-key", "readApiKey"),
  credentials("wrong-password", (url) => url.replace("correct%20horse", "battery")),
  missing("missing-limit", "readLimits", { env: { LIMITS: '{"maxWeight":30}' } }),
  wrongToken,
  badFlag,
  credentials("wrong-database", (url) => url.replace(/\/postgres$/, "/shop_v2")),
  // The error names no setting: that it is one can only be guessed.
  missing("missing-secret", "signSession", { also: ["unhandled-exception"] }),
];

const LATER = { from: 16, ways: [noPassword, badFlag] };

/** A setting is missing or wrong: a secret, an address, a key. */
export const badConfiguration: Scenario = { cause: "bad-configuration", count: 20, play: (stage) => stage.way(WAYS, LATER)(stage) };
