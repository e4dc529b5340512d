const LONGEST_NAME = 128;

/**
 * Keeps what was computed for the names met last, by their ends. Names come from requests: what is remembered of them is bounded, and a copy,
 * since a slice keeps the whole text alive that it was cut from.
 */
export function remember<T>(compute: (name: string) => T, most: number): (name: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const name = text.slice(-LONGEST_NAME);
    const before = known.get(name);
    if (before !== undefined) return before;
    if (known.size >= most) known.clear();
    const value = compute(name);
    known.set(Array.from(name).join(""), value);
    return value;
  };
}
