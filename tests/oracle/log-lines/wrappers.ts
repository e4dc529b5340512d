/** What stands around a line when it reaches a reader: shippers, runtimes, terminals, and the tools that people copy lines out of. */

/** One way to wrap a line; the line itself must come out of it as it went in. */
export type Wrapper = { readonly name: string; readonly wrap: (line: string) => string; readonly isJson?: boolean };

const AT = "2026-03-04T05:06:07.089123456Z";

/** Each wrapper alone. */
export const WRAPPERS: readonly Wrapper[] = [
  { name: "syslog of RFC 3164", wrap: (line) => `<134>Mar  4 05:06:07 web-1 app[123]: ${line}` },
  { name: "syslog as files have it", wrap: (line) => `Mar  4 05:06:07 web-1 app: ${line}` },
  { name: "syslog of RFC 5424", wrap: (line) => `<134>1 2026-03-04T05:06:07.089Z web-1 app 123 ID47 [ex@32473 a="b"] ${line}` },
  { name: "syslog with ISO times", wrap: (line) => `2026-03-04T05:06:07.089123+00:00 web-1 app[123]: ${line}` },
  { name: "CRI", wrap: (line) => `${AT} stdout F ${line}` },
  { name: "Docker's json-file", wrap: (line) => JSON.stringify({ log: `${line}\n`, stream: "stdout", time: AT }), isJson: true },
  { name: "docker compose", wrap: (line) => `web-1  | ${line}` },
  { name: "docker compose in colours", wrap: (line) => `\u001B[36mweb-1      |\u001B[0m ${line}` },
  { name: "docker compose before 2", wrap: (line) => `shop_web_1    | ${line}` },
  { name: "docker compose with times", wrap: (line) => `web-1  | ${AT} ${line}` },
  { name: "docker logs --timestamps", wrap: (line) => `${AT} ${line}` },
  { name: "kubectl logs --prefix", wrap: (line) => `[pod/shop-5d7f9c/web] ${line}` },
  { name: "kubectl logs --prefix --timestamps", wrap: (line) => `[pod/shop-5d7f9c/web] ${AT} ${line}` },
  {
    name: "journald's JSON",
    wrap: (line) => JSON.stringify({ MESSAGE: line, __REALTIME_TIMESTAMP: "1772600767089123", SYSLOG_IDENTIFIER: "app", PRIORITY: "6" }),
    isJson: true,
  },
  {
    name: "a CloudWatch event",
    wrap: (line) => JSON.stringify({ timestamp: 1772600767089, message: line, ingestionTime: 1772600768000 }),
    isJson: true,
  },
  { name: "aws logs tail", wrap: (line) => `2026-03-04T05:06:07.089000+00:00 ecs/web/0123456789abcdef ${line}` },
  { name: "Heroku's drain", wrap: (line) => `2026-03-04T05:06:07.089123+00:00 app[web.1]: ${line}` },
  { name: "colours", wrap: (line) => `\u001B[32m${line}\u001B[0m` },
  { name: "a byte order mark and a carriage return", wrap: (line) => `\uFEFF${line}\r` },
  { name: "grep -n", wrap: (line) => `1234:${line}` },
  { name: "grep -H", wrap: (line) => `/var/log/app/access.log.1:${line}` },
  { name: "grep -Hn", wrap: (line) => `access.log:1234:${line}` },
  { name: "zgrep -H", wrap: (line) => `/var/log/app/access.log.2.gz:${line}` },
  { name: "grep -C, a line of context", wrap: (line) => `access.log-1235-${line}` },
  { name: "a quotation", wrap: (line) => `> ${line}` },
  { name: "a quotation of a quotation", wrap: (line) => `> > ${line}` },
  { name: "cat -n", wrap: (line) => `   17\t${line}` },
  { name: "an added line of a diff", wrap: (line) => `+${line}` },
  { name: "a removed line of a diff", wrap: (line) => `-${line}` },
  { name: "an indentation", wrap: (line) => `    ${line}` },
  { name: "a tabulator", wrap: (line) => `\t${line}` },
  { name: "marks of code", wrap: (line) => `\`${line}\`` },
  { name: "a dash of a list", wrap: (line) => `- ${line}` },
  { name: "spaces at the end", wrap: (line) => `${line}   ` },
];
