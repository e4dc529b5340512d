/** Gives each run of the tests one temporary folder of its own and removes it at the end, so that a run leaves nothing behind whatever its tests forget. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Databases and servers that give up root must be able to pass through it, as they do through the system's own. */
const AS_THE_SYSTEMS_OWN = 0o1777;

/** Called by vitest before the first test; what it returns is called after the last. The tests and what they start find the folder by `TMPDIR`. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "faultline-tests-"));
  chmodSync(folder, AS_THE_SYSTEMS_OWN);
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  return () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}
