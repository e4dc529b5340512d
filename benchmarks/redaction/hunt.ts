/** A seeded search for the text that takes longest to redact: pieces that start a reader, joined, kept when slow, changed, tried again. */
import { createRandom, type Random } from "../../tests/rig/seeded-random.ts";

/** What starts readers. `#` becomes a number that no other place has, `~` a random word. */
const PIECES: readonly string[] = [
  "pwd=a#,",
  "k#=1;",
  "aB#Cd: 1, ",
  "é#=1;",
  "a#@b.cc ",
  "a@",
  "GB29NWBK60161331926819 ",
  "DE89 3704 0044 0532 0130 00 ",
  "4111 1111 1111 1111 ",
  "AKIAIOSFODNN7EXAMPLE ",
  "sk-#",
  "eyJ#.eyJ~.~ ",
  "password=#%41",
  "cGFzc3dvcmQ9aHVudGVyMg== ",
  "~~~~ ",
  '"~~~~~~~~" ',
  '{"a":[',
  '{"pwd":"a#"},',
  "name: DB_PASSWORD\n value: a#\n",
  "insert into t (password) values ('a#');",
  "token in ('a#')",
  "password ~# ",
  "secret|",
  "token:= ",
  "x'",
  "-----BEGIN PRIVATE KEY-----",
  "http://a:b#@c/ ",
  "curl -u a:#b ",
  "mysql -p# ",
  "hooks.slack.com/services/",
  "110201543:AA#",
  "Bearer ~# ",
  "Key (token)=(a#) ",
  '\\"token\\":\\"#\\"',
  "<token>#</token>",
  "api key #: ",
  "key_live_~~~",
  "1.1.1.1 ",
  "%25%34%31",
  "[redacted:a:#] ",
  "Q~#",
  'name="token"\r\n\r\n#',
  "thin:a/#@",
  "auth=('a','#')",
  "a.b.c.#=",
  "sig=#&",
  "value: #\n",
  'client: "~~~" ',
  "ref = '~~~~~' ",
  "signature=~~~~~ ",
  '"~~~~~",',
  "078-05-1120 ",
  "PDO->__construct(",
  "Failing row contains (#, a) ",
  "Authorization: Bearer ~~~\n",
  '{"token_x#":"a"},',
  '{"secret":{"foo#":"x"}},',
  '{"client":"~~"},',
  '{"e":"a#@b.cc"},',
  '"%2525",',
  "&lt;token&gt;#",
  "&quot;",
  "a,token\n",
  "#,~~\n",
  "| token | a |\n",
  "password: abc def ghi\n",
  " ",
  "\n",
  ",",
  ";",
  "'",
  '"',
  "=",
  ":",
  "(",
  "-",
  "_",
  ".",
];

type Genome = readonly string[];

function pick(random: Random): string {
  return PIECES[Math.floor(random() * PIECES.length)] ?? "";
}

/** The pieces in turn until the text is `length` long; those of JSON, where they come first, in a list. */
export function express(genome: Genome, length: number): string {
  const random = createRandom(genome.join("").length);
  let text = genome[0]?.startsWith('{"') === true ? "[" : "";
  for (let at = 0; text.length < length; at++) {
    text += (genome[at % genome.length] ?? " ").replaceAll("#", at.toString(36)).replaceAll("~", () => random().toString(36).slice(2, 10));
  }
  // Through bytes, so that the text is one flat string, as what comes from a socket is.
  return new TextDecoder().decode(new TextEncoder().encode(text.slice(0, length)));
}

function mutate(genome: Genome, other: Genome, random: Random): Genome {
  const at = Math.floor(random() * genome.length);
  const kind = random();
  if (kind > 0.85) return [...genome.slice(0, at), ...other.slice(0, 3)];
  if (kind < 0.4 || genome.length === 1) return [...genome.slice(0, at), pick(random), ...genome.slice(at)];
  return kind < 0.7 ? genome.with(at, pick(random)) : genome.toSpliced(at, 1);
}

/** One text that the search ended with, and what `cost` said of it. */
export type Hunted = { readonly name: string; readonly text: string; readonly cost: number };

const KEPT = 8;
const HUNTED = 16_384;

/** Searches for `rounds` rounds; every piece alone is tried first. The slowest come first, written to `length` characters. */
export function hunt(cost: (text: string) => number, options: { rounds: number; seed: number; length: number }): Hunted[] {
  const random = createRandom(options.seed);
  const judge = (genome: Genome) => ({ genome, cost: cost(express(genome, HUNTED)) });
  let best = PIECES.map((piece) => judge([piece]));
  for (let round = 0; round < options.rounds; round++) {
    best = best.sort((one, other) => other.cost - one.cost).slice(0, KEPT);
    const draw = () => best[Math.floor(random() * best.length)]?.genome ?? [pick(random)];
    const child = mutate(draw(), draw(), random);
    if (child.length > 0 && child.length <= 12) best.push(judge(child));
  }
  return best
    .sort((one, other) => other.cost - one.cost)
    .slice(0, KEPT)
    .map(({ genome }) => {
      const text = express(genome, options.length);
      return { name: genome.map((piece) => JSON.stringify(piece)).join(" "), text, cost: cost(text) };
    });
}
