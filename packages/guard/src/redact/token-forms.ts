/** How a service's tokens look: a fixed beginning, then so many characters of a set. */
export type TokenForm = {
  readonly kind: string;
  readonly prefix: string;
  readonly set: "alnum" | "word" | "hex" | "base64" | "dotted";
  readonly least: number;
  readonly most?: number;
  /** A further condition on the whole token, read over its first 512 characters. */
  readonly check?: RegExp;
};

/** Every form, those with the longer prefixes first. */
export const TOKEN_FORMS: readonly TokenForm[] = [
  { kind: "jwt", prefix: "eyJ", set: "dotted", least: 20, check: /^[\w-]{10,}\.[\w=-]{4,}/ },
  { kind: "github-token", prefix: "ghp_", set: "alnum", least: 30 },
  { kind: "aws-key", prefix: "AKIA", set: "alnum", least: 16, most: 16 },
];
