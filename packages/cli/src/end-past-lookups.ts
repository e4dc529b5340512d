import { existsSync } from "./input/node-fs.ts";

const SHELL = "/bin/sh";

/**
 * Ends a process that is done except for look-ups of names that nobody waits for any more. They cannot be cancelled, and Node joins the
 * threads that they sit in, even at `process.exit`: for as long as silent name servers are tried, some 10 s each, the prompt would not come
 * back. Another program in this process's place has no such threads. Does nothing where no look-up is pending, or something is still to be
 * written, or the system has no `exec`.
 */
export function endPastLookups(exitCode: number): void {
  const { stdout, stderr } = process;
  const isPending = process.getActiveResourcesInfo().includes("GetAddrInfoReqWrap");
  if (!isPending || stdout.writableLength > 0 || stderr.writableLength > 0) return;
  if (process.execve === undefined || process.platform === "win32" || !existsSync(SHELL)) return;
  process.execve(SHELL, [SHELL, "-c", `exit ${exitCode}`]);
}
