import { createRandom } from "../../rig/seeded-random.ts";

/** Choices of one incident: the same seed makes the same ones. */
export type Dice = {
  /** One of several, each as likely. */
  pick<T>(options: readonly T[]): T;
  chance(share: number): boolean;
  /** A whole number, both ends inside. */
  whole(least: number, most: number): number;
  shuffle<T>(items: readonly T[]): readonly T[];
};

/** Dice for a cause and a seed: two causes with one seed do not choose alike. */
export function createDice(cause: string, seed: number): Dice {
  const random = createRandom(cause.split("").reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), seed + 1));
  for (let count = 0; count < 5; count += 1) random();
  const whole = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1));
  const shuffle = <T>(items: readonly T[]): readonly T[] =>
    items
      .map((item) => ({ item, order: random() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
  return {
    pick: (options) => {
      for (const option of options.slice(whole(0, options.length - 1))) return option;
      throw new Error("there is nothing to pick from");
    },
    chance: (share) => random() < share,
    whole,
    shuffle,
  };
}
