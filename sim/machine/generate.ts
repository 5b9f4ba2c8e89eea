/**
 * For long runs: the code of a task as one JavaScript function. What the instructions of evaluate.ts and execute.ts do
 * is said here once more, as text, for the commonest of them (loop counters, jumps, assignments, comparisons, queues,
 * delays); every other instruction, and every value that is no small integer, is left to its closure. In return a step
 * is a few machine instructions, and a hundred like tasks share one function where they have as many closures.
 *
 * Tasks whose texts are equal up to numbers share a function; numbers that differ are read from a row of parameters. The
 * text holds nothing of the scenario but integers and the lengths of delays.
 */
import { exponentialAt } from "../base/random.ts";
import type { Address, Expr, Instruction, Place, Program, Task } from "../program/program.ts";
import { mayRaise, raisingParts } from "../program/raises.ts";
import { FALSE, SPECIAL, TRUE } from "../program/values.ts";
import { EFFECT } from "./effect.ts";
import { grainsOfValue } from "./evaluate.ts";
import type { Execute } from "./execute.ts";
import type { Machine } from "./machine.ts";

/**
 * Performs instructions from `pc` to the end of the step (or to where what rides along with it begins, if `through` is
 * 1) and gives the position then. If `through` is 3 it takes one step after the other, tells the log of each, and gives
 * one of `PAUSE`. The parameters from `at` on are the task's own, `first` is the number of its first row.
 *
 * What is the same for all steps of a machine (itself, its memory) is no argument: the function is made for it, so that
 * V8 can take it for a constant.
 */
export type Stepper = (at: number, first: number, pc: number, through: number, task: number) => number;

/** Hears of every step: of whom, its kind (0 from a stop, 2 the rest of one), its alternative, and where it ended. */
export interface StepLog {
  step(task: number, kind: number, choice: number, position: number): void;
}

/** Why a task takes no further step: it has to wait; its last step has an effect; or something else is to be looked at. */
export enum PAUSE {
  other,
  waits,
  effect,
}

/** `through` of a function that takes many steps. */
export const MANY = 3;

/** Whether the wait at `pc` is over. */
export type Guard = (at: number, first: number, pc: number) => boolean;

export interface Generated {
  readonly stepper: Stepper;
  readonly guard: Guard;
  /** whether it can take many steps: not of coroutines, nor where a driver wants to know which alternative each took */
  readonly many: boolean;
  /** where the task's parameters begin */
  readonly at: number;
  /** the task's, at hand for whoever calls the functions */
  readonly first: number;
  readonly pcSlot: number;
  readonly lifeSlot: number;
}

/** More jumps back than this in one step: an endless loop that touches nothing others can see. */
export const FUEL = 300_000;

/** Longer code stays with its closures: functions of such a size are not optimised anyway. */
const LONGEST = 400;
/** On both sides of the index of a number that goes into the row of parameters if tasks differ in it. */
const MARK = "\u0000";
const MARKED = new RegExp(`${MARK}(\\d+)${MARK}`, "g");

interface Draft {
  readonly task: Task;
  readonly stepper: string;
  readonly guard: string;
  readonly numbers: readonly number[];
}

/** By task: its functions, or null where its code is too long. `code` is the machine's, by row, `first` each task's row. */
export function generate(machine: Machine, code: readonly Execute[], first: Int32Array): (Generated | null)[] {
  const { tasks } = machine.program;
  const grains = new Map<number, number>();
  const short = tasks.filter((task) => task.code.length <= LONGEST);
  const drafts = short.map((task) => new Writer(machine, task, grains).draft());
  const alike = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const key = draft.stepper + draft.guard;
    const group = alike.get(key);
    if (group === undefined) alike.set(key, [draft]);
    else group.push(draft);
  }
  const generated: (Generated | null)[] = tasks.map(() => null);
  for (const group of alike.values()) share(machine, code, first, group, generated);
  return generated;
}

/** Whether some task repeats something so many times or more, as its code says. */
export function repeats(program: Program, times: number): boolean {
  return program.tasks.some(({ code }) => {
    const counters = new Set<number>();
    for (const each of code) {
      if (each.op !== "set" || each.value.op !== "constant") continue;
      if (each.value.code >= times && each.value.code < SPECIAL) counters.add(each.to.base);
    }
    return code.some(
      (each) =>
        each.op === "branch" &&
        each.test.op === "binary" &&
        each.test.left.op === "load" &&
        counters.has(each.test.left.at.base),
    );
  });
}

/** Makes the functions of tasks with the same text. */
function share(
  machine: Machine,
  code: readonly Execute[],
  first: Int32Array,
  group: readonly Draft[],
  generated: (Generated | null)[],
): void {
  const { stepper, guard, numbers } = group[0]!;
  const differing = numbers.map((number, k) => group.some((draft) => draft.numbers[k] !== number));
  const width = differing.filter(Boolean).length;
  let own = 0;
  const names = numbers.map((number, k) => (differing[k] ? `p[o+${own++}]` : `(${number})`));
  const text = `${stepper}${guard}`.replace(MARKED, (_, k: string) => names[Number(k)]!);
  const parameters = new Int32Array(width * group.length);
  const make = new Function("exponentialAt", "m", "s", "c", "p", "r", text);
  const functions = make(exponentialAt, machine, machine.state, code, parameters, machine.log) as [Stepper, Guard];
  group.forEach((draft, index) => {
    parameters.set(
      draft.numbers.filter((_, k) => differing[k]),
      index * width,
    );
    const { code: instructions, id, pcSlot, lifeSlot, threadSlot } = draft.task;
    generated[id] = {
      stepper: functions[0],
      guard: functions[1],
      many: threadSlot < 0 && instructions.every(({ op }) => op !== "choose" && op !== "pick"),
      at: index * width,
      first: first[id]!,
      pcSlot,
      lifeSlot,
    };
  });
}

/** Writes the text of one task. In it: m machine, s state, c closures, p parameters, o at, f first, t through, i task, r log. */
class Writer {
  private readonly machine: Machine;
  private readonly program: Program;
  private readonly task: Task;
  private readonly numbers: number[] = [];
  /** lengths of delays by the codes of constants, those of like tasks being the same */
  private readonly grains: Map<number, number>;

  constructor(machine: Machine, task: Task, grains: Map<number, number>) {
    this.machine = machine;
    this.grains = grains;
    this.program = machine.program;
    this.task = task;
  }

  draft(): Draft {
    const { code } = this.task;
    const cases = code.map((instruction, at) => `case ${at}:${this.instruction(instruction, at)}`);
    const stepper = `const stepper=(o,f,pc,t,i)=>{let a=0,b=0;for(;;)switch(pc){${cases.join("\n")}\ndefault:return c[f+pc]();}};`;
    const guards = code.map((instruction, at) => this.guardCase(instruction, at));
    const guard = `const guard=(o,f,pc)=>{let a=0;switch(pc){${guards.join("\n")}\ndefault:return true;}};return [stepper,guard];`;
    return { task: this.task, stepper, guard, numbers: this.numbers };
  }

  /** A number in which like tasks may differ. */
  private number(value: number): string {
    this.numbers.push(value);
    return `${MARK}${this.numbers.length - 1}${MARK}`;
  }

  private slot(slot: number): string {
    return `s[${this.number(slot)}]`;
  }

  /** Goes on at `target`, which may be the end of the step. */
  private go(from: number, target: number): string {
    const grain = this.task.code[target]?.grain ?? "stop";
    const on = target === from + 1 ? "" : `pc=${target};continue;`;
    if (grain === "stop")
      return `${this.end(target)}m.stood=${target};if(m.budget<=0)return ${PAUSE.other};m.fuel=${FUEL};${on}`;
    const ride = grain === "ride" ? `if(t<2)return ${target};` : "";
    const again = target <= from ? `if(--m.fuel<=0){m.at=${from};return ${target};}` : "";
    return `${ride}${again}${on}`;
  }

  /** The step ends at `target`; where many are taken, others hear of it. */
  private end(target: number): string {
    return `if(t<${MANY})return ${target};${this.slot(this.task.pcSlot)}=${target};${this.tell(String(target))}if(m.trailSize>0&&!m.attend())return ${PAUSE.other};`;
  }

  private tell(position: string): string {
    return `r.step(i,m.kind,0,${position});m.kind=0;m.budget--;`;
  }

  /** The end of a branch of the text: as `go`, without falling through. */
  private leave(from: number, target: number): string {
    const text = this.go(from, target);
    return target === from + 1 ? `${text}pc=${target};continue;` : text;
  }

  private write(slot: number, value: string): string {
    if (this.machine.noted[slot] === 0) return `${this.slot(slot)}=${value};`;
    return `m.write(${this.number(slot)},${value});`;
  }

  /** The instruction's closure does it; it may raise. */
  private call(at: number): string {
    return `(m.at=${at},c[f+${at}]())`;
  }

  private instruction(instruction: Instruction, at: number): string {
    switch (instruction.op) {
      case "nothing":
        return this.clear(instruction) + this.go(at, instruction.next);
      case "when": {
        const nothingToDo = !mayRaise(instruction.test) && raisingParts(instruction, this.machine.program).length === 0;
        const test =
          instruction.grain === "stop"
            ? `if(t===${MANY}&&!(${this.guardOf(instruction.test, at)}))return ${PAUSE.waits};`
            : "";
        return `${test}${nothingToDo ? this.clear(instruction) : `${this.call(at)};`}${this.go(at, instruction.next)}`;
      }
      case "set":
        return this.otherwise(this.set(instruction.to, instruction.value), instruction, at);
      case "append":
        return this.otherwise(this.append(instruction), instruction, at);
      case "pop":
        return this.otherwise(this.pop(instruction), instruction, at);
      case "branch": {
        const closure = `${this.call(at)}===${instruction.yes}`;
        const test = instruction.clear.length > 0 ? closure : (this.test(instruction.test, closure) ?? closure);
        // the closure gives a position: where both are the same there is nothing to ask
        if (instruction.yes === instruction.no) return `${this.call(at)};${this.go(at, instruction.no)}`;
        return `if(${test}){${this.leave(at, instruction.yes)}}${this.go(at, instruction.no)}`;
      }
      case "delay":
        return this.delay(instruction, at);
      case "end":
      case "fail":
      case "raise":
        return `pc=${this.call(at)};if(t<${MANY})return pc;${this.slot(this.task.pcSlot)}=pc;${this.tell("pc")}if(m.trailSize>0)m.attend();return ${PAUSE.other};`;
      default:
        return `${this.call(at)};${this.go(at, instruction.next)}`;
    }
  }

  private clear(instruction: Instruction): string {
    return instruction.clear.map((slot) => this.write(slot, "0")).join("");
  }

  /** The text where its condition holds, the closure where it does not or where there is no text. */
  private otherwise(
    short: { readonly before: string; readonly condition: string; readonly body: string } | null,
    instruction: Instruction & { readonly next: number },
    at: number,
  ): string {
    if (short === null) return `${this.call(at)};${this.go(at, instruction.next)}`;
    const body = `${short.body}${this.clear(instruction)}`;
    const text = short.condition === "" ? body : `if(${short.condition}){${body}}else ${this.call(at)};`;
    return `${short.before}${text}${this.go(at, instruction.next)}`;
  }

  /** The value of an operand that is at hand, and whether it is surely a small integer; null if it is of another kind. */
  private operand(expr: Expr): { readonly text: () => string; readonly small: boolean } | null {
    if (expr.op === "constant") return { text: () => this.number(expr.code), small: expr.code < SPECIAL };
    if (expr.op === "load" && expr.at.offset === null) return { text: () => this.slot(expr.at.base), small: false };
    if (expr.op !== "length" || expr.place.offset !== null) return null;
    const { layout, base } = expr.place;
    if (layout.type === "array") return { text: () => this.number(layout.length), small: true };
    return { text: () => this.slot(base), small: true };
  }

  private set(to: Address, value: Expr) {
    if (to.offset !== null) return null;
    const operand = this.operand(value);
    if (operand !== null) return { before: "", condition: "", body: this.write(to.base, operand.text()) };
    if (value.op !== "binary" || (value.operator !== "+" && value.operator !== "-")) return null;
    const left = this.operand(value.left);
    const right = this.operand(value.right);
    if (left === null || right === null) return null;
    const before = `a=${left.text()};b=${right.text()};`;
    const result = `a${value.operator}b`;
    const condition = `${this.smallness(left.small, right.small)}${result}<${SPECIAL}&&${result}>=-${SPECIAL}`;
    return { before, condition, body: this.write(to.base, result) };
  }

  /** The beginning of a condition: that a and b, where they may be others, are small integers. */
  private smallness(left: boolean, right: boolean): string {
    return `${left ? "" : `a<${SPECIAL}&&`}${right ? "" : `b<${SPECIAL}&&`}`;
  }

  /** The text of a test; `closure` says what it comes to where numbers are not small. Null if it is of another kind. */
  private test(test: Expr, closure: string): string | null {
    const negated = test.op === "not" ? this.operand(test.operand) : null;
    const bare = this.operand(test);
    if (bare !== null || negated !== null) {
      const [yes, no] = bare !== null ? [TRUE, FALSE] : [FALSE, TRUE];
      return `(a=${(bare ?? negated)!.text()})===${yes}||a!==${no}&&${closure}`;
    }
    if (test.op !== "binary") return null;
    const left = this.operand(test.left);
    const right = this.operand(test.right);
    if (left === null || right === null) return null;
    const operator = COMPARISON[test.operator];
    if (operator === undefined) return null;
    if (operator === "===" || operator === "!==") return `${left.text()}${operator}${right.text()}`;
    const both = `(a=${left.text()},b=${right.text()},${this.smallness(left.small, right.small)}true)`;
    return `(${both}?a${operator}b:${closure})`;
  }

  /** Adds at the end of a list with a fixed place. */
  private append({ place, at, value }: Instruction & { op: "append" }) {
    const operand = this.operand(value);
    if (operand === null || at !== null || !this.isQuietList(place)) return null;
    const { base } = place;
    return {
      before: `a=${this.slot(base)};`,
      condition: `a<${this.number(maximum(place))}`,
      body: `s[${this.number(base + 1)}+a]=${operand.text()};${this.write(base, "a+1")}`,
    };
  }

  /** Takes the first or the last item of a list with a fixed place. */
  private pop({ place, key, to }: Instruction & { op: "pop" }) {
    const first = key?.op === "constant" && key.code === 0;
    if (!(first || key === null) || !this.isQuietList(place) || (to !== null && to.offset !== null)) return null;
    const { base } = place;
    const items = (): string => this.number(base + 1);
    const before = `a=${this.slot(base)};`;
    const body = first
      ? `b=s[${items()}];for(let k=${items()},e=k+a-1;k<e;k++)s[k]=s[k+1];s[${this.number(base)}+a]=0;`
      : `b=s[${this.number(base)}+a];s[${this.number(base)}+a]=0;`;
    return {
      before,
      condition: "a>0",
      body: `${body}${this.write(base, "a-1")}${to === null ? "" : this.write(to.base, "b")}`,
    };
  }

  /** A list whose items nobody wants to hear of: only its length is noted. */
  private isQuietList(place: Place): boolean {
    if (place.layout.type !== "list" || place.offset !== null) return false;
    for (let k = 1; k <= place.layout.max; k++) if (this.machine.noted[place.base + k] !== 0) return false;
    return true;
  }

  private delay(instruction: Instruction & { op: "delay" }, at: number): string {
    const { kind, time, device, cooperative, next } = instruction;
    const untimed = raisingParts(instruction, this.machine.program).length === 0 ? "" : null;
    const length = this.machine.timed ? (time === null ? "0" : this.length(time)) : untimed;
    const end = `${this.end(next)}return ${PAUSE.effect};`;
    if (length === null || device !== null) return `${this.call(at)};${end}`;
    const timing = length === "" ? "" : `m.effectTime=${length};m.effectDevice=null;`;
    const text = `${timing}m.effectCooperative=${cooperative};m.effect=${EFFECT[kind]};${this.clear(instruction)}`;
    // a length may have been drawn before its time
    return `${length === "" ? text : `if(m.peeked.size===0){${text}}else ${this.call(at)};`}${end}`;
  }

  /** The length of a delay in grains, as `compileTime` gives it; null if it needs more than constants and a draw. */
  private length(time: Expr): string | null {
    const { grainsPerUnit } = this.machine;
    if (time.op === "constant") return this.grainsOf(time) >= 0 ? String(this.grainsOf(time)) : null;
    if (time.op !== "random") return null;
    const first = this.grainsOf(time.arguments[0]);
    const second = this.grainsOf(time.arguments[1]);
    const draw = "m.streams.next(m.current)";
    if (!(first >= 0)) return null;
    if (time.distribution === "exponential") return `Math.round(exponentialAt(${draw},${first}))`;
    if (!(second >= 0)) return null;
    if (time.distribution === "uniform") return `Math.round(${first}+${second - first}*${draw})`;
    if (time.distribution !== "randint" || this.machine.decideDraw !== null) return null;
    const low = Math.ceil(first / grainsPerUnit);
    const many = Math.floor(second / grainsPerUnit) - low + 1;
    return `(${low}+Math.floor(${draw}*${many}))*${grainsPerUnit}`;
  }

  /** A constant in grains; NaN for anything else. */
  private grainsOf(expr: Expr | undefined): number {
    if (expr?.op !== "constant") return Number.NaN;
    let length = this.grains.get(expr.code);
    if (length === undefined) {
      length = grainsOfValue(this.program.values.decode(expr.code), this.machine.grainsPerUnit);
      this.grains.set(expr.code, length);
    }
    return length;
  }

  private guardCase(instruction: Instruction, at: number): string {
    if (instruction.op !== "when") return "";
    return `case ${at}:return ${this.guardOf(instruction.test, at)};`;
  }

  private guardOf(test: Expr, at: number): string {
    const closure = `m.testAt(f+${at})`;
    return this.guardTest(test, closure) ?? closure;
  }

  /** Guards that are a slot compared with a constant, mostly. */
  private guardTest(test: Expr, closure: string): string | null {
    if (test.op !== "binary") return null;
    const slot = this.operand(test.left);
    const { right } = test;
    if (slot === null || right.op !== "constant") return null;
    const operator = COMPARISON[test.operator];
    if (operator === undefined) return null;
    if (operator === "===" || operator === "!==") return `${slot.text()}${operator}${this.number(right.code)}`;
    if (right.code >= SPECIAL) return null;
    const comparison = `${slot.text()}${operator}${this.number(right.code)}`;
    return slot.small
      ? comparison
      : `(${this.slot((test.left as Expr & { op: "load" }).at.base)}<${SPECIAL}?${comparison}:${closure})`;
  }
}

const COMPARISON: { readonly [operator: string]: string } = {
  "==": "===",
  "!=": "!==",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

function maximum(place: Place): number {
  return place.layout.type === "list" ? place.layout.max : 0;
}
