import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFaultline } from "../../packages/cli/src/main.ts";
import { nameTrueMaker, TRUE_CAUSES } from "../rig/backend-truths.ts";
import { type FaultyBackend, startFaultyBackend } from "../rig/faulty-backend.ts";
import { findFreePort, listInstalledProxies, type RunningProxy, startProxy } from "../rig/real-proxies.ts";

type Report = {
  triage: {
    maker: { maker: string; name: string; confidence: number };
    diagnosis: { verdict: string; causes: { cause: string; confidence: number }[] };
  };
  probes: { purpose: string; failure?: { phase: string } }[];
};

async function triage(...words: string[]): Promise<Report> {
  let [out, err] = ["", ""];
  const io = {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  await runFaultline(["triage", "--json", ...words], io);
  if (out === "") throw new Error(err);
  return JSON.parse(out) as Report;
}

const VENDORS = { nginx: "nginx", haproxy: "HAProxy", apache: "Apache httpd", caddy: "Caddy", varnish: "Varnish" } as const;
let backend: FaultyBackend;
beforeAll(async () => {
  backend = await startFaultyBackend();
});
afterAll(() => backend.close());

describe.each(listInstalledProxies())("triage behind a real %s", (name) => {
  let proxy: RunningProxy;
  let dead: RunningProxy;
  beforeAll(async () => {
    proxy = await startProxy(name, backend.port);
    dead = await startProxy(name, await findFreePort());
  });
  afterAll(async () => {
    await proxy.close();
    await dead.close();
  });

  const pick = (fault: string) => (fault === "dead" ? dead : proxy);

  it.each(["hang", "reset", "close"])("says that the proxy wrote the answer when the backend does this: %s", async (fault) => {
    const { maker } = (await triage(`${proxy.url}/${fault}`)).triage;
    expect(maker).toMatchObject({ maker: "intermediary", name: VENDORS[name] });
  });

  it("does not blame the app's code for an answer that is no HTTP, whether the proxy refuses it or passes it through", async () => {
    expect((await triage(`${proxy.url}/garbage`)).triage.maker.maker).not.toBe("app");
  });

  it("says that the proxy wrote the answer when nothing listens behind it", async () => {
    const { maker } = (await triage(`${dead.url}/x`)).triage;
    expect(maker).toMatchObject({ maker: "intermediary", name: VENDORS[name] });
  });

  it.each(["boom", "boom-503"])("says that the app wrote the answer when it is the app's own: %s", async (fault) => {
    expect((await triage(`${proxy.url}/${fault}`)).triage.maker.maker).toBe("app");
  });

  it.each(Object.entries(TRUE_CAUSES))(
    "names no wrong cause or maker of %s, with the backend's own answer or without",
    async (fault, causes) => {
      const { url } = pick(fault);
      for (const more of [[], ["--direct", `http://127.0.0.1:${backend.port}`]]) {
        const { maker, diagnosis } = (await triage(`${url}/${fault}`, ...more)).triage;
        const sure = diagnosis.causes.filter(({ confidence }) => confidence >= 0.5).map(({ cause }) => cause);
        expect(causes).toEqual(expect.arrayContaining(sure));
        expect([nameTrueMaker(fault), "network", "unknown"]).toContain(maker.maker);
      }
    },
    30_000,
  );

  it("finds nothing wrong with a good answer", async () => {
    expect((await triage(`${proxy.url}/ok`)).triage.diagnosis).toMatchObject({ scope: { failing: 0 }, causes: [] });
  });

  it("sends what it announces and nothing else, counted at the backend", async () => {
    const before = backend.requests.length;
    const { probes } = await triage(`${proxy.url}/boom?n=1`, "--direct", `http://127.0.0.1:${backend.port}`);
    expect(probes.map(({ purpose }) => purpose)).toEqual(["first", "again", "direct", "simple"]);
    expect(backend.requests.length - before).toBe(probes.length);
  });
});

describe("triage of what cannot be reached", () => {
  it("names a refused connection and a name that does not resolve", async () => {
    const refused = await triage(`http://127.0.0.1:${await findFreePort()}/`);
    expect(refused.triage.diagnosis).toMatchObject({ verdict: "diagnosed", causes: [{ cause: "connection-refused" }] });
    const unknown = await triage("http://no-such-name.invalid/");
    expect(unknown.triage.diagnosis).toMatchObject({ verdict: "diagnosed", causes: [{ cause: "dns-failure" }] });
    expect(unknown.probes[0]?.failure?.phase).toBe("dns");
  });

  it("sends a POST once unless told otherwise", async () => {
    const before = backend.requests.length;
    await triage(`curl -X POST http://127.0.0.1:${backend.port}/boom -d a=1`);
    expect(backend.requests.slice(before).filter((line) => line.startsWith("POST"))).toHaveLength(1);
    await triage(`curl -X POST http://127.0.0.1:${backend.port}/boom -d a=1`, "--unsafe");
    expect(backend.requests.slice(before).filter((line) => line.startsWith("POST"))).toHaveLength(3);
  });
});
