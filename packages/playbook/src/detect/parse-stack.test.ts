import { describe, expect, it } from "vitest";
import { parseStack } from "./parse-stack.ts";

const inApp = (text: string) =>
  parseStack(text).map(({ type, frames }) => [type, ...frames.filter((frame) => frame.isInApp).map((frame) => frame.function)]);

describe("parsing a stack", () => {
  it("reads V8 with async frames, packages and causes", () => {
    const text = `TypeError: Cannot read properties of undefined (reading 'price')
    at priceOf (/srv/shop/src/cart.js:12:34)
    at async Promise.all (index 0)
    at Layer.handle [as handle_request] (/srv/shop/node_modules/express/lib/router/layer.js:95:5)
    at node:internal/process/task_queues:95:5
    at async file:///srv/shop/src/server.mjs:8:1 {
  [cause]: RangeError: out of range
      at toMoney (/srv/shop/src/money.js:3:9)
}`;
    expect(inApp(text)).toEqual([
      ["TypeError", "priceOf"],
      ["RangeError", "toMoney"],
    ]);
  });

  it("reads Java with causes and leaves the framework out", () => {
    const text = `java.lang.IllegalStateException: order 17
\tat com.shop.Orders.create(Orders.java:42)
\tat org.springframework.web.Handler.invoke(Handler.java:1)
\tat java.base/java.lang.Thread.run(Thread.java:829)
Caused by: java.sql.SQLException: dead
\tat com.shop.Db.run(Db.java:7)
\t... 12 more`;
    expect(inApp(text)).toEqual([
      ["java.lang.IllegalStateException", "com.shop.Orders.create"],
      ["java.sql.SQLException", "com.shop.Db.run"],
    ]);
  });

  it("reads Python with the innermost frame first and the consequence before its cause", () => {
    const text = `Traceback (most recent call last):
  File "/app/shop/db.py", line 3, in fetch
    return rows[0]
IndexError: list index out of range

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/usr/lib/python3.12/site-packages/flask/app.py", line 1, in wsgi_app
    x()
  File "/app/shop/views.py", line 9, in cart
    fetch()
  File "/app/shop/db.py", line 5, in fetch
    raise LookupError("no cart") from e
LookupError: no cart`;
    expect(inApp(text)).toEqual([
      ["LookupError", "fetch", "cart"],
      ["IndexError", "fetch"],
    ]);
  });

  it("reads what Java 17 prints, with lambdas, modules and a message that quotes a class", () => {
    const text = `Exception in thread "main" java.lang.IllegalStateException: order 17 has no price
	at Shop.due(Shop.java:4)
	at Shop.lambda$main$0(Shop.java:5)
	at java.base/java.lang.Iterable.forEach(Iterable.java:75)
	at Shop.main(Shop.java:5)
Caused by: java.lang.NullPointerException: Cannot invoke "java.lang.Integer.intValue()" because the return value of "java.util.Map.get(Object)" is null
	at Shop$Cart.price(Shop.java:3)
	at Shop.due(Shop.java:4)
	at java.base/java.lang.reflect.Method.invoke(Method.java:569)
	at jdk.compiler/com.sun.tools.javac.launcher.Main.main(Main.java:132)`;
    expect(inApp(text)).toEqual([
      ["java.lang.IllegalStateException", "Shop.due", "Shop.lambda$main$0", "Shop.main"],
      ["java.lang.NullPointerException", "Shop$Cart.price", "Shop.due"],
    ]);
  });

  it("reads an exception group of Python 3.11 with the carets under its lines", () => {
    const text = `  + Exception Group Traceback (most recent call last):
  |   File "/srv/shop/cart.py", line 12, in <module>
  |     try: f()
  |          ^^^
  |   File "/srv/shop/cart.py", line 9, in both
  |     raise ExceptionGroup("two carts", [NoPrice("a"), ValueError("b")])
  | ExceptionGroup: two carts (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | NoPrice: a
    +---------------- 2 ----------------
    | ValueError: b
    +------------------------------------`;
    expect(inApp(text)).toEqual([["ExceptionGroup", "both", "<module>"]]);
  });

  it("reads an exception of Python without a message, under whatever name", () => {
    const text = 'Traceback (most recent call last):\n  File "/srv/shop/db.py", line 2, in fetch\n    raise NoCart\nshop.errors.NoCart';
    expect(inApp(text)).toEqual([["shop.errors.NoCart", "fetch"]]);
  });

  it("reads what Ruby 3.1 prints: the position first, and the cause after it", () => {
    const text = `/app/cart.rb:6:in \`rescue in due': order 17 has no price (ArgumentError)
	from /app/cart.rb:3:in \`due'
	from /usr/lib/ruby/gems/3.1.0/gems/rack-3.0/lib/rack.rb:9:in \`call'
/app/cart.rb:2:in \`price': undefined method \`fetch' for nil:NilClass (NoMethodError)

  def price = nil.fetch(:tea)
                 ^^^^^^
	from /app/cart.rb:4:in \`block in due'
	from /app/cart.rb:4:in \`due'`;
    expect(inApp(text)).toEqual([
      ["ArgumentError", "rescue in due", "due"],
      ["NoMethodError", "price", "block in due", "due"],
    ]);
    const backtrace =
      "NoMethodError: undefined method `price' for nil\n/app/cart.rb:12:in `price'\n/app/lib/ruby/gems/rack/x.rb:1:in `call'";
    expect(inApp(backtrace)).toEqual([["NoMethodError", "price"]]);
    expect(inApp("/app/cart.rb:12:in 'Cart#price': no tea (Shop::NoPrice)")).toEqual([["Shop::NoPrice", "Cart#price"]]);
  });

  it("reads PHP, which prints the cause first, and for each function the position from which it was called", () => {
    const text = `TypeError: Cart::price(): Return value must be of type int, null returned in /app/src/Cart.php:12
Stack trace:
#0 /app/src/Shop.php(33): Shop\\Cart->price('tea')
#1 /app/vendor/slim/slim/App.php(199): Shop\\Shop->due(Object(Request))
#2 [internal function]: Slim\\App->handle(Object(Request))
#3 /app/public/index.php(10): array_map(Object(Closure), Array)
#4 {main}

Next RuntimeException: order 17 has no price in /app/src/Shop.php:35
Stack trace:
#0 /app/vendor/slim/slim/App.php(199): Shop\\Shop->due(Object(Request))
#1 {main}`;
    expect(inApp(text)).toEqual([
      ["RuntimeException", "Shop\\Shop->due"],
      ["TypeError", "Shop\\Cart->price", "Shop\\Shop->due", "{main}"],
    ]);
    expect(parseStack(text)[1]?.frames[0]).toMatchObject({ file: "/app/src/Cart.php", line: 12 });
    expect(parseStack(text)[0]?.message).toBe("order 17 has no price");
  });

  it("reads Go: a panic, methods, generics, modules, and errors that carry their stack", () => {
    const panic = `panic: runtime error: index out of range [3] with length 3 [recovered]
	panic: runtime error: index out of range [3] with length 3

goroutine 18 [running]:
panic({0x7f2c40?, 0xc0000b8018?})
	/usr/local/go/src/runtime/panic.go:884 +0x213
github.com/acme/shop/cart.(*Cart).Price(0xc000010000)
	/src/shop/cart/cart.go:12 +0x1d
main.Map[...]({0xc000012030, 0x3, 0x4}, 0x0)
	/src/shop/main.go:30 +0x6a
main.main.func1()
	/src/shop/main.go:21 +0x2c
github.com/gin-gonic/gin.(*Context).Next(...)
	/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go:174
created by net/http.(*Server).Serve
	/usr/local/go/src/net/http/server.go:3086 +0x5cb`;
    expect(inApp(panic)).toEqual([["panic", "github.com/acme/shop/cart.(*Cart).Price", "main.Map[...]", "main.main.func1"]]);
    const wrapped = `no price
main.fetch
	/src/shop/db.go:12
main.main
	/src/shop/main.go:8
runtime.main
	/usr/local/go/src/runtime/proc.go:250`;
    expect(inApp(wrapped)).toEqual([["", "main.fetch", "main.main"]]);
  });

  it("reads .NET, which prints the inner exception between the outer one's name and its frames", () => {
    const text = `System.InvalidOperationException: order 17 has no price
 ---> System.Collections.Generic.KeyNotFoundException: The given key 'tea' was not present in the dictionary.
   at System.Collections.Generic.Dictionary\`2.get_Item(TKey key)
   at Shop.Cart.Price(String id) in /src/Shop/Cart.cs:line 12
   --- End of inner exception stack trace ---
   at Shop.Orders.Due(Int32 order) in /src/Shop/Orders.cs:line 31
   at Shop.Orders.<DueAsync>d__3.MoveNext() in /src/Shop/Orders.cs:line 44
--- End of stack trace from previous location ---
   at Microsoft.AspNetCore.Mvc.Infrastructure.ControllerActionInvoker.Invoke()`;
    expect(inApp(text)).toEqual([
      ["System.InvalidOperationException", "Shop.Orders.Due", "Shop.Orders.<DueAsync>d__3.MoveNext"],
      ["System.Collections.Generic.KeyNotFoundException", "Shop.Cart.Price"],
    ]);
    const aggregate = `System.AggregateException: One or more errors occurred. (boom)
 ---> System.Exception: boom
   at Shop.Db.Run() in /src/Db.cs:line 3
   --- End of inner exception stack trace ---
   at Shop.Cart.Wait() in /src/Cart.cs:line 9
 ---> (Inner Exception #0) System.Exception: boom
   at Shop.Db.Run() in /src/Db.cs:line 3<---`;
    expect(inApp(aggregate).map(([type]) => type)).toEqual(["System.AggregateException", "System.Exception", "System.Exception"]);
  });

  it("reads Elixir, by the application of each frame", () => {
    const text = `** (Plug.Conn.WrapperError) ** (KeyError) key :city not found in: nil
    (guests 1.3.0) lib/guests/label.ex:22: Guests.Label.lines/1
    (elixir 1.16.2) lib/enum.ex:1700: Enum."-map/2-lists^map/1-1-"/2
    (guests 1.3.0) lib/guests_web/controllers/label_controller.ex:11: anonymous fn/2 in GuestsWeb.LabelController.show/2
    (phoenix 1.7.14) lib/phoenix/router.ex:484: Phoenix.Router.__call__/5
    (stdlib 5.2) proc_lib.erl:251: :proc_lib.init_p_do_apply/3`;
    expect(inApp(text)).toEqual([["KeyError", "Guests.Label.lines/1", "GuestsWeb.LabelController.show/2"]]);
    expect(parseStack(text)[0]).toMatchObject({ message: "key :city not found in: nil", frames: { length: 5 } });
    const bare = "    (ecto 3.12.1) lib/ecto/repo.ex:9: Ecto.Repo.get!/3\n    lib/shop/cart.ex:12: Shop.Cart.price/1";
    expect(inApp(bare)).toEqual([["", "Shop.Cart.price/1"]]);
  });

  it("finds no frames in text that is no stack", () => {
    expect(parseStack("the cart is empty").flatMap(({ frames }) => frames)).toEqual([]);
  });
});
