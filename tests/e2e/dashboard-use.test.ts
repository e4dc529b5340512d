/** What people do with the dashboard beyond reading it: narrow it, send it on, come late, come with a wrong clock or a screen reader. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser, openPage } from "./browser.ts";
import { fillStore, type Fixture, saveDiagnosis, sketchTrace, toTracePayload } from "./dashboard-fixture.ts";
import { createRandom } from "../rig/seeded-random.ts";
import { closeSite, openSite, type Site } from "./dashboard-site.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const DAY_MS = 86_400_000;

let browser: Browser;
let site: Site;
let fixture: Fixture;
let longFault: string;
let filledMs: number;
beforeAll(async () => {
  browser = await launchBrowser();
  site = await openSite();
  filledMs = Date.now();
  fixture = await fillStore(site.store, filledMs);
  longFault = await saveLongFault();
  await saveExpiredFault();
});
afterAll(async () => {
  await browser.close();
  await closeSite(site);
});

/** Forty hops, and a name and a message that know no end. */
async function saveLongFault(): Promise<string> {
  const random = createRandom(11);
  const exception = {
    type: `com.example.${"verylongname".repeat(12)}Exception`,
    message: "it was said at length ".repeat(230),
    stack: "Error\n    at a (file:///app/x.js:1:1)",
  };
  const hops = Array.from({ length: 40 }, (_, index) => ({ service: `service-${index}`, route: `/hop/${index}`, status: 500 }));
  const failing = Array.from({ length: 6 }, (_, index) =>
    sketchTrace([...hops, { service: "last", route: "/last", status: 500, exception }], Date.now() - 60_000 + index * 1000, random),
  );
  await site.store.append(toTracePayload(failing.flat()));
  return saveDiagnosis(site.store, { spans: failing.flat(), changes: [], failing });
}

/** A fault of last week, whose traces retention has taken. */
async function saveExpiredFault(): Promise<void> {
  const [known] = await site.store.listFaults({ limit: 100 });
  expect(known).toBeDefined();
  const then = Date.now() - 9 * DAY_MS;
  await site.store.saveFault(
    Object.assign({}, known, { fingerprint: "expired", title: "TypeError: long ago", firstSeenMs: then, lastSeenMs: then }),
  );
}

/** The overview from forty to nine or ten minutes before the fixture ends: two of its faults have begun half a minute before, the third begins after. */
function pastAddress(): string {
  const toInstant = (agoMs: number) => `${new Date(filledMs - agoMs).toISOString().slice(0, 16)}:00Z`;
  return `/?${new URLSearchParams({ from: toInstant(40 * 60_000), to: toInstant(9 * 60_000) }).toString()}`;
}

async function open(path: string, look: BrowserContextOptions = {}): Promise<{ page: Page; troubles: readonly string[] }> {
  const opened = await openPage(browser, site.url, look);
  await opened.page.goto(site.url + path);
  await opened.page.locator("main h1").waitFor();
  await opened.page.waitForFunction(() => document.querySelector("main .loading") === null);
  return opened;
}

describe("for a screen reader and a small window", () => {
  const addresses = (): readonly string[] => [
    "/",
    pastAddress(),
    "/?from=nonsense",
    `/faults/${fixture.fingerprints[1]}`,
    `/faults/${longFault}`,
    "/faults/expired",
    `/traces/${fixture.traceIds[0]}`,
    "/failing",
    `/failing${pastAddress().slice(1)}`,
    "/rollout?baseline=2.4.1&canary=2.5.0&service=storefront",
  ];

  it.each([
    ["light", { colorScheme: "light" }],
    ["dark, 320 px", { colorScheme: "dark", viewport: { width: 320, height: 700 } }],
  ] as const)(
    "every page keeps the rules that a machine can check, folds open, and fits: %s",
    async (_, look) => {
      for (const path of addresses()) {
        const { page } = await open(path, look);
        await page.evaluate(() => {
          for (const fold of document.querySelectorAll("details")) fold.open = true;
          document.querySelector<HTMLElement>(".span-row")?.click();
        });
        await page.evaluate(AXE);
        expect([path, await page.evaluate(listViolations)]).toEqual([path, []]);
        expect([path, await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)]).toEqual([path, false]);
        await page.context().close();
      }
    },
    240_000,
  );
});

/** What axe finds, in words. Runs in the page. */
async function listViolations(): Promise<readonly string[]> {
  type Found = { violations: { id: string; nodes: { html: string }[] }[] };
  const { axe } = globalThis as unknown as { axe: { run(place: Document): Promise<Found> } }; // the script that was run before defines it
  const { violations } = await axe.run(document);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" ")}`);
}

describe("in use", () => {
  it("is narrowed to a service by its form, keeps that in the address, and shows what the last release did", async () => {
    const { page, troubles } = await open("/?minutes=60");
    const release = page.locator(".since li");
    expect(await release.innerText()).toMatch(/storefront 2\.4\.1 → 2\.5\.0\s+184 of 184 failed, 100 %, before 61 of/);
    await page.locator("select[name=service]").selectOption("orders");
    await page.getByText("answers of orders were server errors").waitFor();
    expect(new URL(page.url()).search).toBe("?minutes=60&service=orders");
    expect(await page.locator(".overview-rows tbody .service").allInnerTexts()).toSatisfy((names: string[]) =>
      names.every((name) => name === "orders"),
    );
    expect(await page.locator(".fault").allInnerTexts()).toHaveLength(1);
    expect(await page.locator("select[name=version]").locator("option").allInnerTexts()).toEqual(["any", "5.0.3"]);
    await page.getByRole("link", { name: "6 h" }).click();
    expect(new URL(page.url()).search).toBe("?minutes=360&service=orders");
    await page.getByRole("link", { name: "Show all" }).click();
    await page.getByText("answers of all services").waitFor();
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  it("goes to a past time by its form and by keyboard, keeps that in the address, and is live again at the present", async () => {
    const { page, troubles } = await open("/?minutes=60&service=orders");
    await page.getByRole("button", { name: "Past time" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Earlier" }).click();
    await page.locator(".live").getByText("past time").waitFor();
    const asked = new URL(page.url()).searchParams;
    expect(Date.parse(String(asked.get("to"))) - Date.parse(String(asked.get("from")))).toBe(3_600_000);
    expect(asked.get("service")).toBe("orders");
    await page.getByText("No fault at that time.").waitFor();
    await page.getByRole("link", { name: "Later" }).click();
    await page.locator(".live").getByText("live").waitFor();
    expect(new URL(page.url()).search).toBe("?minutes=60&service=orders");
    await page.getByLabel("from", { exact: true }).fill("2026-05-01T10:00");
    await page.getByLabel("to", { exact: true }).fill("2026-05-01T09:00");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByRole("alert").getByText("begins before it ends").waitFor();
    await page.getByLabel("to", { exact: true }).fill("2026-05-01T10:30");
    await page.keyboard.press("Enter");
    await page.locator(".live").getByText("past time").waitFor();
    const given = new URL(page.url()).searchParams;
    expect([given.get("from"), given.get("to")]).toEqual(
      ["2026-05-01T10:00", "2026-05-01T10:30"].map((local) => `${new Date(local).toISOString().slice(0, 19)}Z`),
    );
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  it("shows a past time as its link says, whatever comes in since, and the failing requests of that time", async () => {
    const path = pastAddress();
    const { page } = await open(path);
    const read = () => page.locator("main h1").innerText();
    const before = await read();
    expect(before).toMatch(/^2 faults/);
    const late = sketchTrace([{ service: "late", route: "/late", status: 500 }], Date.now(), createRandom(3));
    await site.store.append(toTracePayload(late));
    site.live.publish({ kind: "counts", atMs: Date.now() });
    const { page: other } = await open(path);
    expect(await other.locator("main h1").innerText()).toBe(before);
    expect(await read()).toBe(before);
    await page.locator(".overview-rows a").first().click();
    await page.locator(".failing-rows tbody tr").first().waitFor();
    expect(new URL(page.url()).searchParams.get("to")).toBe(new URLSearchParams(path.slice(2)).get("to"));
    await page.getByRole("button", { name: "Filter" }).click();
    expect(new URL(page.url()).searchParams.get("to")).toBe(new URLSearchParams(path.slice(2)).get("to"));
    await page.context().close();
    await other.context().close();
  });

  it("shows closer what a pointer is drawn across in the chart", async () => {
    const { page } = await open("/?minutes=60");
    const chart = page.locator(".chart .u-over");
    const [left, top, width] = await chart.evaluate((element) => {
      const box = element.getBoundingClientRect();
      return [box.x, box.y + 20, box.width] as const;
    });
    await page.mouse.move(left + width * 0.5, top);
    await page.mouse.down();
    await page.mouse.move(left + width * 0.75, top, { steps: 5 });
    await page.mouse.up();
    await page.locator(".live").getByText("past time").waitFor();
    const asked = new URL(page.url()).searchParams;
    const minutes = (Date.parse(String(asked.get("to"))) - Date.parse(String(asked.get("from")))) / 60_000;
    expect(minutes).toBeGreaterThan(13);
    expect(minutes).toBeLessThan(18);
    await page.context().close();
  });

  it.each([1280, 390])("hides no bar behind the names of deploys, however many fall together, %i px wide", async (width) => {
    const { page } = await openPage(browser, site.url, { viewport: { width, height: 800 } });
    const answer = await page.request.get(`${site.url}/api/overview?minutes=60`);
    const overview = (await answer.json()) as { changes: readonly { timeMs: number }[] };
    const together = overview.changes
      .slice(0, 1)
      .flatMap((change) => ["2.5.0", "2.5.1", "2.5.2"].map((version) => ({ ...change, version })));
    await page.route("**/api/overview?*", (route) => route.fulfill({ json: { ...overview, changes: together } }));
    await page.goto(site.url);
    await page.locator(".chart .u-over").waitFor();
    const readTop = () => page.locator(".chart .u-over").evaluate((element: HTMLElement) => element.offsetTop);
    await expect.poll(readTop).toBeGreaterThan(3 * 15);
    await page.setViewportSize({ width: width - 20, height: 800 });
    await expect.poll(readTop).toBeGreaterThan(3 * 15);
    await page.context().close();
  });

  it("says the verdict, the hop that made it, its cause and the first check before anybody scrolls, and copies the test's command", async () => {
    const { page } = await open(`/faults/${fixture.fingerprints[1]}`, {
      viewport: { width: 1280, height: 720 },
      permissions: ["clipboard-read", "clipboard-write"],
    });
    for (const place of ["main h1", ".tag-cause", ".first-check .command", ".hop-created"]) {
      const bottom = await page.locator(place).evaluate((element) => element.getBoundingClientRect().bottom);
      expect([place, bottom <= 720]).toEqual([place, true]);
    }
    await page.getByRole("button", { name: "Copy test command" }).click();
    await expect
      .poll(() => page.evaluate(() => navigator.clipboard.readText()))
      .toMatch(/^npx faultline prove [0-9a-f]+ --as node:test --collector http:/);
    await page.context().close();
  });

  it("gives a fault as a report to paste, and a span as a link to send", async () => {
    const { page } = await open(`/faults/${fixture.fingerprints[1]}`, { permissions: ["clipboard-read", "clipboard-write"] });
    const read = () => page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole("button", { name: "Copy as report" }).click();
    await page.getByText("Copied").waitFor();
    const report = await read();
    expect(report).toMatch(/^# storefront makes the failures on \/ of gateway: bad configuration/);
    expect(report).toContain(`${site.url}/faults/${fixture.fingerprints[1]}`);
    expect(report).toContain("deploy of storefront 2.5.0, before it 2.4.1");
    await page.locator(".span-row").first().click();
    await page.getByRole("button", { name: "Copy link" }).click();
    await expect.poll(read).toMatch(/\/traces\/[0-9a-f]{32}\?span=[0-9a-f]{16}$/);
    await page.goto(await read());
    await page.locator(".wanted-span[aria-expanded=true]").waitFor();
    await page.context().close();
  });

  it("says first of a trace where its failure began, and leads back to its fault", async () => {
    const { page, troubles } = await open(`/faults/${fixture.fingerprints[1]}`);
    await page.locator(".failing-rows a").first().waitFor();
    expect(await page.locator(".failing-rows th").allTextContents()).not.toContain("Error");
    await page.locator(".failing-rows a").first().click();
    await page.getByText("Failed first storefront, GET /, 500: ConfigurationError: SESSION_SECRET is not set").waitFor();
    await page.getByRole("link", { name: "its fault" }).click();
    await page.getByRole("heading", { level: 1, name: /^storefront makes the failures/ }).waitFor();
    await page.getByText(/after the deploy of storefront 2\.5\.0/).waitFor();
    await page.getByRole("link", { name: "more of the 184" }).click();
    await page.getByText("These are the newest 100; narrow down or name a time to see others.").waitFor();
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  it("says of each failing request what failed, with the way to its fault, and of a filter that nothing fits why", async () => {
    const { page, troubles } = await open("/failing");
    await page.locator(".failing-rows .error-type a").first().waitFor();
    expect(await page.locator(".failing-rows .error-type").allInnerTexts()).toContain("ConfigurationError: SESSION_SECRET is not set");
    expect(await page.getByRole("link", { name: "Show all" }).count()).toBe(0);
    await page.getByRole("link", { name: "ConfigurationError: SESSION_SECRET is not set" }).first().click();
    await page.getByRole("heading", { level: 1, name: /^storefront makes the failures/ }).waitFor();
    await page.goto(`${site.url}/failing?service=order`);
    await page.getByText("No request that fits this filter failed").waitFor();
    await page.getByText("A filter takes whole names").waitFor();
    await page.goto(`${site.url}/failing?order=slowest`);
    await page.locator(".failing-rows a").first().waitFor();
    expect(await page.getByRole("link", { name: "Show all" }).count()).toBe(0);
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  it("leads from a row of a service further in to the requests that failed there", async () => {
    const { page, troubles } = await open("/");
    const row = page.locator(".overview-rows tr").filter({ has: page.locator(".service", { hasText: /^orders$/ }) });
    await row.first().getByRole("link").click();
    await page.waitForURL(/\/failing\?.*service=orders/);
    await page.locator(".failing-rows tbody tr").first().waitFor();
    expect(await page.locator(".failing-rows .service").allInnerTexts()).toContain("gateway");
    expect(troubles).toEqual([]);
    await page.context().close();
  });

  it("says of a fault of last week that its traces are gone, and draws no empty chart of it", async () => {
    const { page } = await open("/faults/expired");
    await page.getByText("Its traces are no longer kept").waitFor();
    await page.getByText("The counts of that time are no longer kept.").waitFor();
    expect(await page.locator(".chart").count()).toBe(0);
    await page.context().close();
  });

  it.each([3_600_000, -3_600_000])("tells the collector's time where the viewer's clock is off by %i ms", async (offMs) => {
    const { page } = await openPage(browser, site.url);
    await page.addInitScript((off) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + off;
    }, offMs);
    await page.goto(site.url);
    await page.locator(".fault-times").first().waitFor();
    const times = await page.locator(".fault-times").allInnerTexts();
    expect(times.filter((time) => !/9 d ago/.test(time)).join(" ")).not.toMatch(/h ago/);
    await expect.poll(() => page.locator(".fault-times").first().innerText()).toMatch(/^\d+ (?:s|min) ago/);
    await page.context().close();
  });

  it("folds the hops of a long path that only passed the failure on", async () => {
    const { page } = await open(`/faults/${longFault}`);
    expect(await page.locator(".hop-box").count()).toBeLessThan(10);
    expect(await page.locator(".hop-created").innerText()).toContain("last");
    await page.getByRole("button", { name: /more hops passed it on/ }).click();
    expect(await page.locator(".hop-box").count()).toBe(42);
    await page.context().close();
  });
});
