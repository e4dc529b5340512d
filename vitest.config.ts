import { defineConfig } from "vitest/config";

/** `unit` is quick and runs in `npm run check`; `system` starts processes, servers and browsers and runs in `npm test` only. */
export default defineConfig({
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"] } },
  test: {
    maxWorkers: 2,
    globalSetup: ["tests/rig/temporary-folder.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // No test measures time: a busy machine must not fail one.
          testTimeout: 30_000,
          include: ["packages/*/src/**/*.test.{ts,tsx}", "tools/**/*.test.ts", "demo/**/*.test.ts", "tests/conformance/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["tests/e2e/**/*.test.ts", "tests/incidents/*.test.ts", "tests/stacks/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
