/** The default address of the collector, which `faultline up` and `npm start` listen on. */
const USUAL = /^http:\/\/(?:127\.0\.0\.1|localhost):4318$/;
const ASKS_COLLECTOR = /^(?:npx )?faultline (?:prove|gate|deploy) /;

/** Makes a command ready to paste: one that talks to a collector gets this page's address, unless that is the default. */
export function addressCollector(command: string, origin: string): string {
  const needsAddress = ASKS_COLLECTOR.test(command) && !USUAL.test(origin) && !/ --(?:collector|file|counts) /.test(`${command} `);
  return needsAddress ? `${command} --collector ${origin}` : command;
}
