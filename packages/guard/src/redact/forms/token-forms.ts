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
export type TokenSet = "alnum" | "word" | "hex" | "base64" | "dotted";

/** The commonest condition; it is known without reading the token again. */
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
  ["aws-key alnum 16 AKIA ASIA ABIA ACCA AGPA AIDA AROA AIPA ANPA ANVA A3T", /^[A-Z0-9]{20}$/],
  ["aws-token base64 60 IQoJb3JpZ2lu FwoGZXIvYXdz FQoGZXIvYXdz ABSK bedrock-api-key-"],
  ["github-token alnum 30 ghp_ gho_ ghu_ ghs_ ghr_"],
  ["gitlab-token dotted 18 glpat- gldt- glft- glffct- glimt- glagent- gloas- glptt- glrt- glrtr- glcbt- glsoat- glwt- GR1348941"],
  ["slack-token dotted 10 xoxb- xoxp- xoxo- xoxs- xoxa- xoxr- xoxe- xoxe. xoxc- xoxd- xapp-", DIGIT_SOMEWHERE],
  ["stripe-key alnum 10 sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ sk_sbx_ whsec_"],
  ["google-key word 33 AIza"],
  ["google-token dotted 20 ya29. GOCSPX- 1//0"],
  ["key word 24 api_org_ hf_"],
  [
    "key word 24 sk- pplx- csk- llx- e2b_ fc- lsv2_ pcsk_ rnd_ r8_ BSA dapi HRKU-AA tskey- napi_ sbp_ pul- akab- akaa- SWMTKN- tk-us- SCW EZAK EZTK access-sandbox- access-development- access-production- sqp_ squ_ PMAK- tfp_ rdme_ sgp_ slk_ pat-na1- pat-eu1- bkua_ bkaj_ CCIPAT_ CCIPRJ_ chpt_ lip_ fio-u- ico- p8e- dnkey- zpka_ s-s4t2ud- s-s4t2af- dtn_ FLWPUBK_TEST- access_token$production$ access_token$sandbox$ NRAK- NRII- NRIQ- NRRA- sntryu_ sntrys_ hcaik_ xaat- xapt- ddp_ ddapp_ dop_v1_ doo_v1_ dor_v1_ waka_ shippo_live_ shippo_test_ duffel_ lin_ ntn_",
    DIGIT_SOMEWHERE,
  ],
  ["key word 12 NRJS- fw_ sq0atp- sq0csp- sq0idp- FLWSECK_TEST- FLWSECK- rzp_live_ rzp_test_ sm_aat_ sm_pat_ sm_sat_", DIGIT_SOMEWHERE],
  ["key word 18 EAAA", /^EAAA(?=[\w-]*\d)[\w-]{18,70}$/],
  ["key word 36 pypi- sha256~ dckr_pat_ dckr_oat_ mfa. sdk- mob-", DIGIT_SOMEWHERE],
  ["key word 100 v1.0- APA91b"],
  ["key alnum 16 LTAI", DIGIT_SOMEWHERE],
  ["key alnum 26 AKID da2- GOOG1E API- rubygems_ CLOJARS_ clojars_ oy2 cio", DIGIT_SOMEWHERE],
  ["key alnum 38 4b1d"],
  ["key alnum 80 EAA"],
  ["key alnum 17 SCW", /^SCW[A-Z0-9]{17}$/],
  ["key alnum 32 SK AC", /^(?:SK|AC)(?:[a-z0-9]{32}|[0-9a-fA-F]{32})$/],
  ["key hex 28 shpat_ shpca_ shppa_ shpss_ shptka_ key- pubkey- mlsn."],
  ["key base64 60 fm1r_ fm1a_ fm2_ ops_eyJ eyJrIjoi sntrys_"],
  ["key base64 28 glc_ glsa_"],
  ["key base64 20 ATATT3 ATBB ATCTT3 ATTA BBDC-"],
  ["key dotted 20 amzn.mws. amzn1.oa2-cs.v1. SG. hvs. hvb. hvr. dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", DIGIT_SOMEWHERE],
  ["key dotted 30 st. t1. AQVN YCA YCM YCN YCO YCP", DIGIT_SOMEWHERE],
  ["key dotted 60 pat. sat. sl. dt0c01. dt0s01. dt0s02.", DIGIT_SOMEWHERE],
  ["key dotted 40 xkeysib- xsmtpsib- pk.eyJ sk.eyJ tk.eyJ pk."],
  ["key dotted 40 sc_ ext_", /^\w+_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-]/],
  ["key dotted 70 pat", /^pat[A-Za-z0-9]{14}\.[0-9a-f]{64}$/],
  ["key word 20 re_ md-", /^(?:re_[A-Za-z0-9]+_[A-Za-z0-9]{16,}|md-[\w-]{22})$/],
  ["key alnum 24 s. b.", /^[sb]\.(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{24}$/],
  ["key alnum 10 AKC", /^AKC(?:p[A-Za-z0-9]{50,}|[A-Za-z0-9]{10,})$/],
  ["key alnum 9 AP", /^AP\d(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{8,}$/],
  ["key alnum 56 cmVmd", /^cmVmd[A-Za-z0-9]{56,64}$/],
  ["key word 30 A3-", /^A3-[A-Z0-9]{6}-[A-Z0-9]{6}/],
];

/** Every form, those with the longer prefixes first. */
export const TOKEN_FORMS: readonly TokenForm[] = ROWS.flatMap(([form, check]) => {
  const [kind = "", set, least, ...prefixes] = form.split(" ");
  // The rows above name sets only.
  return prefixes.map((prefix) => ({ kind, prefix, set: set as TokenSet, least: Number(least), check }));
}).sort((one, other) => other.prefix.length - one.prefix.length);
