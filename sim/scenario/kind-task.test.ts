import { describe, expect, test } from "vitest";
import { openScenario } from "../index.ts";
import type { Scenario } from "./ast.ts";

function load(text: string): Scenario {
  const { scenario, problems } = openScenario({ file: "tasks.yaml", text });
  if (scenario === null) throw new Error(JSON.stringify(problems));
  expect(problems).toEqual([]);
  return scenario;
}

const clock = (thread: string, processes: string): string => `
kinds:
  clock:
    options: { hands: 2, thread: ${thread} }
    fields: { ticks: 0 }
    tasks:
      hand: { count: hands, thread: thread, do: [ { repeat: 3, do: [ { tick: self } ] } ] }
      spare: { only: hands > 2, do: [ { tick: self } ] }
    operations:
      tick: { internal: true, do: [ ticks += 1 ] }
      look: { do: [ { return: ticks } ] }
      stop: { do: [ { terminate: hand } ] }
resources: { watch: clock, big: { type: clock, hands: 5 } }
functions: { ask: { do: [ { look: watch, into: t }, { return: t } ] } }
processes:
${processes}
`;

describe("the tasks of a kind", () => {
  const text = clock(
    "false",
    "  main: { do: [ t = ask(), { print: '{t}' }, { look: big, into: t }, { print: '{t}' } ] }",
  );

  test("are daemon processes behind those of the file, as many as the options say", () => {
    const { processes } = load(text);
    expect(processes.map(({ name, count, type, daemon }) => [name, count, type, daemon])).toEqual([
      ["main", null, "process", false],
      ["watch.hand", 2, "process", true],
      ["big.hand", 5, "process", true],
      ["big.spare", null, "process", true],
    ]);
  });

  test("point in all their code to the resource that they belong to", () => {
    const scenario = load(text);
    for (const process of scenario.processes.slice(1)) {
      const resource = scenario.resources.find((known) => process.name.startsWith(`${known.name}.`))!;
      const spans = new Set<string>();
      const visit = (part: unknown): void => {
        if (typeof part !== "object" || part === null || part === resource) return;
        const { span } = part as { span?: { start: number } };
        if (span !== undefined && "kind" in part) spans.add(scenario.source.text.slice(span.start, span.start + 3));
        if ("operation" in part) return;
        Object.values(part).forEach(visit);
      };
      visit(process.body);
      expect([...spans]).toEqual([resource.name.slice(0, 3)]);
    }
  });

  test("are threads of the one process that uses the resource, also by functions only, where the kind says so", () => {
    const { processes } = load(
      clock(
        "true",
        "  main: { do: [ t = ask(), { print: '{t}' } ] }\n  other: { do: [ { look: big, into: t }, { print: '{t}' } ] }",
      ),
    );
    const threads = processes.map(({ name, threads: own }) => [name, own.map((thread) => [thread.name, thread.count])]);
    expect(threads).toEqual([
      ["main", [["watch.hand", 2]]],
      ["other", [["big.hand", 5]]],
      ["big.spare", []],
    ]);
    for (const process of processes) for (const thread of process.threads) expect(thread.owner).toBe(process);
  });

  test("are named by the operations of their own resource alone", () => {
    const { resources } = load(text);
    const stopped = resources.map(({ name, kind }) => {
      const [statement] = kind.operations.get("stop")!.steps[0]!.body;
      return [name, statement?.kind === "terminate" ? statement.tasks.map((task) => task.process.name) : null];
    });
    expect(stopped).toEqual([
      ["watch", ["watch.hand"]],
      ["big", ["big.hand"]],
    ]);
  });
});
