/** How a service's tokens look: a fixed beginning, then so many characters of a set. */
export type TokenForm = {
  readonly kind: string;
  readonly prefix: string;
  readonly set: TokenSet;
  readonly least: number;
  /** A further condition, read over the first 128 characters (1,024 for a JWT). */
  readonly check?: RegExp;
};

/** Characters that may follow a prefix. */
export type TokenSet = "alnum" | "word" | "hex" | "base64" | "dotted";

/** The commonest condition; it is known without reading the token again. */
export const DIGIT_SOMEWHERE = /\d/;

type Row = readonly [kind: string, set: TokenSet, least: number, prefixes: string, check?: RegExp];

/**
 * The published forms of tokens, from the issuers' documentation. A row holds what shares a kind, a set and a least length; lengths are
 * a little below the real ones, because what begins like a token and is cut short is still most of one.
 */
const ROWS: readonly Row[] = [
  ["jwt", "dotted", 24, "ey", /^ey[\w-]{10,}\.(?:ey|[\w-]{0,}\.[\w-]+\.[\w-]+\.)[\w=/\\-]{2,}/],
  ["jwt", "base64", 40, "ZXlK"],
  ["grafana-token", "base64", 60, "eyJrIjoi"],
  ["grafana-token", "base64", 28, "glc_ glsa_"],
  ["aws-key", "alnum", 16, "AKIA ASIA ABIA ACCA AGPA AIDA AROA AIPA ANPA ANVA A3T", /^[A-Z0-9]{20}$/],
  ["aws-token", "base64", 60, "IQoJb3JpZ2lu FwoGZXIvYXdz FQoGZXIvYXdz ABSK bedrock-api-key-"],
  ["aws-token", "dotted", 20, "amzn.mws. amzn1.oa2-cs.v1."],
  ["github-token", "alnum", 30, "ghp_ gho_ ghu_ ghs_ ghr_"],
  ["github-token", "word", 36, "github_pat_"],
  ["gitlab-token", "dotted", 18, "glpat- gldt- glft- glffct- glimt- glagent- gloas- glptt- glrt- glrtr- glcbt- glsoat- glwt- GR1348941"],
  ["slack-token", "dotted", 10, "xoxb- xoxp- xoxo- xoxs- xoxa- xoxr- xoxe- xoxe. xoxc- xoxd- xapp-", DIGIT_SOMEWHERE],
  ["stripe-key", "alnum", 10, "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ sk_sbx_ whsec_"],
  ["google-key", "word", 33, "AIza"],
  ["google-token", "dotted", 20, "ya29. GOCSPX- 1//0"],
  ["openai-key", "word", 20, "sk-", DIGIT_SOMEWHERE],
  ["ai-key", "word", 24, "pplx- nvapi- xai- fw_ csk- tvly- llx- e2b_ hf_ api_org_ voyage- esecret_", /^api_org_|^hf_|\d/],
  ["npm-token", "alnum", 30, "npm_ NPM_"],
  ["pypi-token", "word", 40, "pypi-"],
  ["docker-token", "word", 20, "dckr_pat_ dckr_oat_"],
  ["package-token", "alnum", 30, "rubygems_ CLOJARS_ clojars_ oy2 cio", DIGIT_SOMEWHERE],
  [
    "cloud-token",
    "word",
    24,
    "dop_v1_ doo_v1_ dor_v1_ dapi HRKU-AA tskey- napi_ pscale_tkn_ pscale_oauth_ pscale_pw_ sbp_ fo1_ pul- xau_ akab- akaa- SWMTKN- CCDB1_ tk-us- SCW",
    DIGIT_SOMEWHERE,
  ],
  ["cloud-token", "alnum", 16, "LTAI", DIGIT_SOMEWHERE],
  ["cloud-token", "alnum", 26, "AKID da2- GOOG1E", DIGIT_SOMEWHERE],
  ["cloud-token", "alnum", 17, "SCW", /^SCW[A-Z0-9]{17}$/],
  ["cloud-token", "base64", 60, "fm1r_ fm1a_ fm2_ ops_eyJ"],
  ["shopify-token", "hex", 28, "shpat_ shpca_ shppa_ shpss_ shptka_"],
  [
    "payment-token",
    "word",
    16,
    "sq0atp- sq0csp- sq0idp- FLWPUBK_TEST- access_token$production$ access_token$sandbox$ EZAK EZTK access-sandbox- access-development- access-production-",
    DIGIT_SOMEWHERE,
  ],
  ["payment-token", "word", 12, "FLWSECK_TEST- FLWSECK- rzp_live_ rzp_test_"],
  ["payment-token", "word", 18, "EAAA", /^EAAA(?=[\w-]*\d)[\w-]{18,70}$/],
  ["facebook-token", "alnum", 80, "EAA"],
  ["twilio-key", "alnum", 32, "SK AC", /^(?:SK|AC)(?:[a-z0-9]{32}|[0-9a-fA-F]{32})$/],
  ["mail-token", "dotted", 40, "SG. xkeysib- xsmtpsib-"],
  ["mail-token", "hex", 32, "key- pubkey-"],
  ["mail-token", "word", 20, "re_ md-", /^(?:re_[A-Za-z0-9]+_[A-Za-z0-9]{16,}|md-[\w-]{22})$/],
  ["vault-token", "dotted", 24, "hvs. hvb. hvr.", DIGIT_SOMEWHERE],
  ["vault-token", "alnum", 24, "s. b.", /^[sb]\.(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{24}$/],
  ["vault-token", "dotted", 30, "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit. st."],
  ["work-token", "base64", 20, "ATATT3 ATBB ATCTT3 ATTA"],
  ["observability-token", "base64", 60, "sntrys_"],
  ["observability-token", "word", 16, "NRAK- NRJS- NRII- NRIQ- NRRA- sntryu_ sntrys_ hcaik_ xaat- xapt- ddp_ ddapp_", DIGIT_SOMEWHERE],
  ["observability-token", "dotted", 60, "dt0c01. dt0s01. dt0s02."],
  [
    "work-token",
    "word",
    20,
    "PMAK- figd_ figu_ figh_ tfp_ rdme_ CFPAT- sgp_ slk_ pat-na1- pat-eu1- bkua_ bkaj_ CCIPAT_ CCIPRJ_ chpt_ lip_ fio-u- ico- p8e- dnkey- zpka_ s-s4t2ud- s-s4t2af- dtn_",
    DIGIT_SOMEWHERE,
  ],
  ["work-token", "word", 16, "sm_aat_ sm_pat_ sm_sat_"],
  ["work-token", "word", 30, "waka_", DIGIT_SOMEWHERE],
  ["work-token", "word", 60, "mfa.", DIGIT_SOMEWHERE],
  ["work-token", "dotted", 60, "pat. sat. sl.", DIGIT_SOMEWHERE],
  ["work-token", "dotted", 70, "pat", /^pat[A-Za-z0-9]{14}\.[0-9a-f]{64}$/],
  ["work-token", "dotted", 40, "sc_ ext_", /^\w+_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-]/],
  ["work-token", "alnum", 26, "API-", /^API-[A-Z0-9]{26}$/],
  ["mapbox-token", "dotted", 40, "pk.eyJ sk.eyJ tk.eyJ pk."],
  ["cloud-token", "dotted", 30, "t1. AQVN YCA YCM YCN YCO YCP", DIGIT_SOMEWHERE],
  ["cloud-token", "word", 40, "sha256~"],
  ["cloud-token", "word", 100, "v1.0- APA91b"],
  ["cloud-token", "alnum", 38, "4b1d"],
  ["artifactory-token", "alnum", 10, "AKC", /^AKC(?:p[A-Za-z0-9]{50,}|[A-Za-z0-9]{10,})$/],
  ["artifactory-token", "alnum", 9, "AP", /^AP\d(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{8,}$/],
  ["artifactory-token", "alnum", 56, "cmVmd", /^cmVmd[A-Za-z0-9]{56,64}$/],
  ["age-key", "alnum", 20, "AGE-SECRET-KEY-1"],
  ["1password-key", "word", 30, "A3-", /^A3-[A-Z0-9]{6}-[A-Z0-9]{6}/],
  ["launchdarkly-key", "word", 36, "sdk- mob- api-", /^(?:sdk|mob|api)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/],
];

/** Every form, those with the longer prefixes first. */
export const TOKEN_FORMS: readonly TokenForm[] = ROWS.flatMap(([kind, set, least, prefixes, check]) =>
  prefixes.split(" ").map((prefix) => ({ kind, prefix, set, least, ...(check === undefined ? {} : { check }) })),
).sort((one, other) => other.prefix.length - one.prefix.length);
