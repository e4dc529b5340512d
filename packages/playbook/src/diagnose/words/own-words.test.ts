import { describe, expect, it } from "vitest";
import { diagnose } from "../../playbook.ts";
import { type SpanSketch, TraceBuilder } from "../../testing/trace-builder.ts";

const QUERY: SpanSketch = { service: "club", kind: "client", attributes: { "db.system.name": "postgresql", "server.address": "club-db" } };
const GOOD: SpanSketch = { service: "club", name: "POST /courses", code: 201, attributes: { "http.route": "/courses" } };

const OWN =
  "\n\tat com.acme.club.Courses.book(Courses.java:41)\n\tat org.springframework.web.servlet.DispatcherServlet.doDispatch(D.java:9)";
const DRIVER = "\n\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)";
const PACKAGE = "\n\tat de.pooling.Waiting.take(Waiting.java:12)";

/** .NET's logs have an exception's name without its namespace. */
const SHORT: Partial<SpanSketch> = { logs: [{ severity: 17, body: "WholeException: course pool exhausted" }] };

function diagnoseThrown(
  type: string,
  message: string,
  more: Partial<SpanSketch> & { readonly stack?: string; readonly good?: readonly SpanSketch[] },
) {
  const { stack, good = [], ...sketch } = more;
  const exception = { type, message, ...(stack === undefined ? {} : { stack: `${type}: ${message}${stack}` }) };
  return diagnose(
    new TraceBuilder()
      .traces(30, () => ({ ...GOOD, calls: good }))
      .traces(8, () => ({ ...GOOD, code: 500, takes: 80, exception, ...sketch }))
      .observations(),
  );
}

describe("a program's own error that uses technical words", () => {
  it.each([
    ["com.acme.club.CourseException", "Swimming pool exhausted until Monday"],
    ["com.acme.club.SponsorException", "Connection to sponsor refused: connection refused"],
    ["com.acme.club.RotaException", "Rota of week 31: deadlock detected"],
    ["com.acme.club.TrainerException", "First aid certificate has expired for trainer 8"],
    ["io.acme.club.TrainerException", "First aid certificate has expired for trainer 8"],
    ["com.sapling.club.TrainerException", "First aid certificate has expired for trainer 8"],
    ["catshop.TrainerException", "First aid certificate has expired for trainer 8"],
  ])("is an exception if its type is the program's own as well: %s: %s", (type, message) => {
    const { causes, verdict } = diagnoseThrown(type, message, { stack: OWN });
    expect([verdict, causes[0]?.cause]).toEqual(["diagnosed", "unhandled-exception"]);
  });

  it.each([
    ["java.lang.IllegalStateException", "Guest pool is exhausted for raffle 12", { stack: OWN }],
    ["CourseError", "Swimming pool exhausted until Monday", {}],
    ["Acme.Club.CourseException", "Swimming pool exhausted until Monday", {}],
    ["Error", "Swimming pool exhausted until Monday", { calls: [QUERY], good: [QUERY] }],
  ])("names nothing if only its words are evidence, and says what would tell: %s: %s", (type, message, more) => {
    const { causes, verdict, missing } = diagnoseThrown(type, message, more);
    expect(verdict).toBe("inconclusive");
    expect(causes.map(({ cause }) => cause)).toContain("pool-exhausted");
    expect(missing.map(({ wouldTell }) => wouldTell).join()).toContain("a rule of the program's trade");
  });

  it("may be a database's as well as the program's", () => {
    const { causes, verdict } = diagnoseThrown("RotaError", "Rota of week 31: deadlock detected", {});
    expect([verdict, causes.map(({ cause }) => cause)]).toEqual(["inconclusive", ["unhandled-exception", "database-failure"]]);
  });

  it("is recognised in the text of a log record, and where other hops repeat it", () => {
    const message = "Swimming pool exhausted until Monday";
    const { causes } = diagnoseThrown("com.acme.club.CourseException", message, {
      stack: OWN,
      message: `Request processing failed: ${message}`,
      logs: [{ severity: 17, body: `Servlet threw exception: ${message}` }],
    });
    expect(causes[0]?.cause).toBe("unhandled-exception");
  });

  it("is recognised by its type if only that is known", () => {
    const type = "com.acme.club.CertificateExpiredException";
    const { causes } = diagnoseThrown(type, "First aid of trainer 8", { stack: OWN, message: `Unhandled exception of type: ${type}` });
    expect(causes[0]?.cause).toBe("unhandled-exception");
  });
});

describe("an error with a technical sign", () => {
  it.each([
    ["by a driver's type", ["java.sql.SQLTransientConnectionException", "course pool exhausted"], { stack: OWN }],
    ["by a driver's frame", ["com.acme.club.CourseException", "course pool exhausted"], { stack: DRIVER + OWN }],
    ["by the frame of another maker", ["com.acme.club.CourseException", "course pool exhausted"], { stack: PACKAGE + OWN }],
    [
      "by its cause",
      ["com.acme.club.CourseException", "course pool exhausted"],
      { stack: `${OWN}\nCaused by: java.net.SocketException: gone` },
    ],
    ["by a number or a duration", ["com.acme.club.CourseException", "course pool exhausted after 30000 ms"], { stack: OWN }],
    ["by a pool's size", ["com.acme.club.CourseException", "course pool exhausted, consider adjusting the pool size"], { stack: OWN }],
    ["by whom it calls", ["com.acme.club.CourseException", "club-db: pool exhausted"], { stack: OWN, good: [QUERY] }],
    ["by words that are of nothing else", ["com.acme.club.CourseException", "connection pool exhausted"], { stack: OWN }],
    ["by a type of machines alone", ["Faulty::OpenPoolError", "course pool exhausted"], {}],
    ["by a package of machines alone", ["FirebirdSql.Data.FbException", "course pool exhausted"], {}],
    ["by a code for a type", ["IJ000655", "course pool exhausted"], {}],
    ["by a driver's type without its package", ["NpgsqlException", "course pool exhausted"], { stack: OWN }],
    ["by a driver's type alone", ["DBConnection.ConnectionError", "course pool exhausted"], {}],
    ["by a type of an open circuit", ["com.acme.calls.CircuitOpenException", "course pool exhausted"], { stack: OWN }],
    ["by a type of an open breaker", ["BreakerOpen", "course pool exhausted"], { stack: OWN }],
    ["by the same error in a record that says less of its type", ["System.Net.WholeException", "course pool exhausted"], SHORT],
    ["by a query that was not made", ["Error", "course pool exhausted"], { good: [QUERY] }],
  ] as const)("is a technical one: %s", (_, [type, message], more) => {
    expect(diagnoseThrown(type, message, more).causes[0]).toMatchObject({ cause: "pool-exhausted", confidence: 0.89 });
  });

  it.each([
    ["rate-limited-as-5xx", "com.acme.pay.ProviderThrottled", "the request was throttled"],
    ["rate-limited-as-5xx", "com.acme.maps.MapsFailed", "the maps api rate limited us"],
    ["rate-limited-as-5xx", "com.acme.ship.CarrierThrottled", "carrier asked us to slow down: 429, Retry-After 30"],
    ["dependency-timeout", "com.acme.club.DependencyTimeout", "pricing did not respond"],
    ["dependency-timeout", "com.acme.club.UpstreamLate", "upstream timed out"],
    ["dependency-timeout", "com.acme.club.TaxServiceTimeout", "no answer from taxes"],
    ["dependency-timeout", "Inventory::Late", "inventory did not answer within 800ms"],
    ["dependency-timeout", "com.acme.club.PriceLate", "inventory service did not respond"],
    ["dependency-timeout", "com.acme.club.PriceLate", "timed out waiting for the pricing backend"],
    ["dependency-timeout", "com.acme.pay.PayLate", "payment provider timed out"],
    ["dependency-timeout", "com.acme.pay.PayLate", "payment service timed out after three tries"],
    ["dependency-timeout", "com.acme.pay.PayLate", "payment service did not respond to the request"],
    ["dependency-error", "com.acme.club.UpstreamUnavailable", "upstream inventory unavailable"],
    ["dependency-error", "com.acme.club.CatalogGone", "could not reach the catalog backend"],
    ["dependency-error", "com.acme.club.CatalogGone", "upstream catalog is down"],
    ["database-failure", "com.acme.club.StoreGone", "could not connect to database orders"],
    ["dependency-error", "com.acme.club.StockFailed", "the stock api responded with 503"],
    ["database-failure", "com.acme.club.ReadOnly", "database is in read-only mode"],
    ["database-failure", "com.acme.club.CacheDown", "redis cache is down"],
  ] as const)("is %s by the part of a system that failed: %s: %s", (cause, type, message) => {
    const { causes, verdict } = diagnoseThrown(type, message, { stack: OWN });
    expect([verdict, causes[0]?.cause]).toEqual(["diagnosed", cause]);
  });

  it.each([
    ["com.acme.hotel.RoomUnavailable", "room 12 is unavailable"],
    ["com.acme.taxi.DriverUnavailable", "no driver is available in your area"],
    ["com.acme.club.VoucherThrottled", "voucher throttled: one a day"],
    ["com.acme.hotel.TableTimedOut", "table reservation timed out"],
    ["com.acme.bank.LimitReached", "daily withdrawal limit exceeded"],
    ["com.acme.clinic.ProviderUnavailable", "provider unavailable on Tuesday"],
    ["com.acme.school.CourseFull", "course Backend Development is offline this term"],
    ["com.acme.market.VendorQuota", "vendor quota for the market is filled"],
    ["com.acme.hunt.CacheMissing", "geo cache is down for repair by its owner"],
    ["com.acme.airport.GatewayClosed", "departure gateway B12 is unavailable"],
    ["com.acme.quiz.PlayerLate", "player 3 did not answer within 20 s"],
    ["com.acme.market.QuoteExpired", "vendor did not respond to the quote request"],
    ["com.acme.clinic.AppointmentLapsed", "provider did not respond"],
    ["com.acme.help.TicketClosed", "no reply from customer, service request closed"],
    ["com.acme.market.VendorBusy", "vendor has too many requests for quotes this week"],
    ["com.acme.books.BookUnavailable", "Kafka on the Shore is unavailable until March"],
    ["com.acme.cars.CarUnavailable", "Audi S3 is unavailable in Munich"],
    ["com.acme.rail.TrainCancelled", "DB train ICE 73 is unreachable from Basel"],
    ["com.acme.welfare.ReviewFailed", "dependency of the applicant is unavailable"],
    ["com.acme.school.CourseFull", "course API Design is unavailable this term"],
    ["com.acme.school.CourseFull", "course Backend Basics: quota of seats is filled"],
    ["com.acme.billing.SubscriptionNotFound", "subscription sub_1J2 not found"],
    ["com.acme.forum.TopicNotFound", "topic 4411 was not found"],
    ["com.acme.port.ContainerMissing", "container MSKU7733 could not be found in yard 4"],
    ["com.acme.video.StreamNotFoundException", "stream 881 does not exist"],
    ["com.acme.garden.PoolTooLarge", "pool size exhausted: 12 by 5 is the largest"],
    ["com.acme.deliveries.AttemptFailed", "delivery service timed out at the door"],
    ["com.acme.deliveries.DriverSilent", "delivery service did not respond to the bell"],
    ["com.acme.wine.RegionNotSet", "you must specify a region for the wine"],
    ["com.acme.home.TenantEvicted", "tenant evicted: rent overdue since May"],
  ])("is not one of these if the part that failed belongs to the business: %s: %s", (type, message) => {
    const { causes } = diagnoseThrown(type, message, { stack: OWN });
    expect(causes[0]?.cause).toBe("unhandled-exception");
  });

  it("is technical by the type in the span's attribute, if its exception is in a log", () => {
    const attributes = { "http.route": "/courses", "error.type": "System.Net.WholeException" };
    const sketch = { ...GOOD, ...SHORT, code: 500, takes: 80, attributes };
    const { causes } = diagnose(
      new TraceBuilder()
        .traces(30, () => GOOD)
        .traces(8, () => sketch)
        .observations(),
    );
    expect(causes[0]).toMatchObject({ cause: "pool-exhausted", confidence: 0.89 });
  });

  it("is technical by a failed call beside it", () => {
    const calls = [{ ...QUERY, status: "error", message: "remaining connection slots are reserved" } as const];
    const { causes, verdict } = diagnoseThrown("com.acme.club.CourseException", "course pool exhausted", { stack: OWN, calls });
    expect([verdict, causes[0]?.cause]).toEqual(["diagnosed", "database-failure"]);
  });
});
