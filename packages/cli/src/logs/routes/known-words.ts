/** Words whose meaning is known whatever application they stand in: few and frequent values, endings of files, and names beside values. */
import { PARAMETER } from "./route-node.ts";

/** Extensions that programs write; what else stands behind a dot may as well be a family name. */
const EXTENSIONS: ReadonlySet<string> = new Set(
  "json xml html htm xhtml txt md csv tsv yaml yml toml ini log pdf doc docx xls xlsx ppt pptx odt rtf epub png jpg jpeg gif webp avif svg ico bmp tiff heic mp3 mp4 m4a m4s m4v m3u8 mpd ts tsx js jsx mjs cjs css scss less map wasm woff woff2 ttf otf eot php php3 phtml asp aspx ashx asmx jsp jspx do action cgi pl py rb go rs java jar war pom zip gz tgz bz2 xz zst tar rar 7z deb rpm apk dmg exe msi bin iso img whl gem crate nupkg rss atom ics vcf wav ogg oga ogv webm flac mov avi mkv srt vtt geojson kml gpx pbf sql db bak git sig asc pem crt sha1 sha256 md5 webmanifest proto avsc parquet ndjson".split(
    " ",
  ),
);

/** True for a suffix that is a file's by its name, whatever it stands behind, or a verb. */
export function isKnownSuffix(suffix: string): boolean {
  return !suffix.startsWith(".") || EXTENSIONS.has(suffix.slice(suffix.lastIndexOf(".") + 1).toLowerCase());
}

/** Regions and zones of clouds: `us-central1`, `eu-west-2`, `europe-west4-a`. */
const REGION =
  /^(?:af|africa|ap|asia|au|australia|ca|cn|eu|europe|il|me|mx|northamerica|sa|southamerica|us)(?:-gov|-iso[bef]?)?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-?\d{1,2}(?:-?[a-f])?$/;

function isRegion(word: string): boolean {
  const last = word.length - 1;
  return word.includes("-") && (isDigitAt(word, last) || isDigitAt(word, last - 1) || isDigitAt(word, last - 2)) && REGION.test(word);
}

/** Azure's regions are plain words: `eastus2`, `northeurope`, `germanywestcentral`. */
const AZURE_REGION =
  /^(?:(?:(?:north|south|west)?central|east|west)us\d?|(?:north|west)europe|(?:south)?eastasia|(?:australia|brazil|canada|france|germany|israel|italy|japan|jioindia|korea|mexico|newzealand|norway|poland|qatar|southafrica|spain|sweden|switzerland|uae|uk)(?:north|south|east|west|central|southeast|(?:north|west)central|central2)|(?:central|south|west)india)$/;

function isDigitAt(word: string, index: number): boolean {
  const code = word.charCodeAt(index);
  return code >= 48 && code <= 57;
}

/** A language and a region (BCP 47). */
const LOCALE = /^[a-z]{2}[-_][A-Z]{2}$/;
const LOCALE_CHARACTERS = 5;

function isLocale(word: string): boolean {
  return word.length === LOCALE_CHARACTERS && LOCALE.test(word);
}

const MONTHS: ReadonlySet<string> = new Set(
  "jan feb mar apr may jun jul aug sep oct nov dec january february march april june july august september october november december".split(
    " ",
  ),
);

/**
 * What is as frequent as names are, and yet is values, since the same routes stand behind each: regions, locales and the months of a year;
 * by the key of their parameter, as a verb or an extension may follow.
 */
export function groupFrequentValues(keys: readonly string[], parent: string | undefined): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  // One month alone may be a name that is written so: `/data/2020/dec`.
  const isBehindYear = parent?.startsWith(PARAMETER) === true && keys.filter((key) => MONTHS.has(key.toLowerCase())).length > 1;
  const regions = new Set(keys.filter((key) => AZURE_REGION.test(key)));
  for (const key of keys) {
    if (!isBehindYear && !key.includes("-") && !key.includes("_") && !regions.has(key)) continue;
    const end = key.search(/[.:]/);
    const word = end === -1 ? key : key.slice(0, end);
    // One such word alone may be a page's name.
    if (!(regions.size > 1 && regions.has(word)) && !isLocale(word) && !isRegion(word) && !(isBehindYear && MONTHS.has(word.toLowerCase())))
      continue;
    const parameter = PARAMETER + key.slice(word.length);
    const group = groups.get(parameter);
    if (group === undefined) groups.set(parameter, [key]);
    else group.push(key);
  }
  return groups;
}

/** Names that stand for whoever asks, or for what is newest, beside values that are followed by the same. */
export const STANDINS: ReadonlySet<string> = new Set([
  "me",
  "self",
  "current",
  "latest",
  "default",
  "all",
  "-",
  "~",
  "@me",
  "@self",
  "@original",
]);

/** What APIs call their own beside ids, however seldom it is asked for; `default`, of the stand-ins, is a value as well. */
const RESERVED: ReadonlySet<string> = new Set(
  "me self current latest all - ~ @me @self @original new edit search count bulk batch list create update delete remove export import upload download status stats summary history preview validate health login logout query".split(
    " ",
  ),
);

/** `$count`, `$metadata` of OData, `$everything` of FHIR. */
const OPERATION = /^\$[a-z][A-Za-z-]{1,30}$/;

/** True for a word that is a name wherever it stands. */
export function isReserved(word: string): boolean {
  return RESERVED.has(word) || OPERATION.test(word);
}
