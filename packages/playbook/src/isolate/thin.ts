/** At most `limit` members, evenly spread, always the same ones. */
export function thin<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, index) => items[Math.floor((index * items.length) / limit)]).filter(
    (item) => item !== undefined,
  );
}
