import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runFaultline } from "../main.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function createApp(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "faultline-init-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function readApp(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

async function init(folder: string, ...words: string[]) {
  const printed = { out: "", err: "" };
  const io = {
    stdout: { write: (text: string) => (printed.out += text) },
    stderr: { write: (text: string) => (printed.err += text) },
    stdin: (async function* () {})(),
    env: {},
  };
  return { code: await runFaultline(["init", "--dir", folder, ...words], io), ...printed };
}

function manifest(dependency: string, more: object = {}): string {
  return JSON.stringify({ name: "@shop/orders", dependencies: { [dependency]: "1" }, ...more });
}

const APPS = [
  {
    name: "Express in CommonJS",
    files: {
      "package.json": manifest("express", { scripts: { start: "node server.js" } }),
      "server.js": `const express = require("express");\nconst app = express();\napp.get("/", (q, r) => r.send("hi"));\napp.listen(3000);\n`,
    },
    entry: "server.js",
    made: "faultline.js",
    expected: [
      /require\("@faultline\/guard\/express"\)/,
      /express\(\);\napp\.use\(guardRequests\(guard\)\);/,
      /guardErrors\(guard\)\);.*\napp\.listen/,
    ],
  },
  {
    name: "Express in a function, given away and listening",
    files: {
      "package.json": manifest("express", { type: "module" }),
      "server.js": `import express from "express";\n\nexport function start() {\n  const app = express();\n  app.get("/", (q, r) => r.send("hi"));\n  app.listen(3000);\n  return app;\n}\nstart();\n`,
    },
    entry: "server.js",
    made: "faultline.js",
    expected: [/express\(\);\n {2}app\.use\(guardRequests\(guard\)\);/, /\n {2}app\.use\(guardErrors\(guard\)\);\n {2}app\.listen/],
  },
  {
    name: "Express that keeps its port as a setting, with a function of routes behind",
    files: {
      "package.json": manifest("express"),
      "app.js": `const express = require("express");\nfunction start() {\n  const app = express();\n  app.set("port", 3000);\n  addRoutes(app);\n  app.listen(app.get("port"), () => console.log(app.get('port')));\n}\nfunction addRoutes(app) {\n  app.get("/", (q, r) => r.send("hi"));\n}\nstart();\n`,
    },
    entry: "app.js",
    made: "faultline.js",
    expected: [/\n {2}app\.use\(guardErrors\(guard\)\);\n {2}app\.listen\(app\.get\("port"\)/],
  },
  {
    name: "Fastify in TypeScript, over several lines and with CRLF",
    files: {
      "package.json": manifest("fastify"),
      "server.ts": `import Fastify from "fastify";\r\n\r\nconst app = Fastify({\r\n  logger: true,\r\n});\r\napp.get("/", async () => "hi");\r\nawait app.listen({ port: 3000 });\r\n`,
    },
    entry: "server.ts",
    made: "faultline.ts",
    expected: [/from "@faultline\/guard\/fastify"/, /\}\);\r\napp\.register\(guardFastify\(guard\)\);/],
  },
  {
    name: "Fastify in CommonJS, as its own first page has it",
    files: {
      "package.json": manifest("fastify"),
      "server.js": `const fastify = require('fastify')({ logger: true })\nfastify.get('/', async () => 'hi')\nfastify.listen({ port: 3000 })\n`,
    },
    entry: "server.js",
    made: "faultline.js",
    expected: [
      /^const \{ guardFastify \} = require\("@faultline\/guard\/fastify"\);/,
      /true \}\)\nfastify\.register\(guardFastify\(guard\)\);/,
    ],
  },
  {
    name: "Koa as an ES module",
    files: {
      "package.json": manifest("koa", { type: "module", main: "app.js" }),
      "app.js": `import Koa from "koa";\n\nexport const app = new Koa();\napp.use((context) => (context.body = "hi"));\n`,
    },
    entry: "app.js",
    made: "faultline.js",
    expected: [/new Koa\(\);\napp\.use\(guardKoa\(guard\)\);/, /import \{ guard \} from "\.\/faultline\.js";/],
  },
  {
    name: "Hono",
    files: {
      "package.json": manifest("hono", { type: "module" }),
      "index.mjs": `import { Hono } from "hono";\nconst app = new Hono();\nexport default app;\n`,
    },
    entry: "index.mjs",
    made: "faultline.mjs",
    expected: [/app\.onError\(guardErrors\(guard\)\);/],
  },
  {
    name: "Express whose requires are one statement, in an app that a server serves before it has its routes",
    files: {
      "package.json": manifest("express"),
      "app.js": `var express = require('express')\n  , http = require('http');\n\nvar app = express();\nvar server = http.createServer(app);\napp.get('/', f);\nserver.listen(3000);\n`,
    },
    entry: "app.js",
    made: "faultline.js",
    expected: [/, http = require\('http'\);\nconst \{ guardRequests/, /\napp\.use\(guardErrors\(guard\)\);\nserver\.listen/],
  },
  {
    name: "Express that listens inside a promise",
    files: {
      "package.json": manifest("express", { type: "module" }),
      "app.js": `import express from "express";\nasync function main() {\n  const app = express();\n  app.get("/", f);\n  // app.listen(1);\n  await new Promise((resolve) => app.listen(3000, resolve));\n}\nmain();\n`,
    },
    entry: "app.js",
    made: "faultline.js",
    expected: [/\n {2}app\.use\(guardErrors\(guard\)\);\n {2}await new Promise/],
  },
  {
    name: "Express that listens only where it is started",
    files: {
      "package.json": manifest("express"),
      "app.js": `const express = require("express");\nconst app = express();\napp.get("/", f);\nif (require.main === module) {\n  app.listen(3000);\n}\n`,
    },
    entry: "app.js",
    made: "faultline.js",
    expected: [/\napp\.use\(guardErrors\(guard\)\);\nif \(require\.main/],
  },
  {
    name: "Express that another file imports and starts",
    files: {
      "package.json": manifest("express", { type: "module", scripts: { start: "node index.js" } }),
      "app.js": `import express from "express";\nexport const app = express();\napp.get("/", f);\n\n`,
      "index.js": `import { app } from "./app.js";\napp.listen(3000);\n`,
    },
    entry: "app.js",
    made: "faultline.js",
    expected: [/app\.get\("\/", f\);\napp\.use\(guardErrors\(guard\)\);\n\n$/],
  },
  {
    name: "Express in a factory in TypeScript, which the server beside it imports by its built name",
    files: {
      "package.json": manifest("express", { type: "module" }),
      "tsconfig.json": "{}",
      "src/app.ts": `import express from "express";\nexport function createApp() {\n  const app = express();\n  return { app };\n}\n`,
      "src/server.ts": `import { createApp } from "./app.js";\ncreateApp().app.listen(3000);\n`,
    },
    entry: "src/app.ts",
    made: "src/faultline.ts",
    expected: [/import \{ guard \} from "\.\/faultline\.js";/, /guardErrors\(guard\)\);\n {2}return \{ app \}/],
  },
  {
    name: "Fastify with a template in its options",
    files: {
      "package.json": manifest("fastify"),
      "server.ts": 'import fastify from "fastify";\nconst app = fastify({\n  genReqId: () => `${Date.now()}`,\n});\napp.listen();\n',
    },
    entry: "server.ts",
    made: "faultline.ts",
    expected: [/\}\);\napp\.register\(guardFastify/],
  },
  {
    name: "Koa with a type of its own, compiled to CommonJS",
    files: {
      "package.json": manifest("koa"),
      "tsconfig.json": '{ "compilerOptions": { "module": "commonjs" } }',
      "app.ts": `import Koa from "koa";\nconst app = new Koa<State, Context>();\napp.listen(3000);\n`,
    },
    entry: "app.ts",
    made: "faultline.ts",
    expected: [/from "\.\/faultline";/, /\(\);\napp\.use\(guardKoa\(guard\)\);/],
  },
  {
    name: "NestJS as its own tool makes it",
    files: {
      "package.json": JSON.stringify({ name: "shop", dependencies: { "@nestjs/core": "1" }, scripts: { start: "nest start" } }),
      "tsconfig.json": "{}",
      "src/main.ts": `import { NestFactory } from '@nestjs/core';\nimport { AppModule } from './app.module';\n\nasync function bootstrap() {\n  const app = await NestFactory.create<App>(AppModule);\n  await app.listen(3000);\n}\nbootstrap();\n`,
    },
    entry: "src/main.ts",
    made: "src/faultline.ts",
    expected: [/import \{ guard \} from "\.\/faultline";/, /\(AppModule\);\n {2}guardNest\(app, guard\);/],
  },
  {
    name: "Express that a class keeps, with routes in one method and listening in another",
    files: {
      "package.json": manifest("express"),
      "tsconfig.json": '{ "compilerOptions": { "module": "commonjs" } }',
      "src/app.ts": `import express from "express";\nimport { Routes } from "./routes";\n\nclass App {\n  public app: express.Application;\n\n  constructor(routes: Routes[]) {\n    this.app = express();\n    this.initializeRoutes(routes);\n  }\n\n  public listen() {\n    const port = this.app.get("port") ?? 3000;\n    this.app.listen(port, () => {\n      console.log("up");\n    });\n  }\n\n  private initializeRoutes(routes: Routes[]) {\n    routes.forEach((route) => this.app.use("/", route.router));\n  }\n}\nnew App([]).listen();\n`,
    },
    entry: "src/app.ts",
    made: "src/faultline.ts",
    expected: [
      /from "\.\/faultline";/,
      /\n {4}this\.app = express\(\);\n {4}this\.app\.use\(guardRequests\(guard\)\);\n {4}this\.initializeRoutes/,
      /\n {4}this\.app\.use\(guardErrors\(guard\)\);\n {4}this\.app\.listen/,
    ],
  },
  {
    name: "Express that a class keeps behind a server of its own",
    files: {
      "package.json": manifest("express"),
      "server.js": `const http = require("http");\nconst express = require("express");\nclass Server {\n  constructor() {\n    this.app = express();\n    this.http = http.createServer(this.app);\n    this.routes();\n    this.start();\n  }\n  routes() {\n    this.app.get("/", (q, r) => r.send("hi"));\n  }\n  async start() {\n    this.running = this.http.listen(3000);\n  }\n}\nnew Server();\n`,
    },
    entry: "server.js",
    made: "faultline.js",
    expected: [/\n {4}this\.app\.use\(guardErrors\(guard\)\);\n {4}this\.running = this\.http\.listen/],
  },
  {
    name: "Koa that a class keeps",
    files: {
      "package.json": manifest("koa"),
      "app.js": `const Koa = require("koa");\nclass App {\n  constructor() {\n    this.app = new Koa();\n    this.app.use(handle);\n  }\n}\nnew App().app.listen(3000);\n`,
    },
    entry: "app.js",
    made: "faultline.js",
    expected: [/new Koa\(\);\n {4}this\.app\.use\(guardKoa\(guard\)\);\n/],
  },
  {
    name: "NestJS",
    files: {
      "package.json": JSON.stringify({ name: "shop", dependencies: { "@nestjs/core": "1", express: "1" } }),
      "main.ts": `import { NestFactory } from "@nestjs/core";\nasync function run() {\n  const app = await NestFactory.create(App);\n  await app.listen(3000);\n}\nrun();\n`,
    },
    entry: "main.ts",
    made: "faultline.ts",
    expected: [/create\(App\);\n {2}guardNest\(app, guard\);/],
  },
];

describe.each(APPS)("faultline init on $name", ({ files, entry, made, expected }) => {
  it("shows the change first, makes it when told to, and takes it back to the byte", async () => {
    const folder = createApp(files);
    const shown = await init(folder);
    expect(shown.code).toBe(0);
    expect(readApp(folder)).toEqual(files);
    const done = await init(folder, "--yes");
    expect(done).toMatchObject({ code: 0, err: "" });
    const changed = readApp(folder);
    expect(Object.keys(changed).toSorted()).toEqual([...Object.keys(files), made].toSorted());
    for (const pattern of expected) expect(changed[entry]?.replaceAll(/ \/\/ added by faultline init/g, "")).toMatch(pattern);
    expect(changed[made]).toMatch(/createGuard\(\{ service: "(?:orders|shop)" \}\)/);
    const undone = await init(folder, "--undo");
    expect(undone.code).toBe(0);
    expect(readApp(folder)).toEqual(files);
  });
});

describe("faultline init", () => {
  it.each([
    ["no package.json", {}, "no package.json"],
    ["two frameworks", { "package.json": JSON.stringify({ dependencies: { express: "1", koa: "1" } }) }, "--framework"],
    ["none", { "package.json": "{}" }, "depends on none"],
    ["Next.js", { "package.json": manifest("next") }, "guardRoute"],
    ["no entry", { "package.json": manifest("koa") }, "--entry"],
    ["two entries", { "package.json": manifest("koa"), "app.js": "", "server.js": "" }, "app.js"],
    ["no app in it", { "package.json": manifest("koa"), "app.js": "hello();\n" }, "was not found"],
    ["an app that never listens", { "package.json": manifest("express"), "app.js": "const app = express();\n" }, "begins to listen"],
    [
      "routes after the app listens",
      { "package.json": manifest("express"), "app.js": 'const app = express();\napp.listen(1);\napp.get("/", f);\n' },
      "gets routes after line 2",
    ],
    [
      "routes in the statement that makes the app",
      { "package.json": manifest("hono"), "app.js": 'const app = new Hono()\n  .get("/", (c) => c.text("hi"));\nexport default app;\n' },
      "gives it routes at once",
    ],
    [
      "routes given by a function after one that listens",
      {
        "package.json": manifest("express"),
        "app.js": "const app = express();\nfunction start() {\n  app.listen(1);\n}\naddRoutes(app);\nstart();\n",
      },
      "begins to listen was not found",
    ],
    [
      "routes of a class that come after it listens",
      {
        "package.json": manifest("express"),
        "app.js":
          "class App {\n  constructor() {\n    this.app = express();\n    this.start();\n    this.routes();\n  }\n  start() {\n    this.app.listen(1);\n  }\n  routes() {\n    this.app.get('/', f);\n  }\n}\n",
      },
      "this.app may get routes after line 8",
    ],
    [
      "routes of a class that come after the method that listens, which another method calls",
      {
        "package.json": manifest("express"),
        "app.js":
          "class App {\n  constructor() {\n    this.app = express();\n    this.init();\n  }\n  init() {\n    this.start();\n    this.routes();\n  }\n  start() {\n    this.app.listen(1);\n  }\n  routes() {\n    this.app.get('/', f);\n  }\n}\n",
      },
      "this.app may get routes after line 11",
    ],
    [
      "routes that come from outside of the class",
      {
        "package.json": manifest("express"),
        "app.js":
          "class App {\n  constructor() {\n    this.app = express();\n  }\n  start() {\n    this.app.listen(1);\n  }\n}\nconst a = new App();\na.start();\na.app.get('/', f);\n",
      },
      "this.app may get routes after line 6",
    ],
    [
      "a class that listens in an if without braces, where a line before it would be the if's own",
      {
        "package.json": manifest("express"),
        "app.js":
          "class App {\n  constructor() {\n    this.app = express();\n  }\n  start() {\n    if (process.env.PORT)\n      this.app.listen(1);\n  }\n}\n",
      },
      "where this.app begins to listen was not found",
    ],
    [
      "a class that listens within an expression",
      {
        "package.json": manifest("express"),
        "app.js":
          "class App {\n  constructor() {\n    this.app = express();\n  }\n  start() {\n    connect().then(() =>\n      this.app.listen(1),\n    );\n  }\n}\n",
      },
      "where this.app begins to listen was not found",
    ],
    [
      "a class that listens nowhere",
      { "package.json": manifest("express"), "app.js": "class App {\n  constructor() {\n    this.app = express();\n  }\n}\n" },
      "where this.app begins to listen was not found",
    ],
    [
      "a class that listens in two places",
      {
        "package.json": manifest("express"),
        "app.js":
          "class App {\n  constructor() {\n    this.app = express();\n  }\n  a() {\n    this.app.listen(1);\n  }\n  b() {\n    return this.app.listen(2);\n  }\n}\n",
      },
      "where this.app begins to listen was not found",
    ],
    ["the root of a workspace", { "package.json": JSON.stringify({ workspaces: ["apps/*"] }) }, "name the app's own folder with --dir"],
    ["two apps", { "package.json": manifest("koa"), "app.js": "const a = new Koa();\nconst b = new Koa();\n" }, "lines 1 and 2"],
    ["a guard", { "package.json": manifest("koa"), "app.js": 'import "@faultline/guard";\nconst a = new Koa();\n' }, "already"],
    ["a file in the way", { "package.json": manifest("koa"), "app.js": "const a = new Koa();\n", "faultline.js": "" }, "overwritten"],
  ])("refuses %s with a sentence and changes nothing", async (_name, files, sentence) => {
    const folder = createApp(files);
    const { code, err } = await init(folder, "--yes");
    expect(code).toBe(2);
    expect(err).toContain(sentence);
    expect(readApp(folder)).toEqual(files);
  });

  it("asks for the guard to be installed where it is not", async () => {
    const files = {
      "package.json": manifest("koa"),
      "server.js": 'const Koa = require("koa");\nconst app = new Koa();\napp.listen(3000);\n',
    };
    expect((await init(createApp(files), "--yes")).out).toContain("changed; next: install @faultline/guard, start the app");
    const installed = createApp({ ...files, "node_modules/@faultline/guard/package.json": "{}" });
    expect((await init(installed, "--yes")).out).toContain("changed; next: start the app");
    const names = Object.entries(files).map(([name, text]) => [`apps/orders/${name}`, text] as const);
    const workspace = createApp({ ...Object.fromEntries(names), "node_modules/@faultline/guard/package.json": "{}" });
    expect((await init(join(workspace, "apps/orders"), "--yes")).out).toContain("changed; next: start the app");
  });
});
