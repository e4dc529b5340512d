/** What a command may touch besides the file system and the network: the same in a terminal and in a test. */
export type CommandIo = {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stdin: AsyncIterable<Uint8Array>;
  /** The descriptor behind `stdin`, while nobody has touched that: a command that reads much may read it directly instead. */
  readonly stdinFd?: number;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** One command: a file under `commands/`, named after it. */
export type Command = {
  /** Text for `faultline COMMAND --help`: usage, options, exit codes, an example. */
  readonly help: string;
  /** Exit code for words it cannot take, where 2 means something else. Default 2. */
  readonly usageExitCode?: number;
  /** Runs with the words after the command's name; resolves to the exit code. Throws `UsageError` for words it cannot take. */
  run(args: readonly string[], io: CommandIo): Promise<number>;
};

/** The user asked for something that cannot be done: one sentence says what was wrong and what to do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
