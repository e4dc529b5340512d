import { saysOverrun } from "../../isolate/blame/out-of-time.ts";
import { isExchangeSpan } from "../../isolate/hops/exchange-hops.ts";
import type { Evidence } from "@faultline/model";
import { type CauseRule, type Findings, fromRelease, hear } from "../findings.ts";
import { fromSequence } from "../contrast/contrast-sequence.ts";
import { DEFECT } from "../../isolate/words/defect-words.ts";
import { isBare } from "../words/bare-words.ts";
import { fromSwitch } from "../signs/switched-settings.ts";
import { hearLoneInstances } from "../signs/lone-instances.ts";

/** The creating hop's own code threw, and nobody caught it. */
export const unhandledException: CauseRule = {
  sign: "an exception raised by the code of the service that made the failure",
  weigh: (findings) => {
    if (!isOwn(findings)) return { evidence: hearCrash(findings) };
    const defect = hear(findings, DEFECT, {
      statement: `the code of ${findings.origin?.step.service ?? "this service"} raised an error of its own`,
      weight: 4.5,
      isOfCode: true,
    });
    // What only one release throws came with that release; what only one of several instances throws may have.
    const lone = hearLoneInstances(findings);
    const against = [...fromRelease(findings), ...(lone === undefined ? [] : [{ ...lone, weight: 1 }]), ...fromSwitch(findings)];
    // What ends a request for its length throws as well, and says nothing of where its time went.
    const isOverrun = findings.origin?.step.hop !== undefined && saysOverrun(findings.origin.step.hop);
    const isAmbiguous = lone !== undefined || isOverrun;
    // Code that stopped on its way shows where it threw, not what.
    const stopped = findings.sequence === undefined ? [] : [fromSequence(findings.sequence, 1)];
    if (defect.length > 0) return { evidence: [...defect, ...stopped], against, isAmbiguous };
    const thrown = fromException(findings);
    return {
      evidence: [...(thrown.length > 0 ? thrown : fromBareStatus(findings)), ...stopped],
      against,
      isGeneral: true,
      isAmbiguous: isAmbiguous || isChosen(findings) || isTypeAlone(findings) || isOfTheOutside(findings),
    };
  },
};

/** A runtime's last words; those of one that has no memory left are of a resource. */
const CRASH =
  /^fatal error: (?!.{0,80}\b(?:heap|memory)\b)|unhandled exception|uncaught exception|terminate called after|segmentation fault|SIGSEGV/i;

/** A process that ended by an error of its own is met by its callers as one that gives no answer: it said so outside of any request. */
function hearCrash({ origin, sayings }: Findings): readonly Evidence[] {
  const last = sayings.find(
    ({ text, service, isDirect, isUntraced }) =>
      isUntraced === true && isDirect && service === origin?.step.service && (CRASH.test(text) || DEFECT.test(text)),
  );
  if (last === undefined) return [];
  return [{ statement: `${last.service} ended by an error of its own`, measured: last.text.slice(0, 240), source: "log", weight: 4.5 }];
}

/** What an intermediary answers by itself is no code of a team. */
function isOwn({ origin }: Findings): boolean {
  return origin?.judgement.originKind === "own" && (origin.step.hop === undefined || !isExchangeSpan(origin.step.hop.entry.span));
}

/** What nobody caught becomes a 500: whoever answers with another server error knew the error, and chose what to say of it. */
function isChosen({ origin }: Findings): boolean {
  const code = origin?.step.hop?.outcome.code;
  return code !== undefined && code > 500 && code < 600;
}

/** A type and nothing else (`System.InvalidOperationException`): what was wrong is in the message, and drivers and frameworks throw it as well. */
function isTypeAlone({ origin, sayings }: Findings): boolean {
  const own = sayings.filter(({ place, service }) => place === "origin" && service === origin?.step.service);
  return own.some(({ text }) => /\w(?:Exception|Error)\b/.test(text)) && own.every(({ text }) => isBare(text));
}

/** Types of what a program does with a file, a socket or another program, and how such errors speak. */
const OUTSIDE =
  /\b(?:IO|OS|Socket|Connect(?:ion)?|Transport|Network|HttpRequest|Undici)(?:Error|Exception)\b|\b(?:fail(?:ed|ing|ure)|error|could not|cannot|timed out|unable|trying) (?:\w+ ){0,2}(?:connect(?:ion|ing)?|response body|socket)\b/i;

/** What no word here explains, of an error that came from outside of the code, is the outside's: which part of it, is not known. */
function isOfTheOutside({ origin, sayings }: Findings): boolean {
  return sayings.some(
    ({ place, service, text, isDirect, own }) =>
      place === "origin" && isDirect && own === undefined && service === origin?.step.service && OUTSIDE.test(text),
  );
}

/** A 500 without a word is what frameworks answer when nobody caught an exception; other things answer so as well. */
function fromBareStatus({ origin }: Findings): readonly Evidence[] {
  const hop = origin?.step.hop;
  if (hop?.outcome.code !== 500) return [];
  return [
    { statement: `${hop.service} answered 500 and does not say why`, measured: "no exception, no log line", source: "span", weight: 1.5 },
  ];
}

function fromException({ origin, sayings }: Findings) {
  const own = sayings.filter(({ place, service }) => place === "origin" && service === origin?.step.service);
  const said = own.find(({ isDirect, text }) => isDirect && /[a-z]{3}/i.test(text)) ?? own.find(({ source }) => source === "log");
  if (origin === undefined || said === undefined || origin.step.hop === undefined) return [];
  const hasException = origin.step.hop.outcome.exceptions.length > 0 || /\w(?:Error|Exception)\b/.test(said.text);
  if (!hasException && said.source !== "log") return [];
  return [
    {
      statement: hasException
        ? `an exception left ${origin.step.service} uncaught`
        : `${origin.step.service} failed by itself and logged why`,
      measured: said.text.slice(0, 240),
      source: said.source,
      // A logger that has attributes of its own for an error and its stack recorded an exception as well.
      weight: origin.step.hop.outcome.exceptions.length > 0 || said.own === "trade" ? 3.5 : 2.5,
    },
  ];
}
