/**
 * Secrets after the formats that two public detectors publish as what they must find. Formats are facts; each text is made anew from a
 * seed. gitleaks: the regular forms of `cmd/generate/config/rules`, each in the shapes its samples are written in. detect-secrets: the
 * notations of `tests/plugins/keyword_test.py` around a value full of brackets, and the forms of its other plugins.
 */
import { type Positive, SHAPES } from "./corpus.ts";
import type { Random } from "../../tests/rig/seeded-random.ts";
import { fill, SECRET_FORMS } from "./forms.ts";

/** Forms of rules that came later than those of `forms.ts`, by service; a dot in the middle is left out when they are filled. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  adyen: ["AQ·Eyhmfx.{w60}", "te·st_{a34}", "li·ve_{a34}"],
  anthropic: ["sk-ant·-oat01-{w100}"],
  braintree: ["access·_token$sandbox${a16}", "access·_token$production${a16}", "sand·box_{a8}_{a16}", "prod·uction_{a8}_{a16}"],
  castai: ["castai·_v1_{h64}_{h8}", "castai·_v1_{a64}_{a8}"],
  chargebee: ["te·st_{a32}", "li·ve_{a34}"],
  chieftools: ["ct·p_{a36}", "ct·o_{a36}", "ct·r_{a36}"],
  langchain: ["lsv2·_sk_{l32}_{l10}"],
  langsmith: ["lsv2·_pt_{l32}_{l10}"],
  looker: ["{l20}", "{l24}"],
};

/** What gitleaks' rules hold for certain. */
export function createGitleaks(random: Random): Positive[] {
  const later = Object.entries(LATER).flatMap(([service, forms]) => forms.map((form) => ({ service, form })));
  return [...SECRET_FORMS.filter(({ service }) => service !== "generic"), ...later].flatMap(({ service, form }) =>
    SHAPES.map((shape) => {
      const secret = fill(form, random);
      return { text: shape.replaceAll("§", service).replaceAll("¤", () => secret), secret, service };
    }),
  );
}

/** A value as no word and no reference looks, all brackets. */
const ODD = "{{{c1}}{c1}){c1}${{c1}]{c3}({c4}[{c5}>-_$#{c6}}}";

/** Names, and how they are joined with a value (`¤`). */
const NOTATIONS: Readonly<Record<string, readonly string[]>> = {
  "§ := ¤": ['"', "'", ""],
  "§:=¤": ['"', "'", ""],
  "§  :=   ¤": ['"', ""],
  "'the§': ¤": ["'", '"'],
  "§: ¤": ['"', "'", ""],
  "§:¤": [""],
  "the§:¤": [""],
  "§ = ¤": ['"', "'", ""],
  "§ =¤": ['"', ""],
  "§ = @¤": ['"'],
  "§[]= ¤": ['"'],
  'some_dict["§"] = ¤': ['"', ""],
  "my_§=¤": ["'", '"', ""],
  "the_§= ¤\n": ['"', "'"],
  "§ ¤;": ['"', "'"],
  "foo§foo ¤;": ['"'],
  "foo§foo¤;": ['"', "'"],
};
const NAMES = ["apikey", "api_key", "password", "passwd", "pwd", "secret", "private_key", "secrete", "db_pass"];

/** Lines of the plugins with a form of their own. */
const PLUGINS: readonly string[] = [
  "artif-key:«AK·Cp{a10}»",
  "X-JFrog-Art-API: «AK·Cp{a40}»",
  "artifactoryx:_password=«AP·6{a10}»",
  "aws_access_key_id = «AK·IA{u16}»",
  "aws_secret_access_key = «{b40}»",
  "aws_access_key: «AS·IA{u16}»",
  "AccountKey=«{b86}==»",
  "https://user:«{a10}»@host.example.com/x",
  "http://x:«{a6}!$%{a4}»@localhost",
  "https://bot:«{l64}»@bot.cloudant.com",
  "cloudant_password = «{l64}»",
  "cl_pw: '«{l64}»'",
  "CLOUDANT_API_KEY = «{c24}»",
  "discord = «M{a23}.{a6}.{a27}»",
  "token «gh·p_{a36}»",
  "gitlab: «gl·pat-{w20}»",
  "ibm_cloud_iam_api_key = '«{w44}»'",
  "IBM-IAM-key: «{w44}»",
  'ibm_cloud_key := "«{w44}»"',
  "ibmcos_secret_access_key='«{h48}»'",
  "cos-hmac_secret_access_key = «{h48}»",
  "eyJ header «ey·JhbGciOiJIUzI1NiJ9.eyJ{a40}.{w43}»",
  "mail «{h32}-u·s30»",
  "//npm.example.com/:_authToken=«np·m_{a36}»",
  "//npm.example.com/:_authToken=«{id}»",
  "openai «sk·-{a20}T3BlbkFJ{a20}»",
  "openai «sk-pr·oj-{w40}T3BlbkFJ{w40}»",
  "pypi «py·pi-AgEIcHlwaS5vcmc{w70}»",
  "pypi «py·pi-AgENdGVzdC5weXBpLm9yZw{w70}»",
  "sg «S·G.{w22}.{w43}»",
  "slack «xox·b-{d12}-{d12}-{a24}»",
  "slack «xox·p-{d12}-{d12}-{d12}-{h32}»",
  "https://hooks.slack.com/services/«T{u8}/B{u8}/{a24}»",
  "softlayer_username = x\nsoftlayer_api_key = «{l64}»",
  "https://api.softlayer.com/soap/v3/«{l64}»",
  "square «sq0·csp-{w43}»",
  "stripe «sk·_live_{a24}»",
  "stripe «rk·_live_{a24}»",
  "telegram «{d9}:A·A{w33}»",
  "twilio «S·K{h32}»",
  "twilio «A·C{h32}»",
  "-----BEGIN RSA PRIV·ATE KEY-----\n«{b64}\n{b64}»\n-----END RSA PRIV·ATE KEY-----",
  "PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\n«{b64}»\nPrivate-MAC: {h40}",
];

/** What detect-secrets' tests hold for certain. */
export function createDetectSecrets(random: Random): Positive[] {
  const keyword = Object.entries(NOTATIONS).flatMap(([notation, quotes]) =>
    quotes.flatMap((quote) =>
      NAMES.map((service) => {
        const secret = fill(ODD, random);
        return { text: notation.replace("§", service).replace("¤", () => `${quote}${secret}${quote}`), secret, service };
      }),
    ),
  );
  const plugins = PLUGINS.map((row) => {
    const filled = fill(row, random);
    return { text: filled.replace(/[«»]/g, ""), secret: /«([^»]+)»/.exec(filled)?.[1] ?? "", service: "plugin" };
  });
  return [...keyword, ...plugins];
}
