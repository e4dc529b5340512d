import { fail, type Result, succeed } from "@faultline/model";
import { type Cursor, take } from "../pasted/cursor.ts";

/** A part of a multipart body: its text, or the file that contains it. Only a part sent as a file has a file name. */
export type FormField = {
  /** Empty if the part has no name. */
  readonly name: string;
  readonly content: { readonly kind: "text"; readonly text: string } | { readonly kind: "file"; readonly path: string };
  readonly filename?: string;
  readonly type?: string;
};

const NO_FIELD = "its value is no field; write NAME=VALUE";

/**
 * Reads the value of curl's `-F`: `NAME=TEXT`, `NAME=@FILE` and `NAME=<FILE`, where the value may be in double quotes, and `;type=` and
 * `;filename=` may follow. Anything else after a `;` is ignored, as curl ignores it. Source: curl 7.88 and 8, tool_formparse.c.
 */
export function parseFormField(value: string): Result<FormField> {
  const equals = value.indexOf("=");
  if (equals === -1) return fail(NO_FIELD);
  const cursor: Cursor = { text: value, at: equals + 1 };
  const sign = take(cursor, /[@<]/y);
  if (sign === "" && value[cursor.at] === "(")
    return fail("a form within the form is not sent here; --form-string takes the text as it is");
  const isFile = sign === "@";
  const word = takeWord(cursor, isFile);
  const extras = readExtras(cursor, isFile);
  if (!extras.ok) return extras;
  if (cursor.at < value.length) return fail("several files in one field are not sent here; put a name with a comma in double quotes");
  const { filename, type } = extras.value;
  const given = sign === "<" ? undefined : (filename ?? (isFile ? /[^/\\]*$/.exec(word)?.[0] : undefined));
  return succeed({
    name: value.slice(0, equals),
    content: sign === "" ? { kind: "text", text: word } : { kind: "file", path: word },
    ...(given === undefined ? {} : { filename: given }),
    ...(type === undefined ? {} : { type }),
  });
}

/** Reads the value of `--form-string`: `NAME=TEXT`, the text verbatim. */
export function parsePlainField(value: string): Result<FormField> {
  const equals = value.indexOf("=");
  if (equals === -1) return fail(NO_FIELD);
  return succeed({ name: value.slice(0, equals), content: { kind: "text", text: value.slice(equals + 1) } });
}

/** The rest of a piece. A comma ends it only after `@`. */
function takeRest(cursor: Cursor, isFile: boolean): string {
  return take(cursor, isFile ? /[^;,]*/y : /[^;]*/y);
}

/** A word: in quotes, where text up to the next piece is ignored, or bare, without the blanks around it. */
function takeWord(cursor: Cursor, isFile: boolean): string {
  take(cursor, /[ \t\n\v\f\r]+/y);
  const quoted = take(cursor, /"(?:[^"\\]|\\[\\"]|\\(?![\\"]))*"/y);
  const rest = takeRest(cursor, isFile);
  return quoted === "" ? trimEnd(rest) : quoted.slice(1, -1).replaceAll(/\\([\\"])/g, "$1");
}

function trimEnd(text: string): string {
  return text.replace(/(?<![ \t\n\v\f\r])[ \t\n\v\f\r]+$/, "");
}

type Extras = { readonly filename?: string; readonly type?: string };

function readExtras(cursor: Cursor, isFile: boolean): Result<Extras> {
  const extras: { filename?: string; type?: string } = {};
  let typeFrom: number | undefined; // set as long as what follows is still of the type, as charset= is
  while (take(cursor, /;[ \t\n\v\f\r]*/y) !== "") {
    if (typeFrom === undefined && take(cursor, /type=[ \t\n\v\f\r]*/y) !== "") {
      typeFrom = cursor.at;
      if (take(cursor, /[^/ ]{1,127}\/[^;, \n]{1,127}/y) === "") return fail("its type is no media type; write TYPE/SUBTYPE");
    } else if (take(cursor, /filename=/y) !== "") {
      typeFrom = undefined;
      extras.filename = takeWord(cursor, isFile);
      continue;
    } else if (take(cursor, /(?:headers|encoder)=/y) !== "") {
      return fail("headers and encodings of a part are not carried out here");
    } else if (typeFrom === undefined) {
      takeWord(cursor, isFile);
      continue;
    }
    takeRest(cursor, isFile);
    extras.type = trimEnd(cursor.text.slice(typeFrom, cursor.at));
  }
  return succeed(extras);
}
