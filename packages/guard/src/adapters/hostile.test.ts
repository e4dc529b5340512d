import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { HOSTS, type Host, type Mounted } from "../testing/hosts.ts";
import { HOSTILE_KINDS } from "../testing/hostile-throwables.ts";

type Told = {
  readonly status: number;
  readonly body: string;
  readonly records: number;
  readonly internalErrors: number;
  readonly handed: readonly unknown[];
};

/** One guarded host for a whole table; `tell` throws something in its route and says what came of it. */
function createRig(host: Host, own: boolean): { open(): Promise<void>; tell(thrown: unknown): Promise<Told>; close(): Promise<unknown> } {
  const guard = createGuard({ service: "hostile", transport: createCollected(), spool: false, announce: false, processHooks: false });
  let mounted: Mounted;
  let toThrow: unknown;
  return {
    async open() {
      const route = (): never => {
        throw toThrow;
      };
      mounted = await host.mount(guard, route, own);
    },
    async tell(thrown) {
      const before = { ...guard.counts(), handed: mounted.reraised.length };
      toThrow = thrown;
      const response = await fetch(`${mounted.url}/route`, { signal: AbortSignal.timeout(2000) });
      const body = await response.text();
      await expect.poll(() => guard.counts().captured, { interval: 1 }).toBe(before.captured + 1);
      const after = guard.counts();
      return {
        status: response.status,
        body,
        records: after.captured - before.captured,
        internalErrors: after.internalErrors,
        handed: mounted.reraised.slice(before.handed),
      };
    },
    close: () => Promise.all([mounted.close(), guard.close()]),
  };
}

const FAILURE = { status: 500, records: 1, internalErrors: 0 };

describe.each(HOSTS.filter((host) => host.takesFalsy))("on $name", (host) => {
  const rig = createRig(host, false);
  beforeAll(() => rig.open());
  afterAll(() => rig.close());

  it.each(HOSTILE_KINDS)("$name, thrown in a route, is one record and one clean answer", async (kind) => {
    const told = await rig.tell(kind.make());
    expect(told).toMatchObject(FAILURE);
    expect(JSON.parse(told.body)).toMatchObject({ status: 500, title: "Internal Server Error" });
  });
});

describe.each(HOSTS.filter((host) => host.handsOnAll))("behind the guard on $name", (host) => {
  const rig = createRig(host, true);
  beforeAll(() => rig.open());
  afterAll(() => rig.close());

  it.each(HOSTILE_KINDS.filter((kind) => kind.falsy === undefined))(
    "$name reaches the host's own handler as the same reference",
    async (kind) => {
      const thrown = kind.make();
      const told = await rig.tell(thrown);
      expect(told).toMatchObject({ ...FAILURE, body: "own" });
      expect(told.handed).toHaveLength(1);
      expect(Object.is(told.handed[0], thrown)).toBe(true);
    },
  );
});
