import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const CSS = readFileSync(new URL("tokens.css", import.meta.url), "utf8");
/** WCAG 2.2: text has to stand out by 4.5 (1.4.3), the edge of what can be pressed or filled in by 3 (1.4.11). */
const TEXT = 4.5;
const EDGE = 3;
const FATES = ["created", "remapped", "propagated", "masked", "clean"];

/** Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, definitions). */
function toLuminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((part) => Math.max(part / 12.92, ((part + 0.055) / 1.055) ** 2.4 * Number(part > 0.04045)));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function toContrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [toLuminance(one), toLuminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** The colours of each block that sets them: light, dark by the system, dark by choice. */
const BLOCKS = [...CSS.matchAll(/\{([^{}]*--paper:[^{}]*)\}/g)].map(
  ([, block = ""]) => new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name = "", color = ""]) => [name, color])),
);

describe("the colours", () => {
  it("are set three times, twice alike", () => {
    expect(BLOCKS).toHaveLength(3);
    expect(BLOCKS[1]).toEqual(BLOCKS[2]);
    const [light, dark] = BLOCKS.map((block) => [...block.keys()]);
    expect(light).toEqual(dark);
  });

  it.each([
    ["light", 0],
    ["dark", 1],
  ])("of text stand out from every ground that they are written on: %s", (_, block) => {
    const colors = BLOCKS[block];
    const pairs = [
      ...["ink", "muted", "accent", ...FATES].flatMap((text) => ["paper", "surface", "sunken"].map((ground) => [text, ground] as const)),
      ...FATES.map((fate) => [fate, `${fate}-soft`] as const),
      ["muted", "created-soft"] as const,
      ["ink", "created-soft"] as const,
    ];
    const faint = pairs.filter(([text, ground]) => !(toContrast(String(colors?.get(text)), String(colors?.get(ground))) >= TEXT));
    expect(faint).toEqual([]);
  });

  it.each([
    ["light", 0],
    ["dark", 1],
  ])("of edges show where to press and to fill in: %s", (_, block) => {
    const colors = BLOCKS[block];
    const faint = ["paper", "surface"].filter((ground) => !(toContrast(String(colors?.get("edge")), String(colors?.get(ground))) >= EDGE));
    expect(faint).toEqual([]);
  });
});
