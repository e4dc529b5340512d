/** The test suite of a framework, as its own authors run it. */

/** What one run of some files said. */
export type Run = { readonly passed: number; readonly failed: readonly string[] };

/** A suite on this machine. `notRun` says of each file that is left out what it lacks. */
export type Suite = {
  readonly version: string;
  readonly files: readonly string[];
  readonly notRun: readonly string[];
  run(files: readonly string[], isGuarded: boolean): Run;
};
