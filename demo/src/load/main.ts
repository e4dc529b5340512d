/**
 * The customers: an open-loop load with Poisson arrivals, so that a slow shop does not slow them down. Never more than
 * `LOAD_MAX_IN_FLIGHT` at once: what would go beyond is counted as refused and not sent.
 */
import { crc32 } from "node:zlib";
import { Agent, request } from "undici";
import { onSwitch, reportReady } from "../lifecycle.ts";
import { createRandom, drawGapMs } from "./random.ts";
import { drawRequest, ORDINARY_SHARES, type TrafficKind, type TrafficRates } from "./traffic.ts";

/** The load's orders: what to send besides the ordinary day. A rate of 0 ends it. */
export type LoadSwitch = { readonly extra: TrafficRates };

const gateway = process.env.GATEWAY_URL ?? "";
const ordinaryPerSecond = Number(process.env.LOAD_RATE ?? 20);
const maxInFlight = Number(process.env.LOAD_MAX_IN_FLIGHT ?? 128);
const seed = Number(process.env.LOAD_SEED ?? 1);

/** Rare requests too begin soon after they were asked for. */
const FIRST_WITHIN_MS = 500;

const agent = new Agent({ connections: maxInFlight });
const timers = new Map<string, NodeJS.Timeout>();
let inFlight = 0;

async function send(kind: TrafficKind, random: () => number): Promise<void> {
  if (inFlight >= maxInFlight) return;
  inFlight += 1;
  const { method, path, body } = drawRequest(kind, random);
  try {
    const answer = await request(gateway + path, {
      method,
      dispatcher: agent,
      headersTimeout: 10_000,
      headers: { "user-agent": "shop-app/3.2", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    await answer.body.dump();
  } catch {
    // A customer who gets no answer goes away.
  } finally {
    inFlight -= 1;
  }
}

/** Starts, changes or ends one stream of arrivals. Each has its own random numbers, so that one does not change another. */
function setStream(name: string, kind: TrafficKind, perSecond: number): void {
  clearTimeout(timers.get(name));
  timers.delete(name);
  if (perSecond <= 0) return;
  const random = createRandom(seed * 1_009 + crc32(name));
  const arrive = (): void => {
    timers.set(name, setTimeout(arrive, drawGapMs(random, perSecond)));
    void send(kind, random);
  };
  timers.set(name, setTimeout(arrive, Math.min(FIRST_WITHIN_MS, drawGapMs(random, perSecond))));
}

for (const [kind, share] of Object.entries(ORDINARY_SHARES)) setStream(kind, kind as TrafficKind, share * ordinaryPerSecond);
onSwitch((order: Partial<LoadSwitch>) => {
  for (const [kind, perSecond] of Object.entries(order.extra ?? {})) setStream(`extra ${kind}`, kind as TrafficKind, perSecond);
});

reportReady(0, async () => {
  for (const timer of timers.values()) clearTimeout(timer);
  await agent.destroy();
});
