/**
 * Requests that two files tell of count once. A proxy's log and the log of the application behind it hold the same requests; the proxy's log has all of them, with
 * the answers that clients got, and the application's log tells why.
 */
import type { LineReader, ReaderOptions } from "@faultline/formats/access-log";
import { statSync } from "node:fs";
import { readLines } from "../input/read-lines.ts";
import { isOfApplication, matchApplications } from "./match-applications.ts";
import type { Tally } from "./tally/tally.ts";

/** The number of lines that show what kind of log a file is. */
const LOOKED_AT = 200;
/** The beginnings of lines that no application writes about its own answers: the combined format, and nginx's and httpd's error logs. */
const OF_A_SERVER = /^(?:\S+ \S+ \S+ \[\d\d\/|\d{4}\/\d\d\/\d\d |\[\w{3} \w{3} )/;
/** Applications that answer more requests than the proxy saw are not only behind that proxy. */
const MOST_MORE = 1.2;

/** True if all requests among the first lines of a file were logged by the application that answered them. */
export async function isApplicationLog(name: string, options: ReaderOptions): Promise<boolean> {
  // What is read from a pipe is gone, and of a file that is not there its reader says so.
  if (statSync(name, { throwIfNoEntry: false })?.isFile() !== true) return false;
  let reader: LineReader | undefined;
  let answers = 0;
  for await (const { bytes, number } of readLines({ name, stdin: NOTHING })) {
    const line = Buffer.from(bytes).toString("utf8");
    if (number === 1 && OF_A_SERVER.test(line)) return false;
    reader ??= (await import("@faultline/formats/access-log")).createLineReader(options);
    const found = reader.read(line);
    if (found.kind === "exchange") {
      if (!isOfApplication(found)) return false;
      answers += 1;
    }
    if (number === LOOKED_AT) break;
  }
  return answers > 0;
}

const NOTHING = (async function* () {})();

/** Adds the logs of applications to those of proxies: without their requests, if the proxies' logs hold the same ones. */
export function addApplications(proxies: Tally, applications: Tally): void {
  if (areSame(proxies, applications)) proxies.addBehind(applications);
  else proxies.merge(applications);
}

function areSame(proxies: Tally, applications: Tally): boolean {
  if (applications.exchanges === 0 || applications.exchanges > proxies.exchanges * MOST_MORE) return false;
  const { firstMs: fromMs = 0, lastMs: toMs = 0 } = applications;
  if (fromMs > (proxies.lastMs ?? 0) || toMs < (proxies.firstMs ?? 0)) return false;
  return matchApplications([...proxies.kept, ...applications.kept]).matched.size * 2 >= applications.kept.length;
}
