import { describe, expect, it } from "vitest";
import { ask, type Asked, loadHandler } from "../../testing/scripted-handlers.ts";
import { readDecorator } from "./decorated.ts";
import { parseScript } from "./parse/parse-script.ts";
import { scanTokens } from "./parse/tokens.ts";

const IMPORTS =
  'import { Body, Post, Controller, Param } from "@nestjs/common"; const common_1 = require("@nestjs/common"), _common = require("@nestjs/common");';

/** What is read of the decorator of the second parameter of `create`. */
function readOf(script: string, imports = IMPORTS): ReturnType<typeof readDecorator> {
  const text = `${imports} ${script}`;
  const tree = parseScript(text, "orders.js", scanTokens(text) ?? []);
  const code = tree.functions.find(({ name }) => name === "create");
  return code && readDecorator(code, 1);
}

const METHOD = "{ create(id, dto) { return dto; } createAll(dto) {} }";

/** A list of decorators as a compiler writes it behind a class, and what is read of the second parameter's. */
const COMPILED: readonly (readonly [compiler: string, script: string])[] = [
  [
    "TypeScript, for CommonJS",
    `let Orders = class Orders ${METHOD}; exports.Orders = Orders;
__decorate([(0, common_1.Post)(), __param(1, (0, common_1.Query)("all"))], Orders.prototype, "createAll", null);
__decorate([(0, common_1.Post)("a)"), __param(0, (0, common_1.Param)("id")), __param(1, (0, common_1.Body)("user"))], Orders.prototype, "create", null);`,
  ],
  [
    "TypeScript, for modules",
    `let Orders = class Orders extends Base(Order) ${METHOD}; __decorate([Post(), __param(1, Body("user"))], Orders.prototype, "create", null);`,
  ],
  [
    "esbuild",
    `let Orders = class ${METHOD};\n__decorateClass([\n  Post(),\n  __decorateParam(0, Param("id")),\n  __decorateParam(1, Body("user"))\n], Orders.prototype, "create", 1);\nOrders = __decorateClass([\n  Controller("o")\n], Orders);`,
  ],
  [
    "swc",
    `class Orders ${METHOD}\n_ts_decorate([\n (0, _common.Post)(),\n _ts_param(0, (0, _common.Param)("id")),\n _ts_param(1, (0, _common.Body)("user")),\n _ts_metadata("design:type", Function)\n], Orders.prototype, "create", null);`,
  ],
];

/** What cannot be said of a decorator of `dto`. */
const UNKNOWN: readonly (readonly [given: string, decorator: string])[] = [
  ["a pipe", "Body(UserPipe)"],
  ["a pipe that is made there", "Body(new UserPipe())"],
  ["a part and a pipe", 'Body("user", new UserPipe())'],
  ["a part that a constant names", "Body(KEY)"],
  ["a decorator that is no call", "User"],
  ["a decorator of the app's own", 'Both("user")'],
];

describe("the decorator of a parameter", () => {
  it.each(COMPILED)("is read as it is written by %s", (_compiler, script) => {
    expect(readOf(script)?.slice(1)).toEqual(["Body", "user"]);
  });

  it.each(UNKNOWN)("says nothing with %s", (_given, decorator) => {
    const script = `class Orders ${METHOD}\n_ts_decorate([_ts_param(1, ${decorator}), _ts_param(2, Body())], Orders.prototype, "create", null);`;
    expect(readOf(script)?.[1]).not.toBe("Body");
    expect(readOf(script)).toBeDefined();
  });

  it.each([
    ["the app has put it together itself", "const Body = createParamDecorator(() => store)", "Post()"],
    ["the app imports it from itself", 'import { Body } from "./body.js"', "Post()"],
    ["one of the app's own stands beside it", IMPORTS, 'Create("orders")'],
    ["one that a module of the app's exports stands beside it", IMPORTS, '(0, create_1.Create)("orders")'],
  ])("says nothing where %s", (_case, imports, beside) => {
    const script = `const create_1 = require("./create"); class Orders ${METHOD} __decorate([${beside}, __param(1, Body())], Orders.prototype, "create", null);`;
    expect(readOf(script, `${imports};`)).toEqual([]);
  });

  it("is not that of another parameter, another method or another class", () => {
    expect(readOf(`class Orders ${METHOD} d([__param(0, Body())], Orders.prototype, "create")`)).toBeUndefined();
    expect(readOf(`class Orders ${METHOD} d([__param(1, Body())], Orders.prototype, "createAll")`)).toBeUndefined();
    expect(readOf(`class Store ${METHOD} class Orders {} d([__param(1, Body())], Orders.prototype, "create")`)).toBeUndefined();
    expect(readOf("function create(id, dto) { return dto; }")).toBeUndefined();
  });
});

/** A controller as TypeScript compiles it: a method of its class, the decorators of that, and what it is given of the `request`. */
function compileController(method: string, decorators: string, given = "request.body"): string {
  return `const { bind } = require("@nestjs/core"), common_1 = require("@nestjs/common")
const __decorate = (list, target) => target, __param = () => 0
let Orders = class Orders {
    ${method}
}
exports.Orders = Orders
__decorate([
    (0, common_1.Get)(),
    __param(0, (0, common_1.Headers)()),
], Orders.prototype, "list", null)
__decorate([
    (0, common_1.Post)("orders"),
    ${decorators}
    __metadata("design:paramtypes", [Object]),
], Orders.prototype, "create", null)
exports.Orders = Orders = __decorate([
    (0, common_1.Controller)()
], Orders)
let Other = class Other { }
__decorate([__param(0, (0, common_1.Body)())], Other.prototype, "find", null)
exports.handler = bind(new Orders(), "create", (request) => [${given}])
function __metadata() {}`;
}

/** Methods of controllers and a request that each of them cannot take. */
const PROVOKED: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  ["a decorated body", compileController("create(dto) { return dto.user.name }", "__param(0, (0, common_1.Body)()),"), { body: {} }],
  [
    "a decorated part of a body, handed on",
    compileController(
      "async create(id, user) { return this.read(user) }\n read(user) { return user.mail.trim() }",
      '__param(0, (0, common_1.Param)("id")),\n__param(1, (0, common_1.Body)("user")),',
      '"7", request.body.user',
    ),
    { body: { user: {} } },
  ],
  [
    "a decorated pattern",
    compileController("create({ user: { name } }) { return name }", "__param(0, (0, common_1.Body)()),"),
    { body: { user: null } },
  ],
  [
    "a decorated part of a query",
    compileController("create(q) { return q.trim() }", '__param(0, (0, common_1.Query)("q")),', "request.query.q"),
    { target: "/orders" },
  ],
  [
    "a decorated header",
    compileController("create(tenant) { return tenant.trim() }", '__param(0, (0, common_1.Headers)("X-Tenant")),', "undefined"),
    {},
  ],
  [
    "a decorated body by the name of a request",
    compileController("create(request) { return request.order.name }", "__param(0, (0, common_1.Body)()),"),
    { body: {} },
  ],
  [
    "a decorated request, wherever it stands",
    compileController(
      "create(id, data) { return data.body.user.name }",
      '__param(0, (0, common_1.Param)("id")), __param(1, (0, common_1.Req)()),',
      '"7", request',
    ),
    { body: {} },
  ],
];

/** Methods that are wrong, or were given something else than was sent, and a request that is right. */
const BUGS: readonly (readonly [name: string, script: string, asked: Asked])[] = [
  [
    "what a pipe has made of a part",
    compileController("create(user) { return user.profile.name }", '__param(0, (0, common_1.Body)("user", UserPipe)),', "{}").concat(
      "\nvar UserPipe",
    ),
    { body: { user: "7" } },
  ],
  [
    "what a pipe has made of a body, whatever it is called",
    compileController("create(request) { return request.body.name }", "__param(0, (0, common_1.Body)(UserPipe)),", "{}").concat(
      "\nvar UserPipe",
    ),
    {},
  ],
  [
    "what the pipes of a method have made",
    compileController(
      "create(dto) { return dto.order.name }",
      "(0, common_1.UsePipes)(new Map()), __param(0, (0, common_1.Body)()),",
      "{}",
    ),
    { body: { id: 1 } },
  ],
  [
    "what the pipes of a class have made",
    compileController("create(dto) { return dto.order.name }", "__param(0, (0, common_1.Body)()),", "{}").replace(
      "Controller)()",
      "Controller)(), (0, common_1.UsePipes)(new Map())",
    ),
    { body: { id: 1 } },
  ],
  [
    "what may be validated, by a decorator of the app's own",
    compileController("create(dto) { return dto.order.name }", "(0, common_1.ValidatedBy)({}), __param(0, (0, common_1.Body)()),", "{}"),
    { body: { id: 1 } },
  ],
  [
    "what a decorator of the app's gives",
    compileController("create(request) { return request.body.name }", "__param(0, (0, common_1.CurrentUser)()),", "{}"),
    {},
  ],
  [
    "what a decorator gives that the app has put together",
    compileController("create(dto) { return dto.order.name }", "Create(), __param(0, (0, common_1.Body)()),", "{}").concat(
      "\nfunction Create() { return common_1.applyDecorators(common_1.Post(), common_1.UsePipes(new Map())) }",
    ),
    { body: { id: 1 } },
  ],
  [
    "what a decorator gives that the app has put together for the class",
    compileController("create(dto) { return dto.order.name }", "__param(0, (0, common_1.Body)()),", "{}")
      .replace("Controller)()", "Controller)(), Shop()")
      .concat("\nfunction Shop() {}"),
    { body: { id: 1 } },
  ],
  [
    "what somebody has put into the request, by the name of a body",
    compileController("create(request) { return request.user.name }", "__param(0, (0, common_1.Body)()),"),
    { body: { id: 1 } },
  ],
  [
    "what somebody has put into the request, taken out of a body",
    compileController("create(req) { const { session: { id } } = req; return id }", "__param(0, (0, common_1.Body)()),"),
    { body: { name: 1 } },
  ],
  [
    "a method that is named as the one of another class",
    compileController("find(dto) { return dto.user.name }", "", "{}").replace('(new Orders(), "create"', '(new Orders(), "find"'),
    { body: {} },
  ],
  [
    "a decorated part by a wrong name",
    compileController("create(user) { return user.name }", '__param(0, (0, common_1.Body)("custmer")),', "request.body.custmer"),
    { body: { customer: { name: "ann" } } },
  ],
];

describe("what the source proves of a decorated parameter", () => {
  it.each(PROVOKED)("is that the request provoked it: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toEqual({ status: 400, told: 1 });
  });

  it.each(BUGS)("is nothing of a bug: %s", async (_name, script, asked) => {
    expect(await ask(loadHandler(script), asked)).toMatchObject({ status: 500 });
  });
});
