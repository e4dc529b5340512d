import { type CauseRule, fromDifference, hear } from "../findings.ts";

/** The value itself is what the error complains about. */
const WORDS =
  /invalid (?:input|time value|date|literal|argument|value|number|uuid|base64)|invalid input syntax|value too long for type|out of range for type|NumberFormatException|DateTimeParseException|ValidationError|ValueError|FormatException|IllegalArgumentException|MalformedURL|URI malformed|Invalid array length|toFixed\(\) digits|Invalid (?:UTF|count value|code point)|could not convert|must be (?:a|an|one of|positive|greater|less|between)|violates (?:check|not-null) constraint|(?<![:.\d])\b22[0-9][0-9A-Z][0-9]\b|ZodError|JsonSchema/i;
const INPUT =
  /^(?:url\.query|url\.path|http\.request\.(?:header|body|param)|http\.target|request\.|input\.|faultline\.input|app\.|form\.|graphql\.)/;

/** A request that should have been answered with a 4xx reached code that could not take it. */
export const invalidInputUnguarded: CauseRule = {
  sign: "an error about a value of the request, or an input that separates failing requests from good ones",
  weigh: (findings) => {
    const kind = findings.origin?.judgement.originKind;
    if (kind !== "own" && kind !== "refused-request") return { evidence: [] };
    const said = hear(findings, WORDS, { statement: "the error is about a value that came with the request", weight: 3.5 });
    const inputs = findings.contrast.filter(({ attribute }) => INPUT.test(attribute)).slice(0, 1);
    return { evidence: [...said, ...inputs.map((difference) => fromDifference(difference, 1.5))] };
  },
};
