import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const DIST = fileURLToPath(new URL("dist", import.meta.url));
const COMPRESSIBLE = /\.(js|css|html|svg)$/;

/** Empties the old assets (and nothing else: the types stand beside them) and puts `.br` and `.gz` beside every new file. */
function precompress(): Plugin {
  return {
    name: "precompress",
    apply: "build",
    buildStart: () => rmSync(join(DIST, "assets"), { recursive: true, force: true }),
    closeBundle() {
      for (const folder of [DIST, join(DIST, "assets")]) {
        for (const entry of readdirSync(folder, { withFileTypes: true })) {
          const path = join(folder, entry.name);
          if (!entry.isFile() || !COMPRESSIBLE.test(path)) continue;
          const bytes = readFileSync(path);
          writeFileSync(`${path}.br`, brotliCompressSync(bytes));
          writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: { conditions: ["source", "module", "browser", "development|production"] },
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2024",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": "http://127.0.0.1:4318" } },
});
