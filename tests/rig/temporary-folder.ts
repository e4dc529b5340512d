/** Gives each test run a temporary folder of its own and removes it at the end, so that a run leaves nothing behind, whatever its tests forget to clean up. */
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Databases and servers that drop root privileges must be able to enter it, as they can enter the system's own. */
const AS_THE_SYSTEMS_OWN = 0o1777;

/** Called by vitest before the first test; the returned function is called after the last. Tests and the processes they start find the folder through `TMPDIR`. */
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
