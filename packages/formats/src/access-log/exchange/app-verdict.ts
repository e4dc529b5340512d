/** The verdict on who made an application's answer: the application itself, because it logs its own answers. */
import type { Draft } from "./draft.ts";
import type { LogMessage } from "../line.ts";

/** What is kept of a stack: its first frames name the code that threw. */
const MOST_OF_A_STACK = 2000;

/** Sets the exception that the record mentions, and the application as the maker of a server error. */
export function putAppVerdict(draft: Draft, message: Pick<LogMessage, "text" | "exceptionType" | "exceptionStack">): void {
  const exception = message.exceptionStack?.split("\n", 1)[0] ?? message.exceptionType;
  if (message.exceptionStack !== undefined) draft.errorStack = message.exceptionStack.slice(0, MOST_OF_A_STACK);
  if (exception !== undefined) draft.errorMessage = exception;
  else if (draft.status !== undefined && draft.status >= 500 && message.text !== "") draft.errorMessage = message.text;
  if (draft.status !== undefined && draft.status >= 500) {
    const because =
      exception === undefined ? "the application logged its own answer" : `the application logged its own answer, with ${exception}`;
    draft.madeBy = { hop: "observer", because, confidence: exception === undefined ? 0.75 : 0.9 };
  }
}
