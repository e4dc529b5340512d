import { describe, expect, it } from "vitest";
import { checkLines } from "./check-lines.ts";

describe("the commands for the lines of a log", () => {
  const listCommands = (upstream: string) =>
    checkLines("connection-refused", { software: "nginx", upstream }).map(({ command }) => command);

  it("ask the address that the lines name", () => {
    expect(listCommands("http://10.0.0.2:8080/pay")).toContain("nc -vz -w 2 10.0.0.2 8080");
  });

  it.each(["http://-e:80/", "--proxy:80", "http://$(id):80/", "http://a;id:80/"])(
    "take no option and no command from a line: %s",
    (upstream) => {
      expect(listCommands(upstream).filter((command) => command?.startsWith("nc"))).toEqual([]);
    },
  );
});
