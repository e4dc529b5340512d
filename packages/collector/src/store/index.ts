/** The contract. */
export type * from "./contract.ts";
export { createMemoryStore, type MemoryStoreOptions } from "./memory/memory-store.ts";
