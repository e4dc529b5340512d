import type { Exchange } from "@faultline/model";
import { describe, expect, it } from "vitest";
import { matchApplications } from "./match-applications.ts";
import type { KeptExchange } from "./tally/tally.ts";

type Line = Pick<Exchange, "timeMs"> & Partial<Exchange>;
const line = (kind: "app" | "proxy", file: string, said: Line): KeptExchange => {
  const exchange: Exchange = { observer: { kind, name: file }, method: "POST", path: "/pay", status: 500, ...said };
  return { exchange, format: "any", file };
};
const front = (timeMs: number, more: Partial<Exchange> = {}) => line("proxy", "access.log", { timeMs, ...more });
const own = (timeMs: number, more: Partial<Exchange> = {}, file = "app.log") => line("app", file, { timeMs, ...more });

/** Of each line of the proxy, the time and the path of the application's line that it is matched with. */
const match = (fronts: readonly KeptExchange[], owns: readonly KeptExchange[]) => {
  const { answers } = matchApplications([...owns, ...fronts]);
  return fronts.map((kept) => answers.get(kept)?.exchange).map((answer) => answer && [answer.timeMs, answer.path]);
};

const DRAWN = "5f2c9a7e4b1d8036";

describe("lines of a proxy and of the application behind it", () => {
  it("are matched in their order where a client tried again with one id", () => {
    const attempts = [10, 20, 30].map((second) => second * 1_000);
    const lines = [DRAWN, "order-7"].map((requestId) =>
      match(
        attempts.map((timeMs) => front(timeMs, { requestId })),
        attempts.map((timeMs) => own(timeMs + 7, { requestId })),
      ),
    );
    const each = attempts.map((timeMs) => [timeMs + 7, "/pay"]);
    expect(lines).toEqual([each, each]);
  });

  it("are matched by their status where only one of two attempts reached the application", () => {
    const requestId = DRAWN;
    const fronts = [front(10_000, { requestId, status: 502 }), front(10_900, { requestId })];
    expect(match(fronts, [own(10_907, { requestId })])).toEqual([undefined, [10_907, "/pay"]]);
  });

  it("are matched by their path where two services logged one id", () => {
    const requestId = DRAWN;
    const services = [own(10_000, { requestId }, "web.log"), own(10_002, { requestId, path: "/charge" }, "payments.log")];
    expect(match([front(10_003, { requestId })], services)).toEqual([[10_000, "/pay"]]);
    expect(match([front(10_003, { requestId })], services.toReversed())).toEqual([[10_000, "/pay"]]);
  });

  it("are not matched by an id that both counted up to at different times, and are by one that was drawn", () => {
    const other = { path: "/other" };
    expect(match([front(10_000, { requestId: "req-7" })], [own(14_000, { requestId: "req-7", ...other })])).toEqual([undefined]);
    expect(match([front(10_000, { requestId: DRAWN })], [own(14_000, { requestId: DRAWN, ...other })])).toEqual([[14_000, "/other"]]);
  });

  it("are matched by time where the first line of the place has its request by id", () => {
    const requestId = DRAWN;
    const owns = [own(10_000, { requestId }), own(10_001)];
    expect(match([front(10_000, { requestId }), front(10_100)], owns)).toEqual([
      [10_000, "/pay"],
      [10_001, "/pay"],
    ]);
  });
});
