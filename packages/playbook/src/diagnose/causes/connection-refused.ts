import { type CauseRule, hear } from "../findings.ts";

const WORDS = /\bECONNREFUSED\b|connection refused|refused the (?:TCP )?connection|ConnectException|actively refused/i;

/** Nothing listens where the caller connects. */
export const connectionRefused: CauseRule = {
  sign: "a refused connection",
  weigh: (findings) => {
    const evidence = hear(findings, WORDS, { statement: "the connection was refused: nothing listens at that address", weight: 4.5 });
    const peer = findings.origin?.step.call?.peer;
    if (evidence.length === 0 || (peer?.kind !== "database" && peer?.kind !== "cache")) return { evidence };
    const against = {
      statement: "what refused is the database: its failure says more",
      measured: peer.name,
      source: "span",
      weight: 2,
    } as const;
    return { evidence, against: [against] };
  },
};
