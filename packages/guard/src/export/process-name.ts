/** Names for what a process keeps on disk, which say whose it is, so that the next process can tell what nobody owns any more. */

/** Names given in this process: another guard in it must not take them for a dead one's with the same id. */
const ownNames = new Set<string>();

/** A new name that begins with this process's id: `812-m8x1-k3v9qz`. */
export function createOwnName(): string {
  const name = `${process.pid}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
  ownNames.add(name);
  return name;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Does a name, or one that begins with it, belong to a process that is gone? This process's id on a name that it did not give is an earlier
 * process's: in a container every process may be number 1.
 */
export function isOrphan(name: string): boolean {
  const pid = Number(/^(\d+)-/.exec(name)?.[1] ?? Number.NaN);
  if (!Number.isInteger(pid)) return false;
  return pid === process.pid ? ![...ownNames].some((own) => name.startsWith(own)) : !isRunning(pid);
}
