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
  ["ssh-keygen -t rsa -N 'open sesame' -f id_rsa", "sesame"],
  ["ssh-keygen -p -P letmein -N tiger42 -f id_rsa", "letmein"],
  ["ssh-keygen -p -P letmein -N tiger42 -f id_rsa", "tiger42"],
  ["smbclient //fs/a -U 'app%letmein'", "letmein"],
  ["echo 'deploy:tiger42' | sudo chpasswd", "tiger42"],
  ["SQLCMD -S db -P tiger42", "tiger42"],
  ["7Z.exe a -ptiger42 a.7z", "tiger42"],
  ["mysql -uroot -phunter_pw shop", "hunter_pw"],
  ["USER ann\r\nPASS ftpsecret1\r\n", "ftpsecret1"],
  ["smbclient //fs/a -U app%letmein", "letmein"],
  ["http -a ann:letmein https://api.test/me", "letmein"],
  ["xh --auth ann:letmein :8080/me", "letmein"],
  ["> USER ann\n< 331 Password required\n> PASS ftpsecret1", "ftpsecret1"],
  ["+OK send PASS\r\nPASS popsecret1\r\n", "popsecret1"],
  ["GET /data/2.5/weather?q=Bern&appid=8f0c1a9e2b7d4a308f4e93b2c1d0e9aa", "8f0c1a9e2b7d4a308f4e93b2c1d0e9aa"],
  ["masterauth blue-Falcon7", "blue-Falcon7"],
  ["requirepass tiger42", "tiger42"],
  ["ENV DB_PASSWORD tiger42", "tiger42"],
  ["hibernate.connection.password tiger42", "tiger42"],
  ["ERROR 1062: Duplicate entry 'tiger42' for key 'users.api_token_unique'", "tiger42"],
  ["made the api key 8GrdswurhW19R4OtAQ3Hn39Ayy for project 7", "8GrdswurhW19R4OtAQ3Hn39Ayy"],
  ["password was reset to 9fKd02mLq", "9fKd02mLq"],
  ["PIN changed to 4492", "4492"],
  ["set the token to 8GrdswurhW19R4OtAQ3Hn", "8GrdswurhW19R4OtAQ3Hn"],
  ["curl --proxy-user admin:letmein -k https://api.test", "letmein"],
  ["593817 is your verification code", "593817"],
  ["Your login code is 408308", "408308"],
  ["Your code is 4528", "4528"],
  ["Confirmation code: 479983", "479983"],
  ["passcode 427076 entered", "427076"],
  ["G-593817 is your Google verification code.", "593817"],
  ["Use 4218 as your login code", "4218"],
  ["Enter 441534 to confirm your email", "441534"],
  ["admin password (prod) = hunter2x", "hunter2x"],
  ["crypto.createHmac('sha256', 'correcthorse9').update(body)", "correcthorse9"],
  ['jwt.sign({ id }, "correcthorse9")', "correcthorse9"],
  ["GET /unsubscribe/u/1234/Sx4yQyeytXrfbmyqJAK9CIRYcf", "Sx4yQyeytXrfbmyqJAK9CIRYcf"],
];

const PLAIN: readonly string[] = [
  "mysql -uroot -p shop < dump.sql",
  "mariadb-dump -u root -p shop_orders",
  "sudo -u deploy mkdir -p releases",
  "docker run -u node -p 8080:80 app",
  "psql -U app -p 5432 shop",
  "redis-cli -a",
  "Duplicate entry 'ann42' for key 'users.name'",
  "ssh-keygen -t ed25519 -N '' -C ann -f id_rsa",
  "mysql -N -B shop2 && ssh -u ann -N jump7",
  "ldapsearch -x -p 389 -b dc=corp",
  "POST /login -pending review",
  "cron: login-sync --port 8080 -parallel 4",
  "ldap sync -pool=5",
  "unzip -private data",
  "ls -a src:lib && httpd -a conf:5",
  "PASS login2",
  "593817 is your latest build",
  "40001 is the error code, 8001 is your postal code",
  "waited 12000 to complete your order",
  "convert the password to 'utf8'",
  "the primary key A1b2C3d4E5f6 and the cache key orders-X9",
  'jwt.verify(token, publicKey, { algorithms: ["RS256"] })',
  "crypto.createHmac('sha256', key)",
  "credentials: include, mode: cors",
];

describe("an option of a client", () => {
  it.each(SECRETS)("takes a password: %s", (command, secret) => {
    expect(redact(command)).not.toContain(secret);
  });

  it.each(PLAIN)("takes none: %s", (command) => {
    expect(redact(command)).toBe(command);
  });
});
