import { existsSync } from "./input/node-fs.ts";

const SHELL = "/bin/sh";

/**
 * Ends a process that is done except for DNS look-ups that nobody waits for any more. They cannot be cancelled, and Node joins their threads even at
 * `process.exit`, so the prompt would not come back while silent name servers are tried, some 10 s each. Replacing the process with another program (exec)
 * gets rid of these threads. Does nothing when no look-up is pending, when output is still to be written, or when the system has no `exec`.
 */
export function endPastLookups(exitCode: number): void {
  const { stdout, stderr } = process;
  const isPending = process.getActiveResourcesInfo().includes("GetAddrInfoReqWrap");
  if (!isPending || stdout.writableLength > 0 || stderr.writableLength > 0) return;
  if (process.execve === undefined || process.platform === "win32" || !existsSync(SHELL)) return;
  process.execve(SHELL, [SHELL, "-c", `exit ${exitCode}`]);
}
