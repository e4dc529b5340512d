import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { createReceiver, DEFAULT_RECEIVER_LIMITS } from "@faultline/collector/receive";
import { createMemoryStore } from "@faultline/collector/store";
import { createMalformedCases } from "../oracle/malformed-otlp.ts";
import { createOtlpClient } from "../rig/otlp-client.ts";

const SEED = Date.now() % 1_000_000;
const CASES = 2_400;
const MAX_BODY_BYTES = 1 << 20;

it(`answers ${CASES} malformed requests rightly, none with a 5xx, and still works: seed ${SEED}`, async () => {
  const errors: unknown[] = [];
  const store = createMemoryStore();
  const receiver = createReceiver({ store, limits: { maxBodyBytes: MAX_BODY_BYTES }, report: (error) => errors.push(error) });
  const server = createServer((request, response) => void receiver.receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = createOtlpClient((server.address() as AddressInfo).port, 8);
  const wrong: string[] = [];
  const send = async (each: ReturnType<typeof createMalformedCases>[number], index: number): Promise<void> => {
    const { status } = await client.send(each);
    wrong.push(
      ...[`case ${index}, ${each.name}: ${status}, not ${each.allowed.join(" or ")}`].filter(() => !each.allowed.includes(status)),
    );
  };
  const cases = createMalformedCases(SEED, CASES, MAX_BODY_BYTES);
  for (let index = 0; index < CASES; index += 48)
    await Promise.all(cases.slice(index, index + 48).map((each, offset) => send(each, index + offset)));
  expect(wrong).toEqual([]);
  expect(errors).toEqual([]);
  expect(Reflect.ownKeys(Object.prototype)).not.toContain("polluted");
  expect(receiver.counts()).toMatchObject({ requests: CASES, heldBytes: 0 });
  const sane = await client.send({ path: "/v1/traces", headers: { "content-type": "application/json" }, body: Buffer.from("{}") });
  expect(sane.status).toBe(200);
  client.close();
  server.close();
  await store.close();
});

it("refuses bombs of 64 MiB and more at the limit that ships", async () => {
  const store = createMemoryStore();
  const receiver = createReceiver({ store });
  const server = createServer((request, response) => void receiver.receive(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = createOtlpClient((server.address() as AddressInfo).port, 2);
  const cases = createMalformedCases(SEED, 64, DEFAULT_RECEIVER_LIMITS.maxBodyBytes).filter((each) => each.name.includes("bomb"));
  const before = process.memoryUsage().rss;
  for (const each of cases) expect([each.name, (await client.send(each)).status]).toEqual([each.name, 413]);
  expect(cases.length).toBeGreaterThan(2);
  expect(process.memoryUsage().rss - before).toBeLessThan(400 << 20);
  client.close();
  server.close();
  await store.close();
});
