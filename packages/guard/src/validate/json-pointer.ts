/** The JSON pointer (RFC 6901) made of these keys, each escaped. */
export function toJsonPointer(keys: readonly string[]): string {
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
