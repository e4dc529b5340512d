import { anyOf, type Evidence } from "@faultline/model";
import type { Difference } from "../contrast/contrast.ts";
import { describeOnset } from "../onset/describe-onset.ts";
import { type CauseRule, type Findings, fromDifference, hear } from "../findings.ts";

/** Messages that complain about the value itself. */
const WORDS = new RegExp(
  anyOf(
    /invalid (?:input|time value|date|literal|argument|value|number|uuid|base64)/,
    /invalid input syntax/,
    /value too long for type/,
    /out of range for type/,
    /DateTimeParseException/,
    /Unicode(?:Decode|Encode)Error/,
    /MalformedInputException/,
    /invalid (?:continuation|start) byte/,
    /invalid byte sequence/,
    /malformed UTF-8/,
    /Unmappable/,
    /Encoding::\w+/,
    /DecoderFallback/,
    /strconv\.\w+: parsing/,
    /parsing time "/,
    /time data .{0,80} does not match/,
    /ParseIntError/,
    /ParseFloatError/,
    /invalid digit found/,
    /(?:value|integer|smallint|bigint|date|timestamp) out of range/,
    /numeric field overflow/,
    /number too (?:large|small)/,
    /Out of range value for column/,
    /Data too long for column/,
    /would be truncated/,
    /Arithmetic overflow/,
    /OverflowException/,
    /OverflowError/,
    /ConversionSyntax/,
    /represents an invalid time/,
    /not a valid \w+/,
    /not in a correct format/,
    /(?<!Response)ValidationError/,
    /ValueError/,
    /FormatException/,
    /IllegalArgumentException/,
    /MalformedURL/,
    /URI malformed/,
    /Invalid array length/,
    /toFixed\(\) digits/,
    /Invalid (?:UTF|count value|code point)/,
    /could not convert/,
    /must be (?:a|an|one of|positive|greater|less|between)/,
    /violates (?:check|not-null|unique|foreign key|exclusion) constraint/,
    /duplicate (?:key|entry)/,
    /UNIQUE constraint failed/,
    /foreign key constraint fails/,
    /conflicted with the (?:FOREIGN KEY|REFERENCE|CHECK) constraint/,
    /ORA-0(?:2291|2292)/,
    /NOT NULL constraint failed/,
    /Cannot insert (?:duplicate key|the value NULL)/,
    /E11000/,
    /ORA-0(?:0001|1400)/,
    /(?<![:.\d])\b(?:22[0-9P][0-9A-Z][0-9]|23505|23502|23503|23514)\b/,
    /ZodError/,
    /JsonSchema/,
  ),
  "i",
);
const INPUT =
  /^(?:url\.query|url\.path|http\.request\.(?:header|body|param)|http\.target|request\.|input\.|faultline\.input|app\.|form\.|graphql\.)/;

/** A request that should have been answered with a 4xx reached code that could not handle it. */
export const invalidInputUnguarded: CauseRule = {
  sign: "an error about a value of the request, or an input that separates failing requests from good ones",
  weigh: (findings) => {
    const kind = findings.origin?.judgement.originKind;
    if (kind !== "own" && kind !== "refused-request") return { evidence: [] };
    const said = hear(findings, WORDS, {
      statement: "the error is about a value that came with the request",
      weight: 3.5,
      isOfCode: true,
    });
    const inputs = findings.contrast.filter(({ attribute }) => INPUT.test(attribute));
    const [quoted] = inputs.flatMap((input) => hearQuoted(findings, input));
    return {
      against: said.length === 0 ? [] : hearAll(findings),
      evidence: [...said, ...(quoted === undefined ? [] : [quoted]), ...inputs.slice(0, 1).map((each) => fromDifference(each, 1.5))],
    };
  },
};

/** With this many good requests before, and this many failures without a good one since, the failures do not depend on the request. */
const LEAST_ALIKE = 15;

/** If every request fails since a moment before which none did, it is not the input that changed. */
function hearAll({ onset }: Findings): readonly Evidence[] {
  if (onset === undefined || onset.before.failing > 0 || onset.after.failing < onset.after.total) return [];
  if (Math.min(onset.before.total, onset.after.total) < LEAST_ALIKE) return [];
  const statement = "every request fails since a moment before which none did, whatever it carries";
  return [{ statement, measured: describeOnset(onset), source: "span", weight: 2.5 }];
}

/** Words that are too short or too common to be recognised in an error do not match this. */
const TELLING = /\d|[^a-z]/i;
const LEAST_LENGTH = 3;

/** The error quotes a value that failing requests have and good ones do not. */
function hearQuoted({ sayings }: Findings, { attribute, value, kind }: Difference): readonly Evidence[] {
  if (kind !== "value" || typeof value !== "string") return [];
  const values = value.split(/[?&;]/).map((pair) => pair.slice(pair.indexOf("=") + 1));
  const telling = values.filter((each) => each.length >= LEAST_LENGTH && TELLING.test(each));
  for (const { text, service, source, place, isDirect } of sayings) {
    const word = place === "origin" && isDirect ? telling.find((each) => quotes(text, each)) : undefined;
    if (word === undefined) continue;
    const statement = `the error is about a value of ${attribute} that only the failing requests have`;
    return [{ statement, measured: `${service}: ${JSON.stringify(word)} in ${JSON.stringify(text.slice(0, 200))}`, source, weight: 3 }];
  }
  return [];
}

/** True if the text contains the word by itself, not as a part of another word. */
function quotes(text: string, word: string): boolean {
  const at = text.indexOf(word);
  return at >= 0 && !/\w/.test(text[at - 1] ?? "") && !/\w/.test(text[at + word.length] ?? "");
}
