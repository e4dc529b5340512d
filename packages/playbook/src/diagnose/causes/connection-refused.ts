import { type CauseRule, hear } from "../findings.ts";

const WORDS = /\bECONNREFUSED\b|connection refused|ConnectException|actively refused/i;

/** Nothing listens where the caller connects. */
export const connectionRefused: CauseRule = {
  sign: "a refused connection",
  weigh: (findings) => ({
    evidence: hear(findings, WORDS, { statement: "the connection was refused: nothing listens at that address", weight: 4.5 }),
  }),
};
