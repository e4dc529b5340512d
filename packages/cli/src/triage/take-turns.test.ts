import { describe, expect, it } from "vitest";
import { type Deadline, type Step, takeTurns } from "./take-turns.ts";

/** Steps that write down when they begin and end, and end only when they are told to. */
function watch(names: readonly string[], more: Partial<Step> = {}) {
  const said: string[] = [];
  const ends = new Map<string, () => void>();
  const steps = names.map((name): Step => {
    const run = async (): Promise<void> => {
      said.push(`${name} begins`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      said.push(`${name} ends`);
    };
    return { name, run, ...more };
  });
  return { said, steps, end: (name: string): void => ends.get(name)?.() };
}

const within = (parts: Partial<Deadline> = {}): Deadline => ({
  leftMs: () => 10_000,
  patienceMs: 1,
  signal: new AbortController().signal,
  ...parts,
});
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

describe("turns", () => {
  it("begins the next when one has ended, and beside one that takes long", async () => {
    const { said, steps, end } = watch(["a", "b"]);
    const patient = takeTurns(steps, within({ patienceMs: 60_000 }));
    await pause();
    expect(said).toEqual(["a begins"]);
    end("a");
    await pause();
    expect(said).toEqual(["a begins", "a ends", "b begins"]);
    end("b");
    expect(await patient).toEqual([]);
    const hasty = watch(["c", "d"]);
    const both = takeTurns(hasty.steps, within());
    await pause();
    expect(hasty.said).toEqual(["c begins", "d begins"]);
    hasty.end("c");
    hasty.end("d");
    await both;
  });

  it("begins nothing beside what is to be alone", async () => {
    const { said, steps, end } = watch(["a", "b"], { isAlone: true });
    const turns = takeTurns(steps, within());
    await pause();
    expect(said).toEqual(["a begins"]);
    end("a");
    await pause();
    end("b");
    expect(await turns).toEqual([]);
    expect(said).toEqual(["a begins", "a ends", "b begins", "b ends"]);
  });

  it("has no more than five open at once of what never ends, however many there are", async () => {
    const { said, steps, end } = watch(["a", "b", "c", "d", "e", "f", "g"]);
    const turns = takeTurns(steps, within());
    await pause();
    expect(said).toEqual(["a begins", "b begins", "c begins", "d begins", "e begins"]);
    end("b");
    await pause();
    expect(said.slice(5)).toEqual(["b ends", "f begins"]);
    for (const name of ["a", "c", "d", "e", "f"]) end(name);
    await pause();
    end("g");
    expect(await turns).toEqual([]);
  });

  it("begins nothing that there is no time for, and names it", async () => {
    const { said, steps, end } = watch(["a", "b"]);
    const [first, second] = steps as [Step, Step];
    const turns = takeTurns(
      [
        { ...first, needsMs: 0 },
        { ...second, needsMs: 500 },
      ],
      within({ leftMs: () => 400 }),
    );
    await pause();
    end("a");
    expect(await turns).toEqual(["b"]);
    expect(said).toEqual(["a begins", "a ends"]);
  });

  it("begins nothing more once it is of no use, and names none of it", async () => {
    const over = new AbortController();
    const { said, steps, end } = watch(["a", "b"]);
    const turns = takeTurns(steps, within({ patienceMs: 60_000, signal: over.signal }));
    await pause();
    over.abort();
    end("a");
    expect(await turns).toEqual([]);
    expect(said).toEqual(["a begins", "a ends"]);
  });
});
