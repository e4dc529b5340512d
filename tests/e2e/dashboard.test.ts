/** The dashboard in a real browser: it renders, it is live, it can be used by keyboard, and captured text never runs. */
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Diagnosis, Span } from "@faultline/model";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Store, StoredFault } from "../../packages/collector/src/store/index.ts";
import { launchBrowser, openPage } from "./browser.ts";
import { closeSite, DIST, openSite, type Site } from "./dashboard-site.ts";
import { fillStore, type Fixture, saveDiagnosis, sketchTrace, toTracePayload } from "./dashboard-fixture.ts";
import { createRandom } from "../rig/seeded-random.ts";
import { HOSTILE_TEXTS } from "./hostile-text.ts";

const PICTURES = fileURLToPath(new URL("../../test-artifacts/dashboard", import.meta.url));
const MOST_SCRIPT_BYTES = 150_000;
const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  narrow: { colorScheme: "light", viewport: { width: 360, height: 740 }, hasTouch: true },
};

let browser: Browser;
beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true });
  browser = await launchBrowser();
});
afterAll(() => browser.close());

it("the first load takes at most 150 KB of script, compressed", () => {
  const scripts = ["theme.js", ...readdirSync(`${DIST}/assets`).map((name) => `assets/${name}`)].filter((name) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(`${DIST}/${name}`), { level: 9 }).length, 0);
  expect(scripts.length).toBeGreaterThan(1);
  expect(bytes).toBeLessThanOrEqual(MOST_SCRIPT_BYTES);
});

describe("the pages of a failing shop", () => {
  let site: Site;
  let fixture: Fixture;
  beforeAll(async () => {
    site = await openSite();
    fixture = await fillStore(site.store, Date.now());
  });
  afterAll(() => closeSite(site));

  const addresses = (): readonly (readonly [string, string, string])[] => [
    ["overview", "/", "3 open faults"],
    ["fault-input", `/faults/${fixture.fingerprints[0]}`, "orders makes the failures"],
    ["fault-deploy", `/faults/${fixture.fingerprints[1]}`, "storefront makes the failures"],
    ["fault-inconclusive", `/faults/${fixture.fingerprints[2]}`, "Inconclusive"],
    ["trace", `/traces/${fixture.traceIds[0]}`, "gateway: POST /api/quotes"],
    ["failing", "/failing", "Failing requests"],
    ["rollout-choose", "/rollout", "Rollout"],
    ["rollout", "/rollout?baseline=2.4.1&canary=2.5.0&service=storefront", "Rollout"],
    ["unknown-trace", "/traces/00000000000000000000000000000001", "Not found"],
    ["unknown-page", "/fault/f00d", "There is no page"],
  ];

  it.each(Object.keys(LOOKS))("render without trouble and without overflow: %s", async (look) => {
    const { page, troubles } = await openPage(browser, site.url, LOOKS[look]);
    for (const [name, path, heading] of addresses()) {
      await page.goto(site.url + path);
      await page.getByText(heading).first().waitFor();
      await page.waitForFunction(() => document.querySelector("main .loading") === null);
      await page.screenshot({ path: `${PICTURES}/${name}-${look}.png`, fullPage: true });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect([name, overflow]).toEqual([name, Math.min(0, overflow)]);
    }
    expect(troubles.filter((trouble) => !trouble.includes("404"))).toEqual([]);
    await page.context().close();
  });

  it("tell a fault's story from the verdict to the guard", async () => {
    const { page } = await openPage(browser, site.url);
    await page.goto(`${site.url}/faults/${fixture.fingerprints[0]}`);
    await page.getByRole("heading", { name: "Guard" }).waitFor();
    const headings = await page.getByRole("heading", { level: 2 }).allInnerTexts();
    expect(headings.map((heading) => heading.split(/\s{2}|trace|\d/)[0]?.trim())).toEqual([
      "Path",
      "One failing request",
      "Exception",
      "Request, redacted",
      "Evidence",
      "What differs from good requests",
      "Over time",
      "Next checks",
      "Guard",
      "Failing requests",
    ]);
    expect(await page.locator(".hop-created").innerText()).toContain("orders");
    expect(await page.locator(".contrasts").innerText()).toContain("JPY");
    expect(await page.locator(".wanted-span").innerText()).toContain("orders");
    await page.context().close();
  });

  it("open the request that an alert's link names", async () => {
    const { page } = await openPage(browser, site.url);
    await page.goto(`${site.url}/faults/${fixture.fingerprints[0]}?trace=${fixture.traceIds[0]}`);
    await page.getByText(`trace ${fixture.traceIds[0]?.slice(0, 8)}`).waitFor();
    await expect
      .poll(() => page.locator(".wanted-span").evaluate((row) => row.getBoundingClientRect().top < innerHeight), { timeout: 30_000 })
      .toBe(true);
    await page.context().close();
  });

  it("can be walked by keyboard, and the focus follows to the new page", async () => {
    const { page } = await openPage(browser, site.url);
    await page.goto(site.url);
    await page.getByText("3 open faults").waitFor();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to the content");
    await page.getByRole("link", { name: /storefront makes the failures/ }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /storefront makes/ }).waitFor();
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName), { timeout: 30_000 }).toBe("H1");
    const first = page.locator(".span-row").first();
    await first.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await page.locator(".span-row").nth(1).getAttribute("aria-expanded")).toBe("true");
    await page.goBack();
    await page.getByText("3 open faults").waitFor();
    await page.context().close();
  });

  it("keep the theme that somebody chose", async () => {
    const { page } = await openPage(browser, site.url, { colorScheme: "light" });
    await page.goto(site.url);
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await paper();
    await page.getByRole("button", { name: "Theme: system" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    const dark = await paper();
    expect(dark).not.toBe(light);
    await page.reload();
    expect(await paper()).toBe(dark);
    await page.context().close();
  });
});

describe("a page that stays open", () => {
  it("calls it no good news that nothing failed where nothing was received", async () => {
    const site = await openSite();
    const { page, troubles } = await openPage(browser, site.url);
    await page.goto(`${site.url}/failing`);
    await page.getByText("Nothing has arrived yet.").waitFor();
    await page.getByRole("link", { name: "How to send telemetry" }).click();
    await page.getByText("OTEL_EXPORTER_OTLP_ENDPOINT").waitFor();
    expect(troubles).toEqual([]);
    await page.context().close();
    await closeSite(site);
  });

  it("shows a new fault, its diagnosis and lost contact without being loaded again", async () => {
    const site = await openSite();
    const { page, troubles } = await openPage(browser, site.url);
    await page.goto(site.url);
    await page.getByText("Nothing has arrived yet.").waitFor();
    await page.screenshot({ path: `${PICTURES}/empty-light.png`, fullPage: true });
    await page.locator(".live-on").waitFor();
    await page.evaluate(() => Object.assign(globalThis, { isSamePage: true }));
    const found: StoredFault = {
      fingerprint: "new-1",
      title: "TypeError in price()",
      service: "orders",
      route: "/quotes",
      firstSeenMs: Date.now(),
      lastSeenMs: Date.now(),
      count: 1,
      state: "open",
    };
    await site.store.saveFault(found);
    site.live.publish({ kind: "fault", fault: found });
    await page.getByText("TypeError in price()").waitFor();
    await page.getByText("being diagnosed").waitFor();
    await fillStore(site.store, Date.now());
    for (const fault of await site.store.listFaults({ limit: 10 })) site.live.publish({ kind: "fault", fault });
    await page.getByText("storefront makes the failures").waitFor();
    expect(await page.evaluate(() => "isSamePage" in globalThis)).toBe(true);
    expect(troubles).toEqual([]);
    await closeSite(site);
    await page.getByText("connecting").waitFor();
    await page.getByText("Not up to date").first().waitFor();
    await page.getByText("The collector does not answer").waitFor();
    await page.screenshot({ path: `${PICTURES}/lost-contact-light.png`, fullPage: true });
    await page.context().close();
  });
});

describe("what is long", () => {
  it("goes on in the next row: a path of twelve hops has no box over another, nor beyond the page", async () => {
    const site = await openSite();
    const random = createRandom(7);
    const hops = Array.from({ length: 12 }, (_, index) => ({
      service: `service-number-${index}`,
      route: `/a/route/of/hop/${index}/{id}`,
      status: 500,
    }));
    const failing = Array.from({ length: 12 }, (_, index) => sketchTrace(hops, Date.now() - 60_000 + index * 1000, random));
    await site.store.append(toTracePayload(failing.flat()));
    const fingerprint = await saveDiagnosis(site.store, { spans: failing.flat(), changes: [], failing });
    for (const look of Object.values(LOOKS)) {
      const { page } = await openPage(browser, site.url, look);
      await page.goto(`${site.url}/faults/${fingerprint}`);
      await page.locator(".hop-box").nth(12).waitFor();
      expect(await page.evaluate(findCrowdedBoxes)).toEqual([]);
      await page.context().close();
    }
    await closeSite(site);
  });

  it("is broken where nothing says where: names and routes of a hundred letters stay on the page", async () => {
    const site = await openSite();
    const random = createRandom(9);
    const exception = { type: `com.example.${"Deep".repeat(25)}`, message: "w".repeat(300) };
    const hops = ["edge", "inner"].map((name) => ({
      service: `${name}${"x".repeat(90)}`,
      route: `/${"longRoute".repeat(15)}`,
      status: 500,
      exception,
    }));
    const failing = Array.from({ length: 12 }, (_, index) => sketchTrace(hops, Date.now() - 60_000 + index * 1000, random));
    await site.store.append(toTracePayload(failing.flat()));
    const fingerprint = await saveDiagnosis(site.store, { spans: failing.flat(), changes: [], failing });
    for (const look of Object.values(LOOKS)) {
      const { page } = await openPage(browser, site.url, look);
      for (const path of ["/", `/faults/${fingerprint}`, `/traces/${failing[0]?.[0]?.traceId}`, "/failing"]) {
        await page.goto(`${site.url}${path}`);
        await page.locator("main bdi").first().waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      }
      // A column of long names must not push what failed out of sight.
      await page.locator(".failing-rows .error-type").first().waitFor();
      expect(
        await page.locator(".failing-rows td:nth-child(4)").evaluateAll((cells) => Math.max(...cells.map((cell) => cell.clientWidth))),
      ).toBeLessThan(400);
      await page.context().close();
    }
    await closeSite(site);
  });

  it("is folded: of forty faults twelve are shown, the others are a button away", async () => {
    const site = await openSite();
    for (let index = 0; index < 40; index++) await site.store.saveFault(toListedFault(index, Date.now()));
    const { page } = await openPage(browser, site.url);
    await page.goto(site.url);
    await page.getByText("40 open faults").waitFor();
    expect(await page.locator(".fault").count()).toBe(12);
    await page.getByRole("button", { name: "Show 28 more faults" }).click();
    expect(await page.locator(".fault").count()).toBe(40);
    await page.context().close();
    await closeSite(site);
  });
});

/** A fault that is listed and nothing more. */
function toListedFault(index: number, nowMs: number): StoredFault {
  const times = { firstSeenMs: nowMs - 60_000, lastSeenMs: nowMs - index, count: 100 - index, state: "open" as const };
  return { fingerprint: `listed-${index}`, title: `TypeError number ${index}`, service: "orders", route: "/quotes", ...times };
}

/** Boxes of the path that lie over one another or beyond the page, by their numbers. Runs in the page. */
function findCrowdedBoxes(): readonly string[] {
  const boxes = [...document.querySelectorAll(".hop-box")].map((box) => box.getBoundingClientRect());
  const beyond = boxes.flatMap((box, at) => (box.right > innerWidth ? [`${at} is beyond the page`] : []));
  const over = boxes.flatMap((one, at) =>
    boxes
      .slice(at + 1)
      .filter((other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom)
      .map(() => `${at} lies over another`),
  );
  return [...beyond, ...over];
}

describe("captured text", () => {
  it("never runs: 2,000 hostile texts in every shown field", async () => {
    expect(HOSTILE_TEXTS.length).toBe(2000);
    const site = await openSite();
    const { traceId, fingerprint } = await fillWithHostileText(site.store, Date.now());
    const { page, troubles } = await openPage(browser, site.url);
    for (const path of ["/", `/faults/${fingerprint}`, `/traces/${traceId}`, "/failing"]) {
      await page.goto(site.url + path);
      await page.locator("main h1").waitFor();
      await page.waitForFunction(() => document.querySelector("main .loading") === null);
      await page.evaluate(async () => {
        for (const fold of document.querySelectorAll("details")) fold.open = true;
        for (const button of document.querySelectorAll<HTMLElement>("main button.quiet")) button.click();
        await new Promise((resolve) => setTimeout(resolve, 50));
        for (const row of document.querySelectorAll<HTMLElement>(".span-row")) row.click();
      });
      await page.waitForTimeout(300);
    }
    await page.goto(`${site.url}/traces/${traceId}`);
    await page.locator(".span-row").first().waitFor();
    await page.evaluate(() => document.querySelector<HTMLElement>("main button.quiet")?.click());
    const shown = await readEverySpan(page);
    expect(HOSTILE_TEXTS.filter((text) => !shown.includes(squeeze(text)))).toEqual([]);
    await page.screenshot({ path: `${PICTURES}/hostile-light.png` });
    expect(await page.evaluate(() => "__attacked" in globalThis)).toBe(false);
    expect(
      await page.evaluate(() => document.querySelectorAll("main :is(script, iframe, object, embed, img, base, meta, link)").length),
    ).toBe(0);
    expect(troubles).toEqual([]);
    await page.context().close();
    await closeSite(site);
  });
});

/** Letters and digits only: how a text is laid out and which of its controls are made visible is not the question. */
function squeeze(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, "");
}

/** The text of every span's details, opened one after another. */
async function readEverySpan(page: Page): Promise<string> {
  const texts = await page.evaluate(async () => {
    const read: string[] = [];
    for (const row of document.querySelectorAll<HTMLElement>(".span-row")) {
      if (row.getAttribute("aria-expanded") !== "true") row.click();
      await new Promise((resolve) => setTimeout(resolve, 10));
      read.push(row.parentElement?.textContent ?? "");
    }
    return read;
  });
  return squeeze(texts.join(" ").replaceAll(/‹[0-9a-f]+›/g, ""));
}

const SPANS = 80;

/** One trace that carries all of them, and a fault, routes, versions and changes that are made of them too. */
async function fillWithHostileText(store: Store, nowMs: number): Promise<{ traceId: string; fingerprint: string }> {
  const random = createRandom(3);
  const at = (index: number): string => HOSTILE_TEXTS[index % HOSTILE_TEXTS.length] ?? "";
  const perSpan = HOSTILE_TEXTS.length / SPANS;
  const [root] = sketchTrace([{ service: at(1), route: at(2), version: at(3), region: at(4), status: 500 }], nowMs - 5000, random);
  expect(root).toBeDefined();
  const spans = Array.from({ length: SPANS }, (_, index) =>
    toHostileSpan(root, index, HOSTILE_TEXTS.slice(index * perSpan, (index + 1) * perSpan)),
  );
  await store.append(toTracePayload(spans));
  for (let index = 0; index < 40; index++) {
    const hop = { service: at(index * 7), route: at(index * 11 + 1), version: at(index * 13), region: at(index * 17), status: 500 };
    await store.append(toTracePayload(sketchTrace([hop], nowMs - 4000 - index, random)));
    await store.appendChange({
      kind: "deploy",
      service: at(index),
      version: at(index + 50),
      timeMs: nowMs - index * 1000,
      source: "declared",
    });
  }
  await store.flush();
  const traceId = spans[0]?.traceId ?? "";
  const fingerprint = "hostile";
  await store.assignFault([traceId], fingerprint);
  const times = { firstSeenMs: nowMs - 5000, lastSeenMs: nowMs, count: 1, state: "open" as const };
  await store.saveFault({ fingerprint, title: at(9), service: at(1), route: at(2), ...times, diagnosis: toHostileDiagnosis(at, nowMs) });
  return { traceId, fingerprint };
}

function toHostileSpan(root: Span | undefined, index: number, texts: readonly string[]): Span {
  const base = root as Span; // the caller has just checked that it is there
  const [name = "", statusMessage = "", exception = "", ...rest] = texts;
  const attributes = Object.fromEntries(rest.map((text, i) => [`field.${i}`, text]));
  const parent = index === 0 ? {} : { parentSpanId: "00000000000000a0" };
  const events = [{ name: "exception", timeMs: base.endMs, attributes: { "exception.message": exception, "exception.type": name } }];
  const spanId = (0xa0 + index).toString(16).padStart(16, "0");
  return { ...base, ...parent, spanId, name, status: "error", statusMessage, attributes: { ...base.attributes, ...attributes }, events };
}

function toHostileDiagnosis(at: (index: number) => string, nowMs: number): Diagnosis {
  const evidence = Array.from({ length: 20 }, (_, i) => ({
    statement: at(i * 3),
    measured: at(i * 5),
    source: "span" as const,
    weight: i / 5,
  }));
  const protections = Array.from({ length: 5 }, (_, i) => ({ what: at(i + 60), where: at(i + 70), example: at(i + 80) }));
  return {
    verdict: "diagnosed",
    scope: { service: at(1), route: at(2), window: { fromMs: nowMs - 60_000, toMs: nowMs }, failing: 1, succeeding: 0 },
    path: Array.from({ length: 4 }, (_, i) => ({
      hop: `${i}`,
      service: at(i * 31),
      operation: at(i * 37),
      status: at(i * 41),
      fate: (["remapped", "masked", "propagated", "created"] as const)[i] ?? "clean",
      evidence,
    })),
    suspects: [{ service: at(1), operation: at(2), score: 1 }],
    causes: [{ cause: "unhandled-exception", confidence: 0.9, evidence, against: evidence }],
    ruledOut: [{ cause: "bad-deploy", because: at(90) }],
    missing: [{ what: at(91), wouldTell: at(92) }],
    next: Array.from({ length: 5 }, (_, i) => ({ check: at(i + 100), command: at(i + 110) })),
    guard: { now: protections, prevent: protections },
  };
}
