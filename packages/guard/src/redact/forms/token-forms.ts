/** How a service's tokens look: a fixed beginning, then so many characters of a set. */
export type TokenForm = {
  readonly kind: string;
  readonly prefix: string;
  readonly set: TokenSet;
  readonly least: number;
  /** A further condition, read over the first 128 characters (1,024 for a JWT). */
  readonly check: RegExp | undefined;
};

/** Characters that may follow a prefix. */
export type TokenSet = "alnum" | "word" | "base64" | "dotted";

/** The commonest condition. */
export const DIGIT_SOMEWHERE = /\d/;

/** Kind, set, least length and prefixes, and the further condition. */
type Row = readonly [form: string, check?: RegExp];

/**
 * The published forms of tokens, from the issuers' documentation. A row holds what shares a kind, a set and a least length; lengths are
 * a little below the real ones, because what begins like a token and is cut short is still most of one.
 */
const ROWS: readonly Row[] = [
  ["jwt dotted 24 ey", /^ey[\w-]{10,}\.(?:ey|[\w-]{0,}\.[\w-]+\.[\w-]+\.)[\w=/\\-]{2,}/],
  ["jwt base64 40 ZXlK"],
  ["aws-token base64 60 ABSK FQoGZXIvYXdz FwoGZXIvYXdz IQoJb3JpZ2lu bedrock-api-key-"],
  ["gitlab-token dotted 18 GR1348941 glagent- glcbt- gldt- glffct- glft- glimt- gloas- glpat- glptt- glrt- glrtr- glsoat- glwt-"],
  ["key word 12 FLWSECK- FLWSECK_TEST- NRJS- fw_ rzp_live_ rzp_test_ sm_aat_ sm_pat_ sm_sat_ sq0atp- sq0idp-", DIGIT_SOMEWHERE],
  ["key alnum 10 AKC"],
  ["github-token alnum 30 gho_ ghp_ ghr_ ghs_ ghu_"],
  ["google-token dotted 20 1//0 GOCSPX- ya29."],
  ["key word 24 api_org_ hf_"],
  ["stripe-key alnum 10 rk_live_ rk_prod_ rk_test_ sk_live_ sk_prod_ sk_sbx_ sk_test_ whsec_"],
  ["google-key word 33 AIza"],
  [
    "key word 24 BSA CCIPRJ_ EZAK CCIPAT_ EZTK PMAK- NRAK- NRII- NRIQ- NRRA- access-development- SCW SWMTKN- access-production- akaa- access-sandbox- bkaj_ dapi HRKU- bkua_ rootly_ doo_v1_ dop_v1_ dor_v1_ dtn_ e2b_ fc- pat-eu1- pat-na1- pul- waka_ rdme_ rnd_ s-s4t2af- csk- hcaik_ s-s4t2ud- akab- sbp_ persona_production_ sgp_ pplx- tskey- dnkey- sk- slk_ sntryu_ sqp_ persona_sandbox_ squ_ xaat- chpt_ xapt- zpka_ napi_ p8e-",
    DIGIT_SOMEWHERE,
  ],
  ["key alnum 16 LTAI", DIGIT_SOMEWHERE],
  ["key word 36 mfa. mob- sdk- sha256~", DIGIT_SOMEWHERE],
  ["key alnum 17 SCW", /^[A-Z\d]{20}$/],
  ["key word 100 APA91b v1.0-"],
  ["slack-token dotted 10 xapp- xoxa- xoxb- xoxc- xoxd- xoxe- xoxe. xoxo- xoxp- xoxr- xoxs-", DIGIT_SOMEWHERE],
  ["key alnum 56 cmVmd", /^.{61,69}$/],
  ["key alnum 32 AC SK", /^..(?:[a-z\d]{32}|[\da-fA-F]{32})$/],
  ["key alnum 28 key- mlsn. pubkey- shpat_ shpca_ shppa_ shpss_ shptka_"],
  ["key base64 60 eyJrIjoi fm1a_ fm1r_ fm2_"],
  ["key base64 28 glc_ glsa_"],
  ["key base64 20 ATATT3 ATBB ATCTT3 ATTA BBDC-"],
  ["key dotted 60 dt0c01. dt0s01. dt0s02. pat. sat. sl.", DIGIT_SOMEWHERE],
  ["key dotted 64 1000.", /^1000\.[\da-f]{32}\.[\da-f]{32}$/],
  ["key dotted 20 SG. amzn.mws. amzn1.oa2-cs.v1. dp.audit. dp.ct. dp.pt. dp.sa. dp.scim. dp.st. hvb. hvr. hvs.", DIGIT_SOMEWHERE],
  ["key dotted 40 access_token$ hawk. pk. sk.eyJ tk.eyJ xkeysib- xsmtpsib-"],
  ["key alnum 80 EAA"],
  ["key dotted 40 ext_ sc_", /^\w+_[A-Za-z\d]{5,30}\.[A-Za-z\d]{4,6}\.acc[_-]/],
  ["key dotted 70 pat", /^.{17}\.[\da-f]{64}$/],
  ["key alnum 38 4b1d"],
  ["aws-key alnum 16 A3T ABIA ACCA AGPA AIDA AIPA AKIA ANPA ANVA AROA ASIA", /^[A-Z\d]{20}$/],
  ["key word 18 EAAA", /^(?=.*\d).{22,74}$/],
  ["key alnum 26 AKID CLOJARS_ aio_ GOOG1E cio clojars_ da2- oy2 rubygems_ xprv9", DIGIT_SOMEWHERE],
  ["key word 30 A3-", /^A3-[A-Z\d]{6}-[A-Z\d]{6}/],
  ["key alnum 9 AP", /^AP\d+[A-Za-z]/],
  ["key word 20 md- re_", /^(?:re_[A-Za-z\d]+_[A-Za-z\d]{16,}|md-[\w-]{22})$/],
  ["key alnum 24 b. s.", /^(?=.*\d).{26}$/],
  ["key dotted 30 AQ. AQVN YCA YCM YCN YCO YCP st. t1.", DIGIT_SOMEWHERE],
];

/** Every form, those with the longer prefixes first. */
export const TOKEN_FORMS: readonly TokenForm[] = ROWS.flatMap(([form, check]) => {
  const [kind = "", set, least, ...prefixes] = form.split(" ");
  // The rows above name sets only.
  return prefixes.map((prefix) => ({
    kind,
    prefix,
    set: set as TokenSet,
    least: Number(least),
    check,
  }));
}).sort((one, other) => other.prefix.length - one.prefix.length);
