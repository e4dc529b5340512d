import { expect, it } from "vitest";
import { toStripPaths } from "./strip-paths.ts";

it("a strip shows traffic as a line and failures as high as their share, one among thousands still seen", () => {
  const { traffic, failing } = toStripPaths({ fromMs: 0, stepMs: 10_000, total: [0, 5000, 10, 4], failing: [0, 1, 0, 4] });
  expect(traffic).toBe("M1 20v-2.0h1V20zM2 20v-2.0h1V20zM3 20v-2.0h1V20z");
  expect(failing).toBe("M1 20v-3.2h1V20zM3 20v-20.0h1V20z");
});
