import type { Diagnosis } from "@faultline/model";

const PROVE = /^npx faultline prove /;

/**
 * Makes the suggested commands of a diagnosis read the files that it was made from: otherwise `faultline prove` would ask a collector, which somebody who
 * reads files usually does not have. Unchanged for standard input, which cannot be read again.
 */
export function addressFiles(diagnosis: Diagnosis, files: readonly string[]): Diagnosis {
  if (files.includes("-")) return diagnosis;
  const options = files.map((file) => ` --file ${quoteFile(file)}`).join("");
  const address = (command: string) => (PROVE.test(command) ? command + options : command);
  const protect = (each: Diagnosis["guard"]["now"][number]) =>
    each.example === undefined ? each : { ...each, example: address(each.example) };
  return {
    ...diagnosis,
    next: diagnosis.next.map((each) => (each.command === undefined ? each : { ...each, command: address(each.command) })),
    guard: { now: diagnosis.guard.now.map(protect), prevent: diagnosis.guard.prevent.map(protect) },
  };
}

/** A file's name as one word of a POSIX shell. */
function quoteFile(file: string): string {
  return /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`;
}
