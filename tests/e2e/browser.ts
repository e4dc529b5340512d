/** Debian's Chromium without a window, and pages that note everything which goes wrong on them. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a browser; `CHROMIUM` names another than Debian's. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ARGUMENTS });
}

/** A page, and everything that went wrong on it: errors, violations of the policy, dialogs, requests to elsewhere. */
export type WatchedPage = { readonly page: Page; readonly troubles: readonly string[] };

/** Opens an empty page that may ask nobody but `origin`. */
export async function openPage(browser: Browser, origin: string, look: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(look);
  await context.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => console.error(`violates ${event.effectiveDirective}: ${event.blockedURI}`));
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && troubles.push(message.text()));
  page.on("pageerror", (error) => void troubles.push(error.message));
  page.on("dialog", (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => request.url().startsWith(origin) || troubles.push(`request to ${request.url()}`));
  return { page, troubles };
}
