import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createMalformedCases } from "../../../../tests/oracle/malformed-otlp.ts";
import { createOtlpClient } from "../../../../tests/rig/otlp-client.ts";
import { createMemoryStore } from "../store/index.ts";
import { createReceiver } from "./receiver.ts";

const SEED = 20_260_500 + (Date.now() % 1_000);
const MAX_BODY_BYTES = 256 << 10;

describe(`malformed OTLP, seed ${SEED}`, () => {
  const errors: unknown[] = [];
  const store = createMemoryStore();
  const receiver = createReceiver({ store, limits: { maxBodyBytes: MAX_BODY_BYTES }, report: (error) => errors.push(error) });
  const server = createServer((request, response) => void receiver.receive(request, response));
  let client: ReturnType<typeof createOtlpClient>;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    client = createOtlpClient((server.address() as AddressInfo).port);
  });
  afterAll(async () => {
    client.close();
    server.close();
    await store.close();
  });

  it("gets the right class of answer, and never a 500", async () => {
    const cases = createMalformedCases(SEED, 192, MAX_BODY_BYTES);
    const wrong: string[] = [];
    await Promise.all(
      cases.map(async (each) => {
        const { status } = await client.send(each);
        wrong.push(...[`${each.name}: ${status}, not ${each.allowed.join(" or ")}`].filter(() => !each.allowed.includes(status)));
      }),
    );
    expect(wrong).toEqual([]);
    expect(errors).toEqual([]);
    expect(Reflect.ownKeys(Object.prototype)).not.toContain("polluted");
    expect(receiver.counts()).toMatchObject({ requests: 192, heldBytes: 0 });
  });
});
