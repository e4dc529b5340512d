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

  it("reads Go, Ruby, PHP and .NET", () => {
    const go =
      "panic: runtime error: index out of range [3]\n\ngoroutine 1 [running]:\nmain.(*Cart).Price(0xc000010000)\n\t/src/shop/cart.go:12 +0x1d\nnet/http.HandlerFunc.ServeHTTP(0x1)\n\t/usr/local/go/src/net/http/server.go:2109 +0x2f";
    const ruby =
      "NoMethodError: undefined method `price' for nil:NilClass\n/app/cart.rb:12:in `price'\n/usr/lib/ruby/gems/3.2.0/gems/rack/x.rb:1:in `call'";
    const php =
      "Exception: no cart in /app/Cart.php:12\n#0 /app/Shop.php(33): Shop\\Cart->price(1)\n#1 /app/vendor/slim/App.php(1): Slim\\App->run()\n#2 {main}";
    const dotnet =
      "System.InvalidOperationException: no cart\n   at Shop.Cart.Price(Int32 id) in /src/Cart.cs:line 12\n ---> System.Exception: inner\n   at Shop.Db.Run() in /src/Db.cs:line 3";
    expect(inApp(go)).toEqual([["panic", "main.(*Cart).Price"]]);
    expect(inApp(ruby)).toEqual([["NoMethodError", "price"]]);
    expect(inApp(php)).toEqual([["Exception", "Shop\\Cart->price"]]);
    expect(inApp(dotnet)).toEqual([
      ["System.InvalidOperationException", "Shop.Cart.Price"],
      ["System.Exception", "Shop.Db.Run"],
    ]);
  });

  it("finds no frames in text that is no stack", () => {
    expect(parseStack("the cart is empty").flatMap(({ frames }) => frames)).toEqual([]);
  });
});
