/** Replaces `{{name}}` in a template by words; undefined if the template needs an unknown word. */
export function fillWords(template: string, words: Readonly<Record<string, string | undefined>>): string | undefined {
  let isWhole = true;
  const filled = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const word = words[name];
    if (word === undefined) isWhole = false;
    return word ?? "";
  });
  return isWhole ? filled : undefined;
}

/** The text as one word of a POSIX shell. Captured text is pasted into terminals, so it must never be anything more. */
export function quoteWord(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return /^[\w@%+=:,./][\w@%+=:,./-]*$/.test(line) ? line : `'${line.replaceAll("'", String.raw`'\''`)}'`;
}
