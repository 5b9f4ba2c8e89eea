/** Parts of README.md and docs/*.md that are made: tables from the registries, reports from runs. */
import { readFileSync } from "node:fs";
import { commands } from "../cli/commands.ts";
import { withSourceLines } from "../cli/run.ts";
import { check, openScenario, readSchedulers, run } from "../index.ts";
import { KIND_NAMES, kindText } from "../prelude/registry.ts";
import { DEFAULT_OPTIONS, type Report } from "../report/report.ts";
import { text as textReporter } from "../report/text.ts";
import { find, type KindDefinition, readDefinition, textOf } from "../scenario/definition.ts";
import type { MapNode, Node } from "../scenario/tree.ts";
import { DEFAULT_PRESET, describeConventions, PRESETS, SWITCHES } from "../schedulers/conventions.ts";
import type { ParameterSpecification, PolicySpecification } from "../schedulers/policy.ts";
import { POLICIES } from "../schedulers/registry.ts";

/** The page with each `<!-- made: name -->` … `<!-- end: name -->` filled in anew. Throws on a name that nobody makes. */
export function fillIn(page: string, parts: ReadonlyMap<string, string>): string {
  return page.replace(/<!-- made: ([\w-]+) -->[\s\S]*?<!-- end: \1 -->/g, (_whole, name: string) => {
    const text = parts.get(name);
    if (text === undefined) throw new Error(`nothing makes the part '${name}' of this page`);
    return `<!-- made: ${name} -->\n\n${text}\n\n<!-- end: ${name} -->`;
  });
}

/** The parts of README.md: one scenario, what `run` and `compare` say about it, the commands that there are. */
export function readmeParts(root: string): ReadonlyMap<string, string> {
  const file = "scenarios/convoy-effect.yaml";
  const source = { file, text: readFileSync(root + file, "utf8") };
  const { scenario } = openScenario(source);
  if (scenario === null) throw new Error(`${file} is no valid scenario`);
  const written = (report: Report): string =>
    textReporter.write(report, { ...DEFAULT_OPTIONS, commands: commands.map(({ name }) => name) }).trimEnd();
  const runs = readSchedulers(scenario, "fcfs,sjf,rr:quantum=4").map(({ specification }) =>
    run(scenario, { scheduler: specification! }),
  );
  const { name, about } = scenario;
  const compared = written({ schema: "compare/1", scenario: name, about, file, seed: runs[0]!.seed, runs });
  return new Map([
    ["scenario", fenced("yaml", source.text.replace(/^#.*\n/gm, ""))],
    ["run", fenced("text", written(withSourceLines(run(scenario), scenario)))],
    ["compare", fenced("text", compared.slice(compared.indexOf("fcfs:")))],
    [
      "commands",
      table(
        ["command", ""],
        commands.map((command) => [code(`sim ${command.name}`), command.about]),
      ),
    ],
  ]);
}

/** The parts of docs/staggered-buyers.md: the scenario, what `check` says about it, and how chances fall with distance. */
export function staggeredParts(root: string): ReadonlyMap<string, string> {
  const file = "scenarios/staggered-buyers.yaml";
  const text = readFileSync(root + file, "utf8");
  const checked = (changed: string) => {
    const { scenario } = openScenario({ file, text: changed });
    if (scenario === null) throw new Error(`${file} is no valid scenario`);
    return check(scenario);
  };
  const said = textReporter.write(checked(text), { ...DEFAULT_OPTIONS, commands: commands.map(({ name }) => name) });
  const part = (from: string, to: string): string => {
    const start = said.indexOf(from);
    const end = to === "" ? said.length : said.indexOf(to);
    if (start < 0 || end < start) throw new Error(`the report on ${file} has no part from '${from}' to '${to}'`);
    return fenced("text", said.slice(start, end));
  };
  const rows = [0, 1, 2, 4, 8, 16].map((walk) => {
    const { counts } = checked(
      text
        .replace("repeat: 16 * i", `repeat: ${walk} * i`)
        .replace("sold <= 1 }", "sold <= 1 }\n  allow: [data_race]")
        .replace(/\nexpect:[\s\S]*/, "\n"),
    );
    const [orders, failing] = [Number(counts!.orders), Number(counts!.failing)];
    const chance = counts!.probability;
    return [
      String(walk),
      orders < 1e6 ? String(orders) : orders.toExponential(1).replace("e+", " · 10^"),
      `${((100 * failing) / orders).toFixed(0)} %`,
      chance >= 0.1 ? `${(100 * chance).toFixed(0)} %` : `1 in ${Math.round(1 / chance)}`,
    ];
  });
  return new Map([
    ["scenario", fenced("yaml", text.replace(/^#.*\n/gm, ""))],
    ["counterexample", part("1. 'never-oversold'", "2. data race")],
    ["explored", part("Outcomes", "")],
    ["chances", table(["paces from one to the next", "orders", "of them oversell", "drawing turns hits one"], rows)],
  ]);
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** The parts of docs/schedulers.md. */
export function schedulerParts(): ReadonlyMap<string, string> {
  return new Map([
    ...POLICIES.map((policy) => [policy.name, policySection(policy)] as const),
    ["overview", table(["policy", "", "reads of a process"], POLICIES.map(overviewRow))],
    [
      "switches",
      table(
        ["switch", "values", "what it decides"],
        SWITCHES.map(({ name, choices, about }) => [code(name), choices.map(code).join(", "), about]),
      ),
    ],
    ["presets", presetTable()],
  ]);
}

/** The parts of docs/resources.md. */
export function resourceParts(): ReadonlyMap<string, string> {
  const definitions = KIND_NAMES.map(definitionNamed);
  const overview = definitions.map((kind) => [`[\`${kind.name}\`](#${kind.name})`, kind.about]);
  return new Map([
    ["overview", table(["kind", ""], overview)],
    ["kinds", definitions.map(kindSection).join("\n\n")],
  ]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}

function code(text: unknown): string {
  return `\`${String(text)}\``;
}

// ----------------------------------------------------------------------------------------------------------- schedulers

function overviewRow(policy: PolicySpecification): string[] {
  return [`[\`${policy.name}\`](#${policy.name})`, policy.about, policy.reads.map(code).join(", ") || "–"];
}

const TYPES: Readonly<Record<ParameterSpecification["type"], string>> = {
  time: "a time",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  times: "a list of times",
  integers: "a list of whole numbers",
  aging: "a map",
  queues: "a list of policies",
  choice: "",
};

function policySection(policy: PolicySpecification): string {
  const parts = [`Source: ${policy.source}.`];
  if (policy.parameters.length > 0) {
    const rows = policy.parameters.map((parameter) => [
      code(parameter.name),
      parameter.choices?.map(code).join(", ") ?? TYPES[parameter.type],
      defaultOf(parameter),
      parameter.about,
    ]);
    parts.push(table(["parameter", "value", "default", "meaning"], rows));
  }
  return parts.join("\n\n");
}

function defaultOf(parameter: ParameterSpecification): string {
  if (parameter.default === undefined) return "must be given";
  if (parameter.default === null) return "–";
  return code(Array.isArray(parameter.default) ? `[${parameter.default.join(", ")}]` : parameter.default);
}

function presetTable(): string {
  const names = SWITCHES.map(({ name }) => name);
  const rows = [...PRESETS].map(([preset, conventions]) => {
    const described = describeConventions(conventions);
    return [
      preset === DEFAULT_PRESET ? `${code(preset)} (default)` : code(preset),
      ...names.map((name) => described[name]!),
    ];
  });
  return table(["conventions", ...names.map(code)], rows);
}

// ------------------------------------------------------------------------------------------------------------ resources

/** The definition of a kind of the prelude. Throws if it cannot be read. */
export function definitionNamed(name: string): KindDefinition {
  const definition = readDefinition(name, { file: `prelude/${name}.yaml`, text: kindText(name) ?? "" });
  if (definition === null) throw new Error(`the prelude's file ${name}.yaml is no definition`);
  return definition;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function kindSection(kind: KindDefinition): string {
  const parts = [`### \`${kind.name}\``, sentence(kind.about)];
  const rule = textOf(kind.map, "rule");
  const misuse = textOf(kind.map, "misuse");
  if (rule !== "") parts.push(`**Rule:** ${sentence(rule)}`);
  if (misuse !== "") parts.push(`**Misuse:** ${sentence(misuse)}`);
  const options = kind.options.map((option) => [
    code(option.name),
    option.resource !== null
      ? `the name of a ${option.resource.join(" or ")}`
      : (option.choices?.map(code).join(", ") ?? ""),
    option.resource !== null
      ? "one of its own"
      : option.default === undefined
        ? "must be given"
        : code(JSON.stringify(option.default)),
    option.about,
  ]);
  if (options.length > 0) parts.push(table(["option", "value", "default", "meaning"], options));
  const operations = entriesOf(kind.map, "operations").filter(([, node]) => !isTrueAt(node, "internal"));
  parts.push(
    table(
      ["operation", "takes", "what it does", "if it has to wait too long"],
      operations.map(([name, node]) => operationRow(name, node)),
    ),
  );
  const views = entriesOf(kind.map, "views").map(([name, node]) => viewRow(kind.name, name, node));
  if (views.length > 0) parts.push(table(["view", "value"], views));
  const pair = find(kind.map, "with");
  if (pair?.type === "sequence") {
    const [enter, leave] = pair.items.map((item) => (item.type === "scalar" ? code(item.value) : ""));
    parts.push(`\`with:\` does ${enter}, and ${leave} at the end.`);
  }
  if (kind.example !== "") parts.push(`\`\`\`yaml\n${kind.example.trim()}\n\`\`\``);
  return parts.join("\n\n");
}

function entriesOf(map: MapNode, key: string): readonly (readonly [string, Node])[] {
  const node = find(map, key);
  return node?.type === "map" ? node.entries.map((entry) => [entry.key, entry.value] as const) : [];
}

function isTrueAt(node: Node, key: string): boolean {
  const value = node.type === "map" ? find(node, key) : null;
  return value?.type === "scalar" && value.value === true;
}

function operationRow(name: string, node: Node): string[] {
  if (node.type !== "map") return [code(name), "", "", ""];
  const only = textOf(node, "only");
  const about = sentence(textOf(node, "about")) + (only === "" ? "" : ` Only with \`${only}\`.`);
  return [
    code(name),
    parametersOf(node).join(", "),
    about,
    blocks(node) ? code(textOf(node, "miss") || "Timeout") : "does not wait",
  ];
}

function parametersOf(operation: MapNode): string[] {
  const node = find(operation, "params");
  if (node?.type === "sequence")
    return node.items.flatMap((item) => (item.type === "scalar" ? [code(item.value)] : []));
  if (node?.type !== "map") return [];
  return node.entries.map(({ key, value }) => {
    const aliases = value.type === "map" ? find(value, "aliases") : null;
    const others =
      aliases?.type === "sequence"
        ? aliases.items.flatMap((item) => (item.type === "scalar" ? [code(item.value)] : []))
        : [];
    const initial = value.type === "scalar" && value.value !== null ? ` (${String(value.value)})` : "";
    return code(key) + initial + (others.length > 0 ? ` (or ${others.join(", ")})` : "");
  });
}

/** Whether it has a guard: its own, that of one of its steps, or that of an operation which it begins with. */
function blocks(operation: MapNode): boolean {
  const steps = find(operation, "steps");
  const maps =
    steps?.type === "sequence" ? steps.items.filter((step): step is MapNode => step.type === "map") : [operation];
  return maps.some((step) => find(step, "when") !== null || /\bacquire\b/.test(firstStatement(step)));
}

function firstStatement(step: MapNode): string {
  const body = find(step, "do");
  const first = body?.type === "sequence" ? body.items[0] : undefined;
  return first?.type === "map" ? (first.entries[0]?.key ?? "") : "";
}

function viewRow(kind: string, name: string, node: Node): string[] {
  const parameters = node.type === "map" ? parametersOf(node) : [];
  const value = node.type === "map" ? find(node, "value") : node;
  const call = `${name}(${[kind, ...parameters.map((each) => each.replaceAll("`", ""))].join(", ")})`;
  return [code(call), value?.type === "scalar" ? code(value.text.value) : ""];
}
