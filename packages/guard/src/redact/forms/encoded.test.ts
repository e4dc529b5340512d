/** What lies encoded in a text is read decoded: the reader of base64 stands last among the readers of words, and is asked as well. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "../redactor.ts";

const SECRET = ["x9", "kQwZbTrXmPfLdVg"].join("");
const JSON_TEXT = JSON.stringify({ auths: { "r.example": { password: SECRET } } });

describe("base64 of a text", () => {
  it.each(["base64", "base64url"] as const)("holds no secret any more: %s", (encoding) => {
    const output = createRedactor().redactText(`.dockerconfigjson: ${Buffer.from(JSON_TEXT).toString(encoding)}\n`);
    const encoded = output.slice(output.indexOf(" ") + 1).trim();
    expect(Buffer.from(encoded, encoding).toString()).toMatch(
      /^\{"auths":\{"r\.example":\{"password":"\[redacted:password:\w{6}\]"\}\}\}$/,
    );
  });

  it("stays as it was without one", () => {
    const line = `cursor: ${Buffer.from(JSON.stringify({ after: 41, sort: "name" })).toString("base64")}`;
    expect(createRedactor().redactText(line)).toBe(line);
  });
});

describe("escaped XML", () => {
  it("leaves the quotes that are not escaped around it", () => {
    const escaped = `&lt;password&gt;${SECRET}&lt;/password&gt;&lt;a b=&quot;1&quot;/&gt;`;
    expect(createRedactor().redactText(`level=info body="${escaped}" user="bob" path="/a"`)).toMatch(
      /^level=info body="&lt;password&gt;\[redacted:password:\w{6}\]&lt;\/password&gt;&lt;a b=&quot;1&quot;\/&gt;" user="bob" path="\/a"$/,
    );
  });
});
