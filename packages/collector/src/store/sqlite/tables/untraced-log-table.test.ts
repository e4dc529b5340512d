import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTables } from "../schema.ts";
import { UntracedLogTable } from "./untraced-log-table.ts";

const NOON = Date.UTC(2026, 10, 20, 12);

let db: DatabaseSync;

beforeEach(() => {
  db = new DatabaseSync(":memory:");
  createTables(db);
});

afterEach(() => db.close());

/** Writes so many records of a service, in a transaction that is committed unless the disk refuses it. */
function write(table: UntracedLogTable, count: number, end: "COMMIT" | "ROLLBACK" = "COMMIT"): void {
  for (let n = 0; n < count; n++) add(table, "shop");
  settle(table, end);
}

function add(table: UntracedLogTable, service: string): void {
  expect(table.add({ timeMs: NOON, severity: 17, body: "broken", attributes: {}, resource: { service, attributes: {} } })).toBe(true);
}

function settle(table: UntracedLogTable, end: "COMMIT" | "ROLLBACK" = "COMMIT"): void {
  db.exec("BEGIN");
  const { commit } = table.write();
  db.exec(end);
  if (end === "COMMIT") commit();
}

const countRows = (): number => Number(db.prepare("SELECT COUNT(*) AS n FROM untraced_log WHERE service = 'shop'").get()?.["n"]);

describe("error logs without a trace", () => {
  it("stay about a thousand of a service however often it starts anew", () => {
    write(new UntracedLogTable(db), 1_000);
    for (let start = 0; start < 10; start++) {
      write(new UntracedLogTable(db), 49);
      expect(countRows()).toBeLessThan(1_050);
    }
  });

  it("stay about a thousand of a service beside ever new services", () => {
    const table = new UntracedLogTable(db);
    write(table, 1_000);
    for (let round = 0; round < 4; round++) {
      write(table, 49);
      for (const half of ["a", "b"]) {
        for (let n = 0; n < 5_100; n++) add(table, `${half}-${round}-${n}`);
        settle(table);
      }
    }
    expect(countRows()).toBeLessThan(1_050);
  });

  it("stay about a thousand of a service where the disk refuses the transaction that took the surplus out", () => {
    const table = new UntracedLogTable(db);
    write(table, 1_000);
    write(table, 49);
    write(table, 10, "ROLLBACK");
    expect(countRows()).toBe(1_049);
    settle(table);
    expect(countRows()).toBe(1_000);
  });

  it("are looked through for a surplus once for fifty records, not each time", () => {
    const table = new UntracedLogTable(db);
    write(table, 1_000);
    write(table, 30);
    expect(countRows()).toBe(1_030);
    write(table, 30);
    expect(countRows()).toBe(1_000);
  });
});
