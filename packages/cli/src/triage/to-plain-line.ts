/** Replaces control characters with spaces: captured text must not move the cursor or change colours in a terminal. */
export function toPlainLine(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, " ");
}
