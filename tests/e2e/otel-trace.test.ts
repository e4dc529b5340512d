/** One trace with the official OpenTelemetry SDK, in both directions and in the same process, over real HTTP between processes. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

type Span = { readonly traceId: string; readonly spanId: string; readonly parentSpanId?: string; readonly kind: number };
type Log = { readonly traceId: string; readonly spanId: string; readonly eventName: string };
type Exported = {
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
  readonly resourceLogs?: readonly { readonly scopeLogs: readonly { readonly logRecords: readonly Log[] }[] }[];
};
type Service = { readonly child: ChildProcess; readonly url: string };

const SERVICE = fileURLToPath(new URL("fixtures/traced-service.ts", import.meta.url));
const REGISTER = new URL("fixtures/otel-register.ts", import.meta.url).href;
const WITH_SDK = ["--import", REGISTER];
const [SERVER, CLIENT] = [2, 3];

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

async function start(variant: "guarded" | "bare", next: string, flags: readonly string[] = []): Promise<Service> {
  const child = fork(SERVICE, [variant, next], { execArgv: ["--conditions=source", ...flags] });
  children.push(child);
  const [port] = (await once(child, "message")) as [number];
  return { child, url: `http://127.0.0.1:${port}/` };
}

async function ask<T>(service: Service, what: string): Promise<T> {
  const answer = once(service.child, "message") as Promise<[T]>;
  service.child.send(what);
  return (await answer)[0];
}

async function readGuard(service: Service): Promise<{ spans: readonly Span[]; logs: readonly Log[] }> {
  const exported = await ask<readonly Exported[]>(service, "guard");
  return {
    spans: exported.flatMap((each) => each.resourceSpans ?? []).flatMap((each) => each.scopeSpans.flatMap((scope) => scope.spans)),
    logs: exported.flatMap((each) => each.resourceLogs ?? []).flatMap((each) => each.scopeLogs.flatMap((scope) => scope.logRecords)),
  };
}

function only(spans: readonly Span[], kind: number | undefined): Span {
  const found = spans.filter((span) => span.kind === kind);
  expect(found).toHaveLength(1);
  return found[0] as Span;
}

describe("a trace through services of which only some have the official SDK", () => {
  it("goes on from the SDK's client into the guard, and from the guard's into the SDK's service", async () => {
    const last = await start("bare", "", WITH_SDK);
    const middle = await start("guarded", last.url);
    const first = await start("bare", middle.url, WITH_SDK);
    expect((await fetch(first.url)).status).toBe(500);
    const [before, own, after] = [await ask<Span[]>(first, "spans"), (await readGuard(middle)).spans, await ask<Span[]>(last, "spans")];
    const chain = [only(before, SERVER), only(before, CLIENT), only(own, SERVER), only(own, CLIENT), only(after, SERVER)];
    expect(new Set(chain.map((span) => span.traceId)).size).toBe(1);
    expect(chain.slice(1).map((span) => span.parentSpanId)).toEqual(chain.slice(0, -1).map((span) => span.spanId));
  });

  it("has no second span where the SDK and the guard are in one process: the guard's record belongs to the SDK's span", async () => {
    const last = await start("guarded", "");
    const both = await start("guarded", last.url, WITH_SDK);
    expect((await fetch(both.url)).status).toBe(500);
    const sdk = await ask<Span[]>(both, "spans");
    const joined = await readGuard(both);
    const behind = await readGuard(last);
    expect(joined.spans).toEqual([]);
    expect(joined.logs).toMatchObject([
      { traceId: only(sdk, SERVER).traceId, spanId: only(sdk, SERVER).spanId, eventName: "faultline.response.error" },
    ]);
    expect(only(behind.spans, SERVER)).toMatchObject({ traceId: only(sdk, SERVER).traceId, parentSpanId: only(sdk, CLIENT).spanId });
  });
});
