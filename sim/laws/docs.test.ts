/** The documentation says what the code does: examples are valid and run, tables come from the registries. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openScenario, POLICIES, run } from "../index.ts";
import { CHECK_KEYS, EXPECT_KEYS, FINDING_KINDS } from "../scenario/expect.ts";
import { BUILTINS, DISTRIBUTIONS, TASK_QUESTIONS } from "../scenario/expression.ts";
import { TASK_KEYS } from "../scenario/process.ts";
import { CPU_KEYS, TOP_KEYS } from "../scenario/scenario.ts";
import { STATEMENTS } from "../scenario/statement.ts";
import { fillIn, readmeParts, resourceParts, schedulerParts, staggeredParts } from "./pages.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(root + path, "utf8");
const pages = [
  "README.md",
  ...readdirSync(`${root}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

interface Example {
  readonly name: string;
  readonly text: string;
}

/** Every block of YAML that is a whole scenario, named by its page and line. */
const examples: Example[] = pages.flatMap((page) => {
  const text = read(page);
  return [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
    .map((match) => ({ name: `${page}:${text.slice(0, match.index).split("\n").length}`, text: match[1]! }))
    .filter((example) => /^processes:/m.test(example.text));
});

describe("every example", () => {
  test("is found", () => expect(examples.length).toBeGreaterThan(30));

  for (const example of examples) {
    test(`${example.name} is valid and runs`, () => {
      const { scenario, problems } = openScenario({ file: example.name, text: example.text });
      expect(problems).toEqual([]);
      const result = run(scenario!, { until: "5000", ties: false });
      expect(result.findings.filter((finding) => finding.kind === "exception" || finding.kind === "misuse")).toEqual(
        [],
      );
    });
  }
});

/** Files that differ are written anew by `npx vitest run sim/laws/docs.test.ts -u`. */
describe("what is made from registries and runs is up to date in", () => {
  for (const [page, parts] of [
    ["README.md", () => readmeParts(root)],
    ["docs/schedulers.md", schedulerParts],
    ["docs/resources.md", resourceParts],
    ["docs/staggered-buyers.md", () => staggeredParts(root)],
  ] as const) {
    test(page, async () => {
      await expect(fillIn(read(page), parts())).toMatchFileSnapshot(root + page);
    });
  }
});

describe("docs/language.md names every", () => {
  const page = read("docs/language.md");
  const words: readonly (readonly [string, readonly string[]])[] = [
    ["statement", [...STATEMENTS.keys()]],
    ["function", [...BUILTINS.keys(), ...DISTRIBUTIONS.keys(), ...TASK_QUESTIONS]],
    ["key of a scenario", TOP_KEYS],
    ["key of 'cpu'", CPU_KEYS],
    ["key of a process", TASK_KEYS.process],
    ["key of 'check'", CHECK_KEYS],
    ["key of 'expect'", EXPECT_KEYS],
  ];
  for (const [what, list] of words) {
    test(what, () => {
      const missing = list.filter((word) => !new RegExp(`\`[^\`\\n]*\\b${word}\\b[^\`\\n]*\``).test(page));
      expect(missing).toEqual([]);
    });
  }
});

test("docs/schedulers.md has a section and a table for every policy", () => {
  const page = read("docs/schedulers.md");
  const missing = POLICIES.filter(
    ({ name }) => !page.includes(`### \`${name}\`\n`) || !page.includes(`<!-- made: ${name} -->`),
  );
  expect(missing.map(({ name }) => name)).toEqual([]);
});

test("docs/findings.md has a section for every kind of finding", () => {
  const page = read("docs/findings.md");
  expect(FINDING_KINDS.filter((kind) => !page.includes(`### \`${kind}\``))).toEqual([]);
});

test("links between pages lead somewhere", () => {
  const broken: string[] = [];
  for (const page of pages) {
    const folder = page.includes("/") ? page.slice(0, page.lastIndexOf("/") + 1) : "";
    for (const [, target] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path, anchor] = target!.split("#");
      const file = path === "" ? page : new URL(path!, `file:///${folder}`).pathname.slice(1);
      if (!existsSync(root + file)) broken.push(`${page}: ${target}`);
      else if (anchor !== undefined && !anchors(read(file)).has(anchor)) broken.push(`${page}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

/** The anchors that GitHub gives to a page's headings. */
function anchors(page: string): Set<string> {
  const text = page.replace(/^```[\s\S]*?^```/gm, "");
  return new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}
