/**
 * The two platform classes that formats may use. They exist in every browser, worker and Node, but not in the ECMAScript library with which
 * this package is compiled, so their shape is declared here.
 */
type TextCoding = {
  readonly TextDecoder: new () => { decode(bytes: Uint8Array): string };
  readonly TextEncoder: new () => {
    encode(text: string): Uint8Array<ArrayBuffer>;
    encodeInto(text: string, into: Uint8Array): { written: number };
  };
};

// The global object has them; see above why the compiler does not know.
const platform = globalThis as unknown as TextCoding;

/** UTF-8 to text; malformed sequences become U+FFFD. */
export const utf8Decoder = new platform.TextDecoder();

/** Text to UTF-8. */
export const utf8Encoder = new platform.TextEncoder();
