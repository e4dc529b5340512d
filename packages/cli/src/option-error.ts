import { findNearestWord } from "./nearest-word.ts";

/** True for an error of `util.parseArgs`: an unknown option, a missing value, a word too many. */
export function isOptionError(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("ERR_PARSE_ARGS_");
}

/** One sentence for an error of `util.parseArgs`: what is wrong, and what was perhaps meant, guessed from the options in the command's help. */
export function describeOptionError(error: Error, help: string): string {
  // Node's messages begin with the word at fault, in quotes; an option with a value appears as '-p, --port <value>'.
  const named = /'(?:-\w, )?([^' ]+)/.exec(error.message)?.[1] ?? "";
  if (error.message.startsWith("Unknown option")) {
    const meant = findNearestWord(named, listOptions(help));
    return `there is no option ${named}${meant === undefined ? "" : `; did you mean ${meant}?`} (--help lists them)`;
  }
  if (/ does not take an argument/.test(error.message)) return `${named} is a switch and takes no value`;
  if (/argument is ambiguous/.test(error.message))
    return `${named} needs a value; one that begins with a dash is written ${named}=VALUE, as in ${named}=-1`;
  if (/argument missing/.test(error.message)) return `${named} needs a value`;
  if (error.message.startsWith("Unexpected argument")) return `"${named}" is one word too many: only options are taken (--help lists them)`;
  return error.message;
}

function listOptions(help: string): readonly string[] {
  return [...new Set(["--help", ...(help.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [])])];
}
