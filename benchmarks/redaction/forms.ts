/** Forms of secrets, after the issuers' documentation. Nothing here is a secret: a form is filled from a seed at each run. */
/** Random numbers from a seed (mulberry32), 0 to 1. */
export type Random = () => number;

/** Creates a generator; equal seeds give equal corpora. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = state;
    word = Math.imul(word ^ (word >>> 15), word | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const DIGITS = "0123456789";
const SETS: Readonly<Record<string, string>> = {
  h: "0123456789abcdef",
  d: DIGITS,
  l: LOWER + DIGITS,
  u: UPPER + DIGITS,
  a: LOWER + UPPER + DIGITS,
  w: `${LOWER}${UPPER}${DIGITS}_-`,
  b: `${LOWER}${UPPER}${DIGITS}+/`,
  c: LOWER + UPPER,
};

/** Fills a form: `{a36}` is 36 letters and digits, `{h8}` 8 hex digits, `{id}` a UUID; what stands outside the braces stays. */
export function fill(form: string, random: Random): string {
  return form.replaceAll("·", "").replace(/\{(id|[a-z])(\d*)\}/g, (_, set: string, length: string) => {
    if (set === "id") return fill("{h8}-{h4}-4{h3}-a{h3}-{h12}", random);
    const alphabet = SETS[set] ?? DIGITS;
    return Array.from({ length: Number(length) }, () => alphabet.charAt(Math.floor(random() * alphabet.length))).join("");
  });
}

/** A service, what its name is in settings, and how its token looks. `alone`: the token is known without any name before it. */
export type SecretForm = { readonly service: string; readonly form: string; readonly alone: boolean };

/** A dot in the middle cuts each prefix in two, so that this file holds no complete form; `fill` takes it out. */
const ALONE: Readonly<Record<string, readonly string[]>> = {
  onepassword: ["A3·-{u6}-{u11}-{u5}-{u5}-{u5}", "ops·_eyJ{a260}"],
  adobe: ["p8·e-{l32}"],
  age: ["AGE-SECRET·-KEY-1{u58}"],
  airtable: ["pat·{a14}.{h64}"],
  alibaba: ["LT·AI{l20}"],
  amazon: ["AK·IA{u16}", "AS·IA{u16}", "AB·SK{b109}=", "amzn·.mws.{id}"],
  anthropic: ["sk-ant·-api03-{w93}AA", "sk-ant·-admin01-{w93}AA"],
  artifactory: ["AK·Cp{a69}", "cmV·md{a59}"],
  atlassian: ["ATA·TT3{w186}", "AT·BB{a32}"],
  authress: ["sc·_{l10}.{l4}.acc-{l16}.{a40}"],
  azure: ["{a3}4Q·~{a34}"],
  clickhouse: ["4b·1d{a38}"],
  clojars: ["CLO·JARS_{l60}"],
  cloudflare: ["v1·.0-{h24}-{h146}"],
  databricks: ["da·pi{h32}"],
  defined: ["dn·key-{l26}-{l52}"],
  digitalocean: ["do·o_v1_{h64}", "do·p_v1_{h64}", "do·r_v1_{h64}"],
  discord: ["M{a23}.{a6}.{a27}"],
  docker: ["dck·r_pat_{w27}"],
  doppler: ["dp·.pt.{l43}"],
  duffel: ["duf·fel_live_{l43}", "duf·fel_test_{l43}"],
  dynatrace: ["dt·0c01.{u24}.{u64}"],
  easypost: ["EZ·AK{l54}", "EZ·TK{l54}"],
  facebook: ["EA·AM{a120}", "EA·AC{a120}"],
  flutterwave: ["FLW·SECK_TEST-{h12}", "FLW·PUBK_TEST-{h32}-X", "FLW·SECK_TEST-{h32}-X"],
  fly: ["fo·1_{w43}", "fm·2_{a120}"],
  frameio: ["fi·o-u-{w64}"],
  google: ["AI·za{w35}", "ya·29.{w60}", "GO·CSPX-{w28}"],
  github: ["gh·p_{a36}", "gh·o_{a36}", "gh·u_{a36}", "gh·s_{a36}", "gh·r_{a36}", "github·_pat_{a22}_{a59}"],
  gitlab: [
    "gl·pat-{w20}",
    "gl·dt-{w20}",
    "gl·ft-{w20}",
    "gl·rt-{w20}",
    "glff·ct-{w20}",
    "gli·mt-{w25}",
    "glag·ent-{w50}",
    "glo·as-{w64}",
    "gl·ptt-{h40}",
    "gls·oat-{w20}",
    "glc·bt-{a3}_{w20}",
    "GR13·48941{w20}",
  ],
  grafana: ["eyJ·rIjoi{a90}", "gl·c_{a60}", "gl·sa_{a32}_{h8}"],
  harness: ["pa·t.{w22}.{a24}.{a20}", "sa·t.{w22}.{a24}.{a20}"],
  hashicorp: ["{l14}.atlas·v1.{a64}", "hv·s.{w95}", "hv·b.{w150}"],
  heroku: ["HRKU·-AA{w58}"],
  huggingface: ["hf·_{c34}", "api·_org_{c34}"],
  infracost: ["ic·o-{a32}"],
  intra42: ["s-s4·t2ud-{h64}"],
  jwt: ["eyJ·hbGciOiJIUzI1NiJ9.eyJ{a40}.{w43}"],
  linear: ["lin·_api_{l40}"],
  mailchimp: ["{h32}-u·s12"],
  mailgun: ["ke·y-{h32}"],
  maxmind: ["{a6}_{a29}·_mmk"],
  newrelic: ["NR·AK-{u27}", "NR·JS-{h19}", "NR·II-{w32}"],
  notion: ["nt·n_{d11}{a35}"],
  npm: ["np·m_{a36}"],
  octopus: ["AP·I-{u26}"],
  openai: ["sk·-{a20}T3BlbkFJ{a20}", "sk-pr·oj-{w74}T3BlbkFJ{w74}"],
  openshift: ["sha·256~{w43}"],
  perplexity: ["pp·lx-{a48}"],
  plaid: ["access·-sandbox-{id}"],
  planetscale: ["psc·ale_tkn_{w43}", "psc·ale_pw_{w43}", "psc·ale_oauth_{w43}"],
  postman: ["PM·AK-{h24}-{h34}"],
  prefect: ["pn·u_{a36}"],
  pulumi: ["pu·l-{h40}"],
  pypi: ["py·pi-AgEIcHlwaS5vcmc{w70}"],
  readme: ["rd·me_{l70}"],
  rubygems: ["ruby·gems_{h48}"],
  scalingo: ["tk·-us-{w48}"],
  sendgrid: ["S·G.{w22}.{w43}"],
  sendinblue: ["xkey·sib-{h64}-{l16}"],
  sentry: ["sntr·yu_{h64}", "sntr·ys_eyJpYXQiO{a60}LCJyZWdpb25fdXJs{a20}_{a43}"],
  settlemint: ["sm·_aat_{a16}", "sm·_pat_{a16}", "sm·_sat_{a16}"],
  shippo: ["ship·po_live_{h40}"],
  shopify: ["shp·at_{h32}", "shp·ca_{h32}", "shp·pa_{h32}", "shp·ss_{h32}"],
  slack: [
    "xox·b-{d12}-{d12}-{a24}",
    "xox·p-{d12}-{d12}-{d12}-{h32}",
    "xap·p-1-{u11}-{d13}-{h64}",
    "xox·a-2-{a30}",
    "xox·e-1-{u146}",
    "xox·e.xoxp-1-{u166}",
  ],
  sourcegraph: ["sg·p_{h40}"],
  square: ["sq0·atp-{w22}", "EA·AA{a60}", "sq0·csp-{w43}"],
  stripe: ["sk·_live_{a24}", "sk·_test_{a24}", "rk·_live_{a24}", "rk·_prod_{a99}", "wh·sec_{a32}"],
  telegram: ["{d9}:A·A{w33}"],
  twilio: ["S·K{h32}", "A·C{h32}"],
  typeform: ["tf·p_{w59}"],
  yandex: ["AQ·VN{w36}"],
};

/** Tokens without a sign of their own: only the name before them tells. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  adafruit: ["{w32}"],
  adobe: ["{h32}"],
  airtable: ["{l17}"],
  algolia: ["{l32}"],
  alibaba: ["{l30}"],
  asana: ["{d16}", "{l32}"],
  jira: ["{l20}{h4}"],
  beamer: ["b_{l44}"],
  bitbucket: ["{l32}", "{w64}"],
  bittrex: ["{l32}"],
  meraki: ["{h40}"],
  cloudflare: ["{w40}", "{h37}"],
  codecov: ["{l32}"],
  cohere: ["{a40}"],
  coinbase: ["{w64}"],
  confluent: ["{l16}", "{l64}"],
  contentful: ["{w43}"],
  datadog: ["{l40}"],
  discord: ["{h64}", "{d18}", "{w32}"],
  droneci: ["{l32}"],
  dropbox: ["{l15}", "{l11}AAAAAAAAAA{w43}", "sl.{w135}"],
  etsy: ["{l24}"],
  facebook: ["{h32}", "{d15}|{w30}"],
  fastly: ["{w32}"],
  finicity: ["{h32}", "{l20}"],
  finnhub: ["{l20}"],
  flickr: ["{l32}"],
  freshbooks: ["{l64}"],
  gitter: ["{w40}"],
  gocardless: ["live_{w40}"],
  heroku: ["{id}"],
  hubspot: ["{id}"],
  intercom: ["{w60}"],
  jfrog: ["{l73}", "{l64}"],
  kraken: ["{b80}"],
  kucoin: ["{h24}", "{id}"],
  launchdarkly: ["{w40}"],
  linear: ["{h32}"],
  linkedin: ["{l14}", "{l16}"],
  lob: ["live_{h35}", "test_pub_{h31}"],
  mailgun: ["pubkey-{h32}", "{h32}-{h8}-{h8}"],
  mapbox: ["pk.{l60}.{l22}"],
  mattermost: ["{l26}"],
  messagebird: ["{l25}", "{id}"],
  netlify: ["{w43}"],
  newrelic: ["{l64}"],
  nytimes: ["{w32}"],
  okta: ["00{w40}"],
  plaid: ["{l24}", "{l30}"],
  privateai: ["{l32}"],
  rapidapi: ["{w50}"],
  sendbird: ["{id}", "{h40}"],
  sentry: ["{h64}"],
  snyk: ["{id}"],
  sonar: ["{w40}"],
  squarespace: ["{id}"],
  sumo: ["su{a12}", "{l64}"],
  telegram: ["{d9}:A{w34}"],
  travis: ["{l22}"],
  twitch: ["{l30}"],
  twitter: ["{l45}", "{d19}-{a40}", "{l25}", "{l50}", `${"A".repeat(22)}{a80}`],
  yandex: ["t1.{w40}.{w86}", "YC{w38}"],
  zendesk: ["{l40}"],
  generic: ["{a32}", "{h40}", "{w24}", "{b40}", "{a20}!x", "{a12}"],
};

/** All forms of secrets. */
export const SECRET_FORMS: readonly SecretForm[] = [
  ...Object.entries(ALONE).flatMap(([service, forms]) => forms.map((form) => ({ service, form, alone: true }))),
  ...Object.entries(NAMED).flatMap(([service, forms]) => forms.map((form) => ({ service, form, alone: false }))),
];
