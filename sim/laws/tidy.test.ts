/** Bans, each with its replacement, and the order in which folders may import each other. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
  .map((file) => ({ name: file.split(sep).join("/"), text: readFileSync(join(root, file), "utf8") }));

/** Code without comments and strings' contents would need a parser; a banned word in a comment is worth rewording anyway. */
const BANS: readonly { readonly pattern: RegExp; readonly instead: string; readonly except?: RegExp }[] = [
  { pattern: /\bnew Date\b|\bDate\.(now|parse|UTC)\b/, instead: "virtual time (run/clock.ts)" },
  { pattern: /\bMath\.random\b/, instead: "randomStream of base/random.ts" },
  {
    pattern: /\bMath\.(pow|log|log2|log10|log1p|exp|expm1|sin|cos|tan|atan2?|sinh|cosh|tanh|cbrt|hypot)\(/,
    instead: "base/random.ts naturalLogarithm, powerOfTen: these differ between versions of Node",
    except: /^explore\//,
  },
  { pattern: /[\w)\]] \*\* [\w(]/, instead: "multiplication or powerOfTen: ** differs between versions of Node" },
  {
    pattern: /\.(localeCompare|toLocaleString|toLocaleUpperCase|toLocaleLowerCase)\(|\bIntl\./,
    instead: "comparison by code unit",
  },
  {
    pattern: /\bperformance\.now\b|\bprocess\.hrtime\b/,
    instead: "explore/budget.ts, the one place that looks at a clock",
    except: /^(explore\/budget|explore\/.*worker|cli\/)/,
  },
  { pattern: /\bconsole\.(log|error|warn)\b/, instead: "cli/output.ts", except: /^index\.ts$/ },
];

const HERE = /^laws\/tidy\.test\.ts$/;
const isTest = (name: string): boolean =>
  name.endsWith(".test.ts") || name.startsWith("laws/") || name.includes("/testing/");

/** A folder may import from itself and from those before it. */
const ORDER = [
  "base",
  "prelude",
  "scenario",
  "program",
  "machine",
  "schedulers",
  "detect",
  "run",
  "explore",
  "export",
  "report",
  "cli",
];

describe("the code", () => {
  test("is there", () => expect(files.length).toBeGreaterThan(100));

  for (const { pattern, instead, except } of BANS) {
    test(`has no ${pattern.source}: use ${instead}`, () => {
      const found = files
        .filter(({ name, text }) => !HERE.test(name) && !(except?.test(name) ?? false) && pattern.test(text))
        .map(({ name }) => name);
      expect(found).toEqual([]);
    });
  }

  test("imports one way, in the order of the pipeline", () => {
    const wrong: string[] = [];
    for (const { name, text } of files) {
      if (isTest(name) || !name.includes("/")) continue;
      const from = ORDER.indexOf(name.split("/")[0]!);
      if (from < 0) continue;
      for (const match of text.matchAll(/from "(\.[^"]+)"/g)) {
        const target = relative(root, join(root, name, "..", match[1]!)).split(sep);
        const to = target.length === 1 ? ORDER.indexOf("cli") : ORDER.indexOf(target[0]!);
        if (to > from) wrong.push(`${name} imports ${match[1]}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test("keeps its mutants in step with the sources they change", () => {
    type Edit = { readonly from: string };
    type Mutant = Edit & { readonly name: string; readonly and?: readonly Edit[] };
    const mutants: Record<string, Mutant[]> = parse(readFileSync(join(root, "laws/mutants/sources.yaml"), "utf8"));
    const textOf = new Map(files.map(({ name, text }) => [name, text]));
    const wrong = Object.entries(mutants).flatMap(([file, list]) =>
      list
        .filter(({ from, and = [] }) =>
          [{ from }, ...and].some((edit) => textOf.get(file)?.split(edit.from).length !== 2),
        )
        .map(({ name }) => `${file}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test("keeps files short", () => {
    const long = files
      .filter(({ name, text }) => !isTest(name) && text.split("\n").length > 600)
      .map(({ name }) => name);
    expect(long).toEqual([]);
  });
});
