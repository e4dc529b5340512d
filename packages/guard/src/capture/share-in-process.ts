/**
 * What all copies of this package in one process share: two versions, one inside a bundle and one beside it, one that was loaded twice. Otherwise each copy
 * would begin an exchange of its own for the same request, and mistake the other's listeners for the host's.
 */

/** The thing that the first copy to ask created under `name`. The name ends in a number: raise it with every change that is incompatible with older copies. */
export function shareInProcess<T>(name: `${string}.${number}`, make: () => T): T {
  return ((globalThis as { [key: symbol]: unknown })[Symbol.for(`faultline.${name}`)] ??= make()) as T;
}
