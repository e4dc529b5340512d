/** Who made an application's answer: it logs its own. */
import type { Draft } from "./draft.ts";
import type { LogMessage } from "../line.ts";

/** Sets what the record says of an exception and who made a server error: the application logs its own answers. */
export function putAppVerdict(draft: Draft, message: Pick<LogMessage, "text" | "exceptionType" | "exceptionStack">): void {
  const exception = message.exceptionStack?.split("\n", 1)[0] ?? message.exceptionType;
  if (exception !== undefined) draft.errorMessage = exception;
  else if (draft.status !== undefined && draft.status >= 500 && message.text !== "") draft.errorMessage = message.text;
  if (draft.status !== undefined && draft.status >= 500) {
    const because =
      exception === undefined ? "the application logged its own answer" : `the application logged its own answer, with ${exception}`;
    draft.madeBy = { hop: "observer", because, confidence: exception === undefined ? 0.75 : 0.9 };
  }
}
