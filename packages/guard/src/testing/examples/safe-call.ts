import { Dependency } from "@faultline/guard/resilience";

const stock = new Dependency("stock", { deadlineMs: 800, breaker: { openMs: 1_000 }, budget: { ratio: 0.1 } });

/** What is left of an item, or "unknown" while the stock service cannot say. */
export async function readStock(url: string): Promise<{ left: number | "unknown" }> {
  return stock.call<{ left: number | "unknown" }>(
    async (attempt) => {
      const response = await fetch(url, { signal: attempt.signal });
      if (!response.ok) throw Object.assign(new Error("stock said no"), { response });
      return (await response.json()) as { left: number };
    },
    { isIdempotent: true, fallback: () => ({ left: "unknown" }) },
  );
}
