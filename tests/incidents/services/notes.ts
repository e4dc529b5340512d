/**
 * What a service knows of its own failures, kept beside its telemetry and never sent with it: by this the generator proves that the
 * fault of an incident is the one that it was to be.
 */

/** How often each reason was met. */
export type Notes = Readonly<Record<string, number>>;

/** Counts reasons. */
export type Notebook = { readonly notes: Notes; readonly note: (reason: string) => void };

const LENGTH = 140;

/** An empty notebook. */
export function createNotebook(): Notebook {
  const notes: Record<string, number> = {};
  return { notes, note: (reason) => void (notes[reason] = (notes[reason] ?? 0) + 1) };
}

/** The innermost cause of an error in one line: its name, its code, its message with every number as 0. */
export function describeRoot(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  if (!(root instanceof Error)) return String(root).slice(0, LENGTH);
  const code: unknown = Reflect.get(root, "code");
  return `${root.name} ${typeof code === "string" ? `${code} ` : ""}${root.message.replace(/\d+/g, "0")}`.slice(0, LENGTH);
}
