import { describe, expect, it } from "vitest";
import { SIGNS, findProof } from "./generator/signs.ts";

const met = (reasons: Readonly<Record<string, number>>): ReadonlyMap<string, number> => new Map(Object.entries(reasons));
const REFUSED = SIGNS["connection-refused"];

describe("the proof of a fault", () => {
  it("is who met its sign most often, with the words", () => {
    const sources = {
      "payments 1": met({ "Error ECONNREFUSED connect ECONNREFUSED 0.0.0.0:0": 9, "BackendError ledger answered 0": 4 }),
      "checkout 1": met({ "Error ECONNREFUSED connect ECONNREFUSED 0.0.0.0:0": 2 }),
    };
    expect(findProof(sources, REFUSED, 10)).toEqual({
      source: "payments 1",
      count: 9,
      reasons: ["Error ECONNREFUSED connect ECONNREFUSED 0.0.0.0:0"],
    });
  });

  it("is not there when most requests failed for something else", () => {
    expect(
      findProof({ "payments 1": met({ "Error ECONNREFUSED": 7, "TimeoutError The operation was aborted": 3 }) }, REFUSED, 10),
    ).toBeUndefined();
  });

  it("is not there when nobody met the sign, however few must have", () => {
    expect(findProof({ supervisor: met({ "restarted for a release": 1 }) }, SIGNS["memory-leak"], 10)).toBeUndefined();
    expect(findProof({ supervisor: met({ "OOMKilled: more than the limit of 260 MiB": 1 }) }, SIGNS["memory-leak"], 10)?.count).toBe(1);
  });

  it("asks more of a storm than of anything else: the service behind was asked several times for each failure", () => {
    const busy = (count: number) => ({ "payments 1": met({ "OverloadedError try again later": count }) });
    expect(findProof(busy(19), SIGNS["retry-storm"], 10)).toBeUndefined();
    expect(findProof(busy(20), SIGNS["retry-storm"], 10)?.count).toBe(20);
  });
});
