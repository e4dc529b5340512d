const LONGEST_NAME = 128;

/**
 * Caches what was computed for recent names, by their ends. Names come from requests, so the cache is bounded, and it stores copies,
 * since a slice keeps alive the whole text that it was cut from.
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
