import type { Signature } from "../signature.ts";

/** The particulars of a framework's answer. The rest is the same for nearly all frameworks. */
type Framework = Omit<Signature, "hop" | "made" | "certainty" | "source"> & Partial<Pick<Signature, "hop" | "certainty" | "source">>;

/** A signature of a framework or application server: the app, or what runs it, wrote the answer. */
export function framework({ hop = "app", certainty = "recalled", source, ...known }: Framework): Signature {
  return { ...known, hop, made: "here", certainty, source: source ?? known.vendor };
}
