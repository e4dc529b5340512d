import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 20_000;
const STEP_MS = 50;

/** Resolves once `check` holds; rejects with what was waited for when it does not come. */
export async function until(check: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !(await check()); await sleep(STEP_MS))
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
}
