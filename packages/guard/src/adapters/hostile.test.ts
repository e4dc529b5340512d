import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createGuard } from "../guard.ts";
import { createCollected } from "../testing/collected.ts";
import { HOSTS, type Host, type HostTraits, type Moment, type Mounted } from "../testing/hosts.ts";
import { HOSTILE_KINDS } from "../testing/hostile-throwables.ts";
import { NEST_HOSTS } from "../testing/nest-hosts.ts";

const EVERYWHERE = [...HOSTS, ...NEST_HOSTS];

type Told = {
  readonly status: number;
  readonly body: string;
  readonly records: number;
  readonly internalErrors: number;
  readonly handed: readonly unknown[];
};

/** What the client sees: an answer, or a response that broke off. */
async function read(url: string): Promise<{ status: number; body: string }> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
    return { status: response.status, body: await response.text() };
  } catch (thrown) {
    return { status: 0, body: String(thrown) };
  }
}

/** One guarded host for a whole table; `tell` throws something in its route and says what came of it. */
function createRig(
  host: Host,
  own: boolean,
): { open(): Promise<void>; tell(thrown: unknown, moment: Moment): Promise<Told>; close(): Promise<unknown> } {
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
    async tell(thrown, moment) {
      const before = { ...guard.counts(), handed: mounted.reraised.length };
      toThrow = thrown;
      const answer = await read(mounted.url + moment);
      await expect.poll(() => guard.counts().captured, { interval: 1 }).toBe(before.captured + 1);
      const after = guard.counts();
      return {
        ...answer,
        records: after.captured - before.captured,
        internalErrors: after.internalErrors,
        handed: mounted.reraised.slice(before.handed),
      };
    },
    close: () => Promise.all([mounted.close(), guard.close()]),
  };
}

function kindsFor(host: HostTraits): typeof HOSTILE_KINDS {
  return HOSTILE_KINDS.filter((kind) => host.takesFalsy || kind.falsy === undefined);
}

/** A stream without a reason has none to tell. */
function lateKinds(host: HostTraits, moment: Moment): typeof HOSTILE_KINDS {
  const kinds = HOSTILE_KINDS.filter((kind) => kind.falsy === undefined);
  if (moment === "/late") return kinds;
  return kinds.filter((kind) => kind.unreadable === undefined && (host.streamsErrorsOnly === undefined || isMarkable(kind.make())));
}

function isMarkable(thrown: unknown): boolean {
  return thrown instanceof Error && Object.isExtensible(thrown);
}

const LATE = EVERYWHERE.flatMap((host) =>
  host.moments.filter((moment) => moment !== "/route").map((moment) => ({ ...host, host, moment })),
);

describe.each(EVERYWHERE)("on $name", (host) => {
  const rig = createRig(host, false);
  beforeAll(() => rig.open());
  afterAll(() => rig.close());

  it.each(kindsFor(host))("$name, thrown in a route, is one record and one clean answer", async (kind) => {
    const told = await rig.tell(kind.make(), "/route");
    expect(told).toMatchObject({ status: 500, records: 1, internalErrors: 0 });
    expect(JSON.parse(told.body)).toMatchObject({ status: 500, title: "Internal Server Error" });
  });
});

describe.each(LATE)("after the headers, $moment on $name", ({ host, moment }) => {
  const rig = createRig(host, false);
  beforeAll(() => rig.open());
  afterAll(() => rig.close());

  it.each(lateKinds(host, moment))("$name is one record and a response that breaks off", async (kind) => {
    const told = await rig.tell(kind.make(), moment);
    expect(told).toMatchObject({ records: 1, internalErrors: 0 });
    expect([0, 200]).toContain(told.status);
  });
});

describe.each(EVERYWHERE.filter((host) => host.handsOnAll))("behind the guard on $name", (host) => {
  const rig = createRig(host, true);
  beforeAll(() => rig.open());
  afterAll(() => rig.close());

  it.each(HOSTILE_KINDS.filter((kind) => kind.falsy === undefined))(
    "$name reaches the host's own handler as the same reference",
    async (kind) => {
      const thrown = kind.make();
      const told = await rig.tell(thrown, "/route");
      expect(told).toMatchObject({ status: 500, records: 1, internalErrors: 0, body: "own" });
      expect(told.handed).toHaveLength(1);
      expect(Object.is(told.handed[0], thrown)).toBe(true);
    },
  );
});
