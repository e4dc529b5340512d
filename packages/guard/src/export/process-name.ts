/** Names for what a process keeps on disk, which say whose it is, so that the next process can tell what nobody owns any more. */
import { performance } from "node:perf_hooks";

/**
 * This process and no other: its id, and when it began, which all its threads and all copies of this module read alike. The id alone does not tell: in a
 * container every process may be number 1.
 */
const OWN = `${process.pid}-${performance.timeOrigin}-`;

/** A new name that begins with this process's id: `812-1795322122769.89-k3v9qz`. */
export function createOwnName(): string {
  return OWN + Math.random().toString(36).slice(2, 8);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Does a name, or one that begins with it, belong to a process that is gone? */
export function isOrphan(name: string): boolean {
  const pid = Number(/^(\d+)-/.exec(name)?.[1]);
  return pid >= 0 && !name.startsWith(OWN) && (pid === process.pid || !isRunning(pid));
}
