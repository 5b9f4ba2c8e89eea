/**
 * A scenario's program as a model for SPIN: one proctype for each task, one uninterruptible transition for each step,
 * the memory as it is in the machine. So the model has the machine's states, no more and no fewer.
 */
import { Machine } from "../machine/machine.ts";
import { toldToTerminate } from "../program/ends.ts";
import { asksForPositions, slotsEverRead } from "../program/footprint.ts";
import { lower } from "../program/lower.ts";
import type { Program, ProgramProperty, Task } from "../program/program.ts";
import { type PositionFootprint, stepFootprints } from "../program/step-footprint.ts";
import { FALSE, NULL, TRUE } from "../program/values.ts";
import type { Scenario, Span } from "../scenario/ast.ts";
import { sourceText } from "../scenario/load.ts";
import { type Arms, OVER, Translator } from "./arms.ts";
import { LIST_MACROS, MAP_MACROS } from "./containers.ts";
import { Ends } from "./ends.ts";
import { Expressions } from "./expressions.ts";
import { Kinds } from "./kinds.ts";
import { Labels } from "./labels.ts";
import { Codes, comment, LIFE_NAMES, Names, Variables } from "./names.ts";
import { ExportProblem } from "./problem.ts";
import { emitStep, type Region } from "./step.ts";

export interface PromelaOptions {
  /** room for each list without a greatest length (default: the number of tasks, at least 8) */
  readonly room?: number;
}

/** SPIN keeps a process's number in a byte, and needs some for itself. */
const MOST_TASKS = 250;

/**
 * The scenario as a Promela model.
 *
 * @throws ExportProblem if it does something that the model could only get wrong
 */
export function toPromela(scenario: Scenario, options: PromelaOptions = {}): string {
  const room = options.room ?? Math.max(8, lower(scenario, 8).tasks.length);
  return new Model(lower(scenario, room)).text();
}

class Model {
  private readonly program: Program;
  private readonly start: Int32Array;
  private readonly names = new Names();
  private readonly variables: Variables;
  private readonly codes: Codes;
  private readonly labels: Labels;
  private readonly ends: Ends;
  private readonly kinds: Kinds;
  private readonly footprints: readonly (readonly PositionFootprint[])[];
  /** tasks that some task may tell to terminate */
  private readonly terminable: ReadonlySet<number>;
  private readonly allowed: ReadonlySet<string>;
  /** names of the proctypes, by task */
  private readonly proctypes: readonly string[];

  constructor(program: Program) {
    if (program.tasks.length > MOST_TASKS)
      throw new ExportProblem(`SPIN has no room for ${program.tasks.length} processes`);
    if (asksForPositions(program))
      throw new ExportProblem(
        "state() of a process that is alive cannot be exported: compare it with new, zombie or ended",
      );
    this.program = program;
    this.start = new Machine(program).state;
    this.proctypes = program.tasks.map((task) => this.names.make(task.name));
    this.variables = new Variables(program, this.names);
    this.codes = new Codes(program, this.names);
    this.labels = new Labels(program, this.names);
    this.ends = new Ends(program, this.variables, this.names);
    this.kinds = new Kinds(program, this.start);
    this.footprints = stepFootprints(program);
    this.terminable = toldToTerminate(program);
    this.allowed = new Set(program.scenario.check.allow);
  }

  text(): string {
    const { program } = this;
    const { scenario } = program;
    const properties = this.defineProperties();
    const bodies = program.tasks.map((task) => this.proctype(task));
    const atStart = this.atStart();
    const { text: declarations, bytes } = this.variables.declarations(this.start, (code) => this.codes.show(code));
    let vector = 1024;
    while (vector < 2 * (bytes + 16 * (program.tasks.length + 1))) vector *= 2;
    const body = bodies.flat().join("\n");
    const containers = [...(/\blist_/.test(body) ? LIST_MACROS : []), ...(/\bmap_/.test(body) ? MAP_MACROS : [])];
    const scratch = ["k_", "j_", "v_", "h_0"].filter((name) =>
      new RegExp(`\\b${name}\\b`).test(body + containers.join("\n")),
    );
    const sections = [
      [
        `/* ${comment(scenario.name)}: a model for SPIN, made by 'sim export --promela'.`,
        " *",
        " * Every deadlock and every violation (one transition for each step of the scenario):",
        " *   spin -o3 -a model.pml",
        ` *   gcc -O2 -DSAFETY -DVECTORSZ=${vector} -o pan pan.c`,
        " *   ./pan -m1000000",
        " * With -DNOREDUCE in gcc's line, SPIN stores as many states as 'sim check --no-reduction'.",
        " */",
      ],
      [
        "/* Values that are no numbers. */",
        ...[
          ["Null", NULL],
          ["False", FALSE],
          ["True", TRUE],
        ].map(([name, code]) => `#define ${name} ${code}`),
        ...this.codes.definitions(),
      ],
      ["/* The life of a process. */", ...LIFE_NAMES.map((name, code) => `#define ${name} ${code}`)],
      ["/* The memory. */", ...declarations],
      ...(scratch.length === 0 ? [] : [["/* Scratch: no part of the state. */", `hidden int ${scratch.join(", ")};`]]),
      ...(this.labels.declarations().length === 0
        ? []
        : [["/* Never true: their names say which assertion failed. */", ...this.labels.declarations()]]),
      ...(properties.length === 0 ? [] : [properties]),
      ...(containers.length === 0 ? [] : [containers]),
      ...(this.ends.definitions().length === 0 ? [] : [this.ends.definitions()]),
      ...bodies,
      ...(atStart.length === 0 ? [] : [atStart]),
    ];
    return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
  }

  // ------------------------------------------------------------------------------------------------------- properties

  /** Outside of any task nothing is known of temporaries, and nothing is asked of them. */
  private observer(): Expressions {
    return new Expressions(this.program, this.variables, this.codes, this.kinds.at(-1, 0));
  }

  /** A property: what raises is not true. */
  private holds(property: ProgramProperty): string {
    const observer = this.observer();
    const faults = observer.faults(property.test).map(({ when }) => `!(${when})`);
    return [...faults, observer.test(property.test)].join(" && ");
  }

  private readonly checks: { readonly reads: ReadonlySet<number>; readonly macro: string }[] = [];

  private defineProperties(): string[] {
    const { program } = this;
    const { always, finally: final, eventually, reachable } = program.properties;
    const lifeSlots = program.tasks.map((task) => task.lifeSlot);
    const lines: string[] = [];
    const define = (kind: "always" | "finally", property: ProgramProperty, when: string): void => {
      const label = this.labels.property(kind, property.name);
      const macro = this.names.make(`check_${label}`);
      lines.push(
        `/* ${comment(this.source(property))} */`,
        `#define ${macro} if :: ${when}!(${this.located(property.span, () => this.holds(property))}) -> assert(${label}) :: else fi;`,
      );
      const reads = new Set(slotsEverRead(program, property.test, lifeSlots));
      if (kind === "finally") for (const slot of lifeSlots) reads.add(slot);
      this.checks.push({ reads, macro });
    };
    if (!this.allowed.has("invariant")) for (const property of always) define("always", property, "");
    if (!this.allowed.has("final"))
      for (const property of final) define("finally", property, `!(${this.othersAlive()}) && `);
    for (const property of [...eventually, ...reachable]) {
      const kind = eventually.includes(property) ? "eventually" : "reachable";
      lines.push(
        `/* not part of this model: ${kind}: ${comment(this.source(property))}`,
        ` * as a predicate: ${this.predicate(property)} */`,
      );
    }
    return lines.length === 0
      ? []
      : ["/* Properties, looked at after every step that writes what they read. */", ...lines];
  }

  private predicate(property: ProgramProperty): string {
    try {
      return this.holds(property);
    } catch (problem) {
      if (problem instanceof ExportProblem) return problem.message;
      throw problem;
    }
  }

  private source(property: ProgramProperty): string {
    return `${property.name}: ${sourceText(this.program.scenario.source, property.span)}`;
  }

  /** Whether somebody who is no daemon is alive. */
  private othersAlive(): string {
    const observer = this.observer();
    return (
      this.program.tasks
        .filter((task) => !task.daemon)
        .map((task) => observer.lives(task.id))
        .join(" || ") || "false"
    );
  }

  /** Properties that do not even hold at the start. */
  private atStart(): string[] {
    const machine = new Machine(this.program);
    const { always } = this.program.properties;
    const broken = this.allowed.has("invariant") ? [] : always.filter((property) => !machine.test(property.test)());
    if (broken.length === 0) return [];
    const name = this.names.make("at_the_start");
    return [
      `active proctype ${name}() {`,
      ...broken.map((property) => `  assert(${this.labels.property("always", property.name)})`),
      "}",
    ];
  }

  // ------------------------------------------------------------------------------------------------------------ tasks

  private proctype(task: Task): string[] {
    const { variables } = this;
    const life = variables.cell(task.lifeSlot);
    const named = this.proctypes[task.id]!;
    const lines: string[] = [];
    const mayBeElse = task.manual || task.owner >= 0 || task.daemon || this.terminable.has(task.id);
    const alive = mayBeElse ? `${life} == Alive && ` : "";
    const starts = this.stepStarts(task);
    for (const at of starts) lines.push(...this.step(task, at, alive));
    if (this.terminable.has(task.id)) {
      const lines2 = [...this.ends.die(task), ...this.checksAfter(() => true)];
      lines.push(
        "/* was told to terminate */",
        `:: atomic { d_step { ${life} == Dying ->`,
        ...lines2.map((line) => `     ${line}`),
        "   }; break }",
      );
    }
    // it may never be started, or end with others: SPIN, which knows only where it stands, could not tell that from a deadlock
    const watched = (task.manual || task.owner >= 0) && !task.daemon && !this.allowed.has("deadlock");
    if (watched)
      lines.push(
        "/* nothing can move any more, and it has not ended */",
        `:: d_step { timeout && ${life} == Alive -> assert(${this.labels.deadlock(task)}) }`,
      );
    const anywhere = watched || task.daemon || this.allowed.has("deadlock") ? "end_loop: " : "";
    return [
      `/* ${comment(task.name)}${task.daemon ? " (a daemon)" : ""} */`,
      `active proctype ${named}() {`,
      `  ${anywhere}do`,
      ...lines.map((line) => `  ${line}`),
      "  od;",
      "  end_over: false",
      "}",
    ];
  }

  /** Positions at which steps begin. */
  private stepStarts(task: Task): number[] {
    const found = new Set<number>();
    const open = [this.start[task.pcSlot]!];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (found.has(at) || at >= task.code.length) continue;
      found.add(at);
      const region = this.region(task, at);
      for (const [from, { arms }] of region.nodes)
        for (const arm of arms) if (arm.to !== OVER && region.leaves(from, arm.to)) open.push(arm.to);
    }
    return [...found].sort((a, b) => a - b);
  }

  private region(task: Task, entry: number): Region {
    const nodes = new Map<number, Arms>();
    const leaves = (from: number, to: number): boolean =>
      to >= task.code.length || task.code[from]!.op === "delay" || task.code[to]!.grain === "stop";
    const open = [entry];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (nodes.has(at)) continue;
      const arms = this.located(task.code[at]!.span, () => this.translator(task, at).translate(at === entry));
      nodes.set(at, arms);
      for (const arm of arms.arms) if (arm.to !== OVER && !leaves(at, arm.to)) open.push(arm.to);
    }
    return { entry, nodes, leaves };
  }

  /** Says where; what lies inside an operation of a resource does not know who calls it. */
  private located<T>(span: Span, make: () => T): T {
    try {
      return make();
    } catch (problem) {
      if (problem instanceof ExportProblem) throw new ExportProblem(problem.message, span);
      throw problem;
    }
  }

  private translator(task: Task, at: number): Translator {
    const expressions = new Expressions(this.program, this.variables, this.codes, this.kinds.at(task.id, at));
    return new Translator(
      { program: this.program, variables: this.variables, codes: this.codes, ends: this.ends, labels: this.labels },
      task,
      at,
      expressions,
    );
  }

  private step(task: Task, entry: number, alive: string): string[] {
    const { variables } = this;
    const pc = variables.cell(task.pcSlot);
    const region = this.region(task, entry);
    const instruction = task.code[entry]!;
    const all = [...region.nodes.values()];
    const open = all.some((arms) => arms.open && arms.arms.length > 1);
    const mayEnd = all.some(({ arms }) => arms.some((arm) => arm.to === OVER));
    const mustEnd = [...region.nodes].every(([from, { arms }]) =>
      arms.every((arm) => arm.to === OVER || !region.leaves(from, arm.to)),
    );
    const label = (position: number): string => `${this.proctypes[task.id]!}_${entry}_${position}`;
    const setPosition = (to: number): string => `${pc} = ${to};`;
    const written = this.footprints[task.id]![entry]!.step.writes;
    const lifeSlots = new Set(this.program.tasks.flatMap((each) => [each.lifeSlot, each.exitSlot]));
    const threaded = task.threadSlot >= 0;
    const body = [
      ...(threaded ? [`${variables.cell(task.threadSlot)} = ${task.id};`] : []),
      ...emitStep(task, region, setPosition, label),
      ...(threaded && mayEnd
        ? [
            this.ends.leaveThread(
              task,
              `${variables.cell(task.lifeSlot)} != Alive`,
              task.returnsTo >= 0 ? String(task.returnsTo) : "Null",
            ),
          ]
        : []),
      ...this.checksAfter((slot) => written.has(slot) || (mayEnd && lifeSlots.has(slot))),
    ];
    const guard =
      instruction.op === "when" && instruction.timeout === null ? this.translator(task, entry).guard() : "true";
    const thread = threaded ? variables.cell(task.threadSlot) : "";
    const turn = threaded ? `(${thread} == ${task.id} || ${thread} == Null) && ` : "";
    const head = `${alive}${turn}${pc} == ${entry}`;
    const comments = [
      `/* line ${this.labels.line(instruction.span)}: ${comment(sourceText(this.program.scenario.source, instruction.span)).slice(0, 100)} */`,
    ];
    const lines: string[] = [...comments];
    let condition = guard === "true" ? head : `${head} && ${guard}`;
    if (threaded && instruction.op === "when") {
      const test = this.translator(task, entry).guard();
      lines.push(
        `:: d_step { ${alive}${thread} == ${task.id} && ${pc} == ${entry} && !(${test}) -> ${thread} = Null }`,
      );
      // with a timeout it gives up only once it has let go of the thread
      if (instruction.timeout !== null) condition = `${head} && (${thread} == Null || ${test})`;
    }
    const over = mustEnd ? "break" : `if :: ${variables.cell(task.lifeSlot)} == Ended -> break :: else fi`;
    const indented = (statements: readonly string[]): string[] => statements.map((line) => `     ${line}`);
    if (open) lines.push(`:: atomic { ${condition} ->`, ...indented(body), ...(mayEnd ? [`     ${over}`] : []), "   }");
    else if (mayEnd) lines.push(`:: atomic { d_step { ${condition} ->`, ...indented(body), `   }; ${over} }`);
    else lines.push(`:: d_step { ${condition} ->`, ...indented(body), "   }");
    return lines;
  }

  private checksAfter(writes: (slot: number) => boolean): string[] {
    return this.checks.filter(({ reads }) => [...reads].some(writes)).map(({ macro }) => macro);
  }
}
