/** What a command may touch besides the file system and the network: the same in a terminal and in a test. */
export type CommandIo = {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stdin: AsyncIterable<Uint8Array>;
  /** The descriptor behind `stdin`. As long as `stdin` was not touched, a command that reads a lot may read this directly instead. */
  readonly stdinFd?: number;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** One command: a file under `commands/`, named after it. */
export type Command = {
  /** Text for `faultline COMMAND --help`: usage, options, exit codes, an example. */
  readonly help: string;
  /** Exit code for wrong usage, for a command in which 2 means something else. Default 2. */
  readonly usageExitCode?: number;
  /** Runs with the arguments after the command's name; resolves to the exit code. Throws `UsageError` for wrong usage. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
};

/** Wrong usage: one sentence says what is wrong and what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
