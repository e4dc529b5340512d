/**
 * What all copies of this package in one process share: two versions of it, one in a bundle and one beside it, one that was loaded anew. Each would else begin
 * an exchange of its own for the same request, and take the listeners of the other for the host's.
 */

/** What was made under `name` by the first copy that asked. The name ends in a number: raise it with a change that an older copy could not live with. */
export function shareInProcess<T>(name: `${string}.${number}`, make: () => T): T {
  return ((globalThis as { [key: symbol]: unknown })[Symbol.for(`faultline.${name}`)] ??= make()) as T;
}
