import { anyOf } from "@faultline/model";
import { type CauseRule, hear } from "../findings.ts";

const WORDS = new RegExp(
  anyOf(
    /Unexpected (?:token|end of (?:JSON|input)|non-whitespace|identifier)/,
    /in JSON at position/,
    /is not valid JSON/,
    /JSON(?:Parse|Decode|Processing)\w*(?:Error|Exception)/,
    /\bJson(?:Reader)?Exception/,
    /JsonSyntaxException/,
    /MismatchedInputException/,
    /json: cannot unmarshal/,
    /error decoding response body/,
    /cannot (?:be )?deserialized?\b/,
    /Unrecognized field/,
    /InvalidDefinitionException/,
    /invalid character '.' looking for/,
    /Expecting value: line/,
    /unexpected end of file/,
    /SAXParse/,
    /malformed (?:JSON|XML|protobuf|body)/,
    /Bad control character/,
    /Unterminated string/,
    /Unexpected char(?:acter)? .{1,20}(?:\(code \d+|at line \d)/,
    /Yojson\.Json_error/,
    /could not decode (?:body|json)\b/,
    /index out of range: \d+ \+ \d+ > \d+/,
    /invalid wire type/,
    /InvalidProtocolBuffer/,
    /syntax error, unexpected/,
    /body-parser.*parse/,
    /validation errors? for \w*(?:Response|Reply)\b/,
  ),
  "i",
);

/** Something that was received could not be parsed. */
export const parseFailure: CauseRule = {
  sign: "an error of a parser",
  weigh: (findings) => ({
    evidence: hear(findings, WORDS, { statement: "what was received could not be parsed", weight: 4, isOfCode: true }),
  }),
};
