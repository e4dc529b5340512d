/**
 * Writes a Next.js app whose route handlers are the transparency suite's `fetch` routes, three times: bare, guarded, and guarded but with its errors
 * handed on to Next. Built packages are copied beside it, as an installation would put them there.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = new URL("../../", import.meta.url);
const ROUTES_SOURCE = new URL("tests/transparency/", repository);

const HANDLER = `import { FETCH_ANSWERS, FETCH_READERS } from "./fetch-routes.js";
import { notFound, redirect } from "next/navigation";

const readers = Object.values(FETCH_READERS);
const answers = Object.values(FETCH_ANSWERS);

export async function handler(request, { params }) {
  const { reader, answer } = await params;
  if (reader === "steer") return answer === "redirect" ? redirect("/elsewhere?a=1") : notFound();
  const told = await readers[Number(reader)](request);
  const response = await answers[Number(answer)]();
  response.headers.set("X-Told", told);
  return response;
}
`;
const GUARD = `import { createGuard } from "@faultline/guard";

export const guard = createGuard({ service: "next", endpoint: process.env.COLLECTOR, spool: false, announce: false });
`;
const exportAs = (handler: string): string =>
  `export const GET = ${handler};\nexport const POST = GET;\nexport const dynamic = "force-dynamic";\n`;
const guarded = (options: string): string => `import { guardRoute } from "@faultline/guard/next";
import { guard } from "../../../../lib/guard.js";
import { handler } from "../../../../lib/handler.js";

${exportAs(`guardRoute(guard, handler, ${options})`)}`;
const TREES: Readonly<Record<string, string>> = {
  bare: `import { handler } from "../../../../lib/handler.js";\n\n${exportAs("handler")}`,
  guarded: guarded('{ route: "/guarded/[reader]/[answer]" }'),
  handing: guarded('{ route: "/handing/[reader]/[answer]", respond: false }'),
};

function writeAt(folder: string, file: string, text: string): void {
  const path = join(folder, file);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
}

/** Writes it into `folder`, anew. */
export function writeApp(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  writeAt(folder, "package.json", '{ "name": "next-under-the-guard", "private": true, "type": "module" }\n');
  writeAt(folder, "app/layout.js", "export default function Layout({ children }) {\n  return children;\n}\n");
  for (const [tree, text] of Object.entries(TREES)) writeAt(folder, `app/${tree}/[reader]/[answer]/route.js`, text);
  writeAt(folder, "lib/handler.js", HANDLER);
  writeAt(folder, "lib/guard.js", GUARD);
  for (const name of ["fetch-routes", "node-routes"]) {
    const source = readFileSync(new URL(`${name}.ts`, ROUTES_SOURCE), "utf8");
    writeAt(folder, `lib/${name}.js`, stripTypeScriptTypes(source).replaceAll('.ts"', '.js"'));
  }
  for (const name of ["guard", "model"]) {
    const from = fileURLToPath(new URL(`packages/${name}/`, repository));
    const to = join(folder, "node_modules/@faultline", name);
    cpSync(join(from, "dist"), join(to, "dist"), { recursive: true });
    cpSync(join(from, "package.json"), join(to, "package.json"));
  }
}
