import type { Signature } from "../signature.ts";

/** What is told of a framework's answer; the rest is the same for nearly all of them. */
type Framework = Omit<Signature, "hop" | "made" | "certainty" | "source"> & Partial<Pick<Signature, "hop" | "certainty" | "source">>;

/** A signature of a framework or application server: the app wrote the answer, or what runs it did. */
export function framework({ hop = "app", certainty = "recalled", source, ...known }: Framework): Signature {
  return { ...known, hop, made: "here", certainty, source: source ?? known.vendor };
}
