/** What a client's option takes: a password of small letters only is one as well where the client's grammar says so. */
import { describe, expect, it } from "vitest";
import { createRedactor } from "../redactor.ts";

const redact = (text: string): string => createRedactor().redactText(text);

const SECRETS: readonly (readonly [command: string, secret: string])[] = [
  ["sshpass -p letmein ssh root@10.0.0.3", "letmein"],
  ["redis-cli -h cache -a letmein ping", "letmein"],
  ["mongosh -u admin -p letmein shop", "letmein"],
  ["docker login -u ci -p letmein registry.test", "letmein"],
  ["helm registry login -u ci -p letmein registry.test", "letmein"],
  ["ldapmodify -x -D cn=admin -w letmein", "letmein"],
  ["sqlcmd -S db -U sa -P letmein", "letmein"],
  ["cqlsh -u app -p letmein db", "letmein"],
  ["unzip -P letmein a.zip", "letmein"],
  ["unzip -o -Pletmein a.zip", "letmein"],
  ["ldapwhoami -x -D cn=admin -pletmein", "letmein"],
  ["mysql -uroot -p 'hunter_pw' shop", "hunter_pw"],
  ["mysql -uroot -phunter_pw shop", "hunter_pw"],
  ["USER ann\r\nPASS ftpsecret1\r\n", "ftpsecret1"],
  ["smbclient //fs/a -U app%letmein", "letmein"],
];

const PLAIN: readonly string[] = [
  "mysql -uroot -p shop < dump.sql",
  "mariadb-dump -u root -p shop_orders",
  "sudo -u deploy mkdir -p releases",
  "docker run -u node -p 8080:80 app",
  "psql -U app -p 5432 shop",
  "redis-cli -a",
  "ldapsearch -x -p 389 -b dc=corp",
  "POST /login -pending review",
  "cron: login-sync --port 8080 -parallel 4",
  "ldap sync -pool=5",
  "unzip -private data",
];

describe("an option of a client", () => {
  it.each(SECRETS)("takes a password: %s", (command, secret) => {
    expect(redact(command)).not.toContain(secret);
  });

  it.each(PLAIN)("takes none: %s", (command) => {
    expect(redact(command)).toBe(command);
  });
});
