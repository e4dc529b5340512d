/** Remembers what was found in scripts and functions: one failure may follow another, and a script may be large. */

/** Gives what was found for a question about something, which is looked for once. */
export function remember<T>(): (of: object, find: () => T, question?: string | number) => T {
  const all = new WeakMap<object, Map<string | number, T>>();
  return (of, find, question = "") => {
    const known = all.get(of) ?? new Map<string | number, T>();
    all.set(of, known);
    if (!known.has(question)) known.set(question, find());
    return known.get(question) as T;
  };
}
