/** The contract. */
export type * from "./contract.ts";
export { createMemoryStore, type MemoryStoreOptions } from "./memory/memory-store.ts";
export { StoreOpenError } from "./sqlite/schema.ts";
export { openSqliteStore, type SqliteStoreOptions } from "./sqlite/sqlite-store.ts";
