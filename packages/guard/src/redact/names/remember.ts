/** Keeps what was computed for the names met last. Names come from requests: what is remembered of them is bounded. */
export function remember<T>(compute: (name: string) => T, most: number): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined) return before;
    if (known.size >= most) known.clear();
    const value = compute(name);
    known.set(name, value);
    return value;
  };
}
