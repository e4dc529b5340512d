import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Alert } from "./alert.ts";
import { createNotifier } from "./notifier.ts";
import { toSlackBody } from "./slack-body.ts";
import { toWebhookBody } from "./webhook-body.ts";

const ALERT: Alert = {
  key: "f1-1700000000000",
  fingerprint: "f1",
  sentence: "payments created the 500s on POST /checkout: a dependency timed out",
  service: "storefront",
  route: "POST /checkout",
  hop: "payments",
  cause: "dependency-timeout",
  confidence: 0.9,
  failing: 12,
  total: 200,
  firstSeenMs: 1_700_000_000_000,
  exampleTraceId: "a".repeat(32),
  change: { kind: "deploy", service: "payments", timeMs: 1_699_999_990_000, version: "2.0.1", source: "declared" },
  link: "http://127.0.0.1:4318/faults/f1",
};

const closers: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A receiver that answers with the given statuses in turn, then 200, and records what it got. */
async function startReceiver(statuses: readonly number[]) {
  const got: { status: number; body: string; key: string | undefined }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const status = statuses[got.length] ?? 200;
      got.push({ status, body, key: request.headers["idempotency-key"] as string | undefined });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => void server.close());
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

function startNotifier(url: string, format: "webhook" | "slack" = "webhook") {
  const delivered: string[] = [];
  const refused: string[] = [];
  const notifier = createNotifier({
    targets: [{ format, url }],
    onDelivered: ({ key }) => delivered.push(key),
    onRefused: (line) => refused.push(line),
    sleep: () => Promise.resolve(),
  });
  closers.push(() => notifier.close());
  return { notifier, delivered, refused };
}

describe("notifying", () => {
  it("delivers one alert once through fourteen failures of its receiver, with one key", async () => {
    const { got, url } = await startReceiver(Array.from({ length: 14 }, () => 503));
    const { notifier, delivered } = startNotifier(url);
    notifier.notify(ALERT);
    notifier.notify(ALERT);
    await notifier.drain();
    notifier.notify(ALERT);
    await notifier.drain();
    expect(got.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(got.map(({ key }) => key))).toEqual(new Set(['"f1-1700000000000"']));
    expect(delivered).toEqual([ALERT.key]);
  });

  it("does not try again when the receiver refuses for good, and says so", async () => {
    const { got, url } = await startReceiver([404]);
    const { notifier, delivered, refused } = startNotifier(url);
    notifier.notify(ALERT);
    await notifier.drain();
    expect(got).toHaveLength(1);
    expect(delivered).toEqual([]);
    expect(refused[0]).toContain("status 404");
  });

  it("stops waiting for a dead receiver when it closes", async () => {
    const notifier = createNotifier({
      targets: [{ format: "webhook", url: "http://127.0.0.1:9" }],
      onDelivered: () => {},
      onRefused: () => {},
    });
    notifier.notify(ALERT);
    await notifier.close();
    expect(notifier.pending).toBe(0);
  });
});

describe("the bodies", () => {
  it("carry the sentence, hop, cause, one failing request, the deploy and the link", () => {
    for (const body of [toWebhookBody(ALERT), toSlackBody(ALERT)]) {
      for (const part of ["dependency-timeout", "payments", ALERT.exampleTraceId, "2.0.1", ALERT.link]) expect(body).toContain(part);
    }
    expect(JSON.parse(toWebhookBody(ALERT))).toMatchObject({
      version: "1",
      firstSeen: "2023-11-14T22:13:20.000Z",
      sentence: ALERT.sentence,
    });
  });

  it("say in Slack of which time the counts are, and times in the reader's own zone", () => {
    const shown = (JSON.parse(toSlackBody(ALERT)) as { blocks: { text: { text: string } }[] }).blocks[1]?.text.text;
    expect(shown).toContain(
      "12 of 200 requests failed in the last five minutes; first seen <!date^1700000000^{date_short_pretty} {time_secs}|2023-11-14 22:13:20 UTC>\n",
    );
    expect(shown).toContain("deploy payments 2.0.1 at <!date^1699999990^{date_short_pretty} {time_secs}|2023-11-14 22:13:10 UTC>");
  });

  it("keep the link in Slack, however long a name or a change's description is", () => {
    const change = {
      ...ALERT.change,
      kind: "deploy",
      service: "payments",
      timeMs: 0,
      source: "declared",
      description: "x".repeat(9000),
    } as const;
    expect(toSlackBody({ ...ALERT, change, hop: "h".repeat(9000), sentence: "&".repeat(9000) })).toContain(
      `<${ALERT.link}|open the failing span>`,
    );
  });

  it("let captured text mention nobody in Slack and keep Slack's limits", () => {
    const body = JSON.parse(toSlackBody({ ...ALERT, route: "x".repeat(5000), sentence: "<!channel> & `rm`\n> quote" }));
    expect(body.text).not.toContain("<!channel>");
    expect(body.blocks[0].text.text.length).toBeLessThanOrEqual(150);
    expect(body.blocks[1].text.text).toContain("&lt;!channel&gt; &amp; ’rm’ &gt; quote");
  });
});
