/** The steps behind the verdict, on the live demo: each fault becomes one fault and one alert whose link opens the failing span, and a bad deploy is rolled back. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Collector, startCollector } from "@faultline/collector";
import type { FaultAnswer, GateAnswer } from "@faultline/model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Shop, startShop } from "../../demo/src/shop/shop.ts";
import { Switchboard } from "../../demo/src/switchboard/switchboard.ts";

type Alert = { readonly hop: string; readonly cause: string; readonly link: string; readonly exampleTraceId: string };

const WARM_UP_MS = 6_000;
const ON_MS = 12_000;
/** Late spans are read again for this long; a second alert would come by then. */
const SETTLE_MS = 14_000;

describe("the last steps on the live demo", () => {
  const alerts: Alert[] = [];
  let receiver: Server;
  let collector: Collector;
  let shop: Shop | undefined;
  let board: Switchboard;

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        alerts.push(JSON.parse(Buffer.concat(chunks).toString("utf8")) as Alert);
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    collector = await startCollector({ port: 0, storage: { kind: "memory" }, alertTargets: [{ format: "webhook", url }] });
    shop = await startShop({ otlpEndpoint: collector.url, otlpProtocol: "http/json", rate: 20, seed: 5 });
    board = new Switchboard(shop);
    await sleep(WARM_UP_MS);
  });
  afterAll(async () => {
    await shop?.close();
    await collector.close();
    receiver.close();
  });

  const play = async (fault: string): Promise<void> => {
    await board.turn(fault, true);
    await sleep(ON_MS);
    await board.turn(fault, false);
    await sleep(SETTLE_MS);
  };

  it.each([
    ["unhandled-exception", "payments", "unhandled-exception"],
    ["blocked-query", "postgresql", "dependency-timeout"],
  ])("tells people of %s once, with a link that opens the failing span", async (fault, hop, cause) => {
    alerts.length = 0;
    await play(fault);
    expect(alerts.map((alert) => ({ hop: alert.hop, cause: alert.cause }))).toEqual([{ hop, cause }]);
    const link = new URL(String(alerts[0]?.link));
    const answer = await fetch(`${collector.url}/api${link.pathname}${link.search}`);
    const { example } = (await answer.json()) as FaultAnswer;
    expect(example?.traceId).toBe(alerts[0]?.exampleTraceId);
    expect(example?.rows.map(({ spanId }) => spanId)).toContain(example?.failingSpanId);
  });

  it("rolls the deploy without its secret back by its counts", async () => {
    await play("bad-deploy");
    const answer = await fetch(`${collector.url}/api/gate?baseline=2.4.1&canary=2.5.0&service=storefront`);
    const { decision, canary } = (await answer.json()) as GateAnswer;
    expect(canary.failing).toBeGreaterThan(0);
    expect(decision.kind).toBe("roll-back");
  });
});
