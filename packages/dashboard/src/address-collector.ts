/** Where commands look for the collector when they are not told; `faultline up` and `npm start` listen there. */
const USUAL = /^http:\/\/(?:127\.0\.0\.1|localhost):4318$/;
const ASKS_COLLECTOR = /^(?:npx )?faultline (?:prove|gate|deploy) /;

/** The command as it works when it is pasted: one that asks a collector is told this page's, unless that is the usual one. */
export function addressCollector(command: string, origin: string): string {
  const needsAddress = ASKS_COLLECTOR.test(command) && !USUAL.test(origin) && !/ --(?:collector|file|counts) /.test(`${command} `);
  return needsAddress ? `${command} --collector ${origin}` : command;
}
