/** Reads `key=value key="quoted value"` pairs. A line counts as logfmt when nearly all of it is pairs. */
export function readPairs(line: string): Map<string, string> | undefined {
  const pairs = new Map<string, string>();
  const pattern = /([A-Za-z_@][\w.@/-]*)=(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s"]*))(?=\s|$)/y;
  let index = 0;
  let bare = 0;
  while (index < line.length && pairs.size < 200) {
    if (line.charCodeAt(index) === 32) {
      index += 1;
      continue;
    }
    pattern.lastIndex = index;
    const match = pattern.exec(line);
    if (match !== null) {
      const [, key = "", double, single, plain] = match;
      if (!pairs.has(key)) pairs.set(key, (double ?? single)?.replace(/\\(["'\\])/g, "$1") ?? plain ?? "");
      index = pattern.lastIndex;
    } else {
      const space = line.indexOf(" ", index);
      bare += 1;
      index = space === -1 ? line.length : space;
    }
  }
  return pairs.size >= 2 && bare <= pairs.size / 2 ? pairs : undefined;
}
