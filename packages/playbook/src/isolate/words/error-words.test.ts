import { describe, expect, it } from "vitest";
import { DATABASE_WORDS } from "./database-words.ts";
import { DEFECT } from "./defect-words.ts";
import { findRejection } from "./error-words.ts";
import { POOL_WAIT } from "./pool-words.ts";

describe("the words of an error", () => {
  it.each(["Error: PostgreSQL error of type 'error' occurred (code: 22P02)", "FATAL 28P01", "42P01", "23505"])(
    "name a statement that was refused by its SQLSTATE: %s",
    (words) => expect(findRejection(words)).toBe("refused"),
  );

  it.each(["TypeError: fetch failed: Headers Timeout Error", "fetch failed: Headers Timeout Error: TypeError"])(
    "tell of a call that failed and of no defect: %s",
    (words) => expect(DEFECT.test(words)).toBe(false),
  );

  it("tell of a defect where a type has no such words", () => expect(DEFECT.test("reading 'sku': TypeError")).toBe(true));

  it.each([
    ["a pool that a proxy holds", POOL_WAIT, "(9501, 'Timed-out waiting to acquire database connection')"],
    ["a store with too many clients", DATABASE_WORDS, "ReplyError: ERR max number of clients reached"],
  ])("are known of %s", (_, words, text) => expect(words.test(text)).toBe(true));
});
