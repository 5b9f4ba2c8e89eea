import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findScenarios, systemMessage, writeWhole } from "./files.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sim-files-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function touch(...names: string[]): void {
  for (const name of names) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), "");
  }
}

function found(...paths: string[]): string[] {
  return findScenarios(paths.map((path) => join(folder, path))).files.map((file) => relative(folder, file));
}

test("a folder stands for its scenarios at any depth, in the order of code units", () => {
  touch(
    "b.yaml",
    "a/z.yml",
    "a/é.yaml",
    "a/B.yaml",
    "a.yaml",
    "notes.txt",
    "a/.git/x.yaml",
    "node_modules/y.yaml",
    "Z.yaml",
  );
  expect(found(".")).toEqual(["Z.yaml", "a/B.yaml", "a/z.yml", "a/é.yaml", "a.yaml", "b.yaml"].sort());
  expect(found("a")).toEqual(["a/B.yaml", "a/z.yml", "a/é.yaml"]);
});

test("a file is itself whatever its name, and nothing comes twice", () => {
  touch("b.yaml", "notes.txt");
  expect(found("notes.txt", "b.yaml", ".", "b.yaml")).toEqual(["notes.txt", "b.yaml"]);
});

test("what is not there is named, and a folder's dangling link is not a scenario", () => {
  symlinkSync(join(folder, "nowhere"), join(folder, "dangling.yaml"));
  expect(findScenarios([join(folder, "missing.yaml"), folder])).toEqual({
    files: [],
    missing: [join(folder, "missing.yaml")],
  });
});

test("a file is written whole, over an old one, and nothing else is left in the folder", () => {
  const path = join(folder, "report.json");
  writeWhole(path, "old and long");
  writeWhole(path, "né");
  expect(readFileSync(path, "utf8")).toBe("né");
  expect(readdirSync(folder)).toEqual(["report.json"]);
});

test("a write that fails leaves nothing behind and says why in plain words", () => {
  mkdirSync(join(folder, "taken"));
  for (const [path, why] of [
    [join(folder, "no/such/report"), "no such file or directory"],
    [join(folder, "taken"), /directory/],
  ] as const) {
    let message = "";
    try {
      writeWhole(path, "text");
    } catch (error) {
      message = systemMessage(error);
    }
    expect(message).toMatch(why);
    expect(message).not.toContain("ENO");
  }
  expect(readdirSync(folder)).toEqual(["taken"]);
});

test.skipIf(process.getuid?.() === 0)("a folder that may not be written to is an error", () => {
  chmodSync(folder, 0o500);
  expect(() => writeWhole(join(folder, "x"), "text")).toThrow(/EACCES/);
  chmodSync(folder, 0o700);
});
