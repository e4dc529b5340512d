/** The blank line after an answer's header section. */
const HEAD_END = "\r\n\r\n";

/** True when `answer` is a whole HTTP/1.1 response: one that says how long it is, or comes in chunks that end with an empty one. */
export function isWhole(answer: string): boolean {
  const end = answer.indexOf(HEAD_END);
  if (end < 0) return false;
  const length = /content-length: (\d+)/i.exec(answer.slice(0, end));
  return length === null ? answer.endsWith("\r\n0\r\n\r\n") : answer.length >= end + HEAD_END.length + Number(length[1]);
}
