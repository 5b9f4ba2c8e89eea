import { expect, test } from "vitest";
import { checkCommandLine, replayCommand, shellWord } from "./commands.ts";

test("a command can be copied: what a shell would take apart or take for an option is quoted", () => {
  expect(replayCommand({ file: "a/b.yaml" }, "1;P Q*2")).toBe("npx sim replay a/b.yaml --schedule '1;P Q*2'");
  expect(replayCommand({ file: "my file's.yaml" }, "1;P")).toBe("npx sim replay 'my file'\\''s.yaml' --schedule '1;P'");
  expect(replayCommand({ file: "-x.yaml" }, "1;P")).toBe("npx sim replay ./-x.yaml --schedule '1;P'");
  expect(checkCommandLine({ file: "-x y.yaml" }, ["--all"])).toBe("npx sim check './-x y.yaml' --all");
  expect(shellWord("$(x)")).toBe("'$(x)'");
  expect(shellWord("")).toBe("''");
});

test("a command has the settings that the result was made with", () => {
  const set = [
    { name: "n", value: "3" },
    { name: "word", value: "a b; c" },
  ];
  expect(replayCommand({ file: "x.yaml", set }, "1;")).toBe(
    "npx sim replay x.yaml --set n=3 --set 'word=a b; c' --schedule '1;'",
  );
});
