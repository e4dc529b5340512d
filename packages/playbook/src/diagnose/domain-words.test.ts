import { describe, expect, it } from "vitest";
import { isDomainError, isDomainType, isTechnicalText } from "./domain-words.ts";

describe("errors of a program's own trade", () => {
  it.each([
    "BookingError",
    "shop.stock.StockUnavailableForCountryError",
    "App\\Exceptions\\GiftCardException",
    "Shop::Orders::LoanFault",
    "NetworkPlanError",
    "Error",
    "java.lang.IllegalStateException",
  ])("takes %s for one, or for one that may be", (type) => {
    expect(isDomainType(type)).toBe(true);
  });

  it.each([
    "ConnectTimeoutException",
    "StripeConnectionError",
    "redis.exceptions.BusyLoadingError",
    "Npgsql.PostgresException",
    "java.net.UnknownHostException",
    "com.zaxxer.hikari.pool.HikariPool$PoolInitializationException",
    "*errors.errorString",
    "OSError",
    "SQLException",
    "panic",
  ])("takes %s for a library's or a runtime's", (type) => {
    expect(isDomainType(type)).toBe(false);
  });

  it("finds the type before its message", () => {
    expect(isDomainError("request failed: GuildError: user 12 is not master")).toBe(true);
    expect(isDomainError("No route to host Lyon")).toBe(false);
  });

  it.each(["connect ECONNREFUSED", "CERT_HAS_EXPIRED", "PayloadTooLarge", "not enough memory", "timeout exceeded when trying to connect"])(
    "knows a machine's words: %s",
    (words) => expect(isTechnicalText(words)).toBe(true),
  );

  it.each(["connection refused", "certificate has expired", "pool is full"])("leaves words of everyday: %s", (words) =>
    expect(isTechnicalText(words)).toBe(false),
  );
});
