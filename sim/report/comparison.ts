/** Schedulers side by side: names that tell them apart, and the measures with the best ones marked. */
import type { CompareResult, RunResult } from "../run/result.ts";
import type { Column } from "./columns.ts";
import { escapeTerminal } from "./escape.ts";
import { exactFigure, percent } from "./numbers.ts";
import { ruleWords, schedulerWords } from "./scheduler-words.ts";

interface Measure {
  readonly heading: string;
  /** null: this run has no such figure */
  value(run: RunResult): number | null;
  show(run: RunResult): string;
  readonly best: "least" | "most";
}

const average = (name: "turnaround" | "waiting" | "response"): Measure => ({
  heading: name,
  value: (run) => run.averages[name],
  show: (run) => exactFigure(run, `averages.${name}`, run.averages[name]),
  best: "least",
});

const MEASURES: readonly Measure[] = [
  average("turnaround"),
  average("waiting"),
  average("response"),
  {
    heading: "throughput",
    value: (run) => run.throughput,
    show: (run) => exactFigure(run, "throughput", run.throughput),
    best: "most",
  },
  {
    heading: "utilization",
    value: (run) => run.utilization,
    show: (run) => percent(run.utilization),
    best: "most",
  },
  {
    heading: "switches",
    value: (run) => run.context_switches,
    show: (run) => String(run.context_switches),
    best: "least",
  },
];

/** The name of each run's scheduler; the rules for ties are added where two would read the same. */
export function runLabels(compare: CompareResult): string[] {
  const plain = compare.runs.map((run) => escapeTerminal(schedulerWords(run.scheduler)));
  return compare.runs.map((run, at) => {
    const label = plain[at] ?? "";
    const rules = ruleWords(run.scheduler);
    const twin = plain.some((other, index) => index !== at && other === label);
    return twin && rules !== "" ? `${label} [${escapeTerminal(rules)}]` : label;
  });
}

/** The table of measures. The best of a column carries a star, unless all are equally good. */
export function comparisonCells(compare: CompareResult): {
  readonly columns: readonly Column[];
  readonly rows: string[][];
} {
  const labels = runLabels(compare);
  const best = MEASURES.map((measure) =>
    bestOf(
      compare.runs.map((run) => measure.value(run)),
      measure.best,
    ),
  );
  return {
    columns: [
      { heading: "scheduler", align: "left" },
      ...MEASURES.map((measure): Column => ({ heading: measure.heading, align: "right" })),
    ],
    rows: compare.runs.map((run, at) => [
      labels[at] ?? "",
      ...MEASURES.map((measure, column) => {
        const mark = best[column] !== null && measure.value(run) === best[column] ? "*" : " ";
        return `${measure.show(run)} ${mark}`;
      }),
    ]),
  };
}

function bestOf(values: readonly (number | null)[], which: "least" | "most"): number | null {
  const known = values.filter((value) => value !== null);
  const first = known[0];
  if (first === undefined || known.every((value) => value === first)) return null;
  return known.reduce((best, value) => ((which === "least") === value < best ? value : best), first);
}
