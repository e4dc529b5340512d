/** Keys and certificates for one incident, made by openssl. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Files of one certificate. */
export type Certificate = { readonly key: string; readonly cert: string };

/** A certificate authority, and what it signs. */
export type Authority = Certificate & {
  /** For a name, valid from a month ago until `daysLeft` from now; negative for one that has expired. */
  sign(name: string, daysLeft?: number): Certificate;
};

const DAY_MS = 86_400_000;

/** A certificate authority of its own in `folder`. */
export function createAuthority(folder: string): Authority {
  const place = join(folder, "tls");
  mkdirSync(place, { recursive: true });
  const run = (...args: readonly string[]): void => void execFileSync("openssl", args, { stdio: "ignore", cwd: place });
  writeFileSync(join(place, "index.txt"), "");
  writeFileSync(join(place, "serial"), "1000\n");
  writeFileSync(
    join(place, "ca.cnf"),
    `[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\ncertificate = ca.crt\nprivate_key = ca.key\ndefault_md = sha256\npolicy = any\ncopy_extensions = copy\nunique_subject = no\n[any]\ncommonName = supplied\n`,
  );
  run(
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-keyout",
    "ca.key",
    "-out",
    "ca.crt",
    "-days",
    "30",
    "-subj",
    "/CN=Shop internal CA",
  );
  let count = 0;
  return {
    key: join(place, "ca.key"),
    cert: join(place, "ca.crt"),
    sign(name, daysLeft = 30) {
      count += 1;
      const [key, request, cert] = [`${count}.key`, `${count}.csr`, `${count}.crt`];
      run(
        "req",
        "-new",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        key,
        "-out",
        request,
        "-subj",
        `/CN=${name}`,
        "-addext",
        `subjectAltName=DNS:${name}`,
      );
      const [from, to] = [Date.now() - 60 * DAY_MS, Date.now() + daysLeft * DAY_MS].map(toOpensslTime);
      run("ca", "-batch", "-config", "ca.cnf", "-in", request, "-out", cert, "-startdate", from ?? "", "-enddate", to ?? "", "-notext");
      return { key: join(place, key), cert: join(place, cert) };
    },
  };
}

function toOpensslTime(timeMs: number): string {
  return `${new Date(timeMs).toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
}
