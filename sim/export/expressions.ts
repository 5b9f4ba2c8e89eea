/** Expressions of the program as expressions of Promela, and the ways in which they raise. */
import { Decimal } from "../base/decimal.ts";
import { type Address, type Expr, LIFE, type Place, type Program } from "../program/program.ts";
import { NULL, TRUE } from "../program/values.ts";
import type { Span, Value } from "../scenario/ast.ts";
import { LIMIT } from "./bounds.ts";
import { isOtherNumber, type Kind, kindOf, type Lookup, operandsOf } from "./kinds.ts";
import { type Codes, LIFE_NAMES, type Variables } from "./names.ts";
import { ExportProblem } from "./problem.ts";

/** An exception, or the end of what the model can hold; tested in this order, each if those before it are false. */
export interface Fault {
  readonly when: string;
  /** the exception; null: the number does not fit into the model */
  readonly name: string | null;
}

type Binary = Expr & { op: "binary" };

export class Expressions {
  private readonly program: Program;
  private readonly variables: Variables;
  private readonly codes: Codes;
  private readonly lookup: Lookup;

  constructor(program: Program, variables: Variables, codes: Codes, lookup: Lookup) {
    this.program = program;
    this.variables = variables;
    this.codes = codes;
    this.lookup = lookup;
  }

  kind(expr: Expr): Kind {
    return kindOf(this.program, this.lookup, expr);
  }

  /** The value's code. */
  value(expr: Expr): string {
    switch (expr.op) {
      case "constant":
        return this.codes.show(expr.code);
      case "load":
        return this.variables.cell(expr.at.base, this.offset(expr.at.offset));
      case "offset":
        return this.index(expr.index, expr.length);
      case "negate":
        return `(-${this.value(expr.operand)})`;
      case "binary":
        if (ARITHMETIC.has(expr.operator)) return this.arithmetic(expr);
        return `(${this.test(expr)} -> True : False)`;
      case "not":
      case "member":
        return `(${this.test(expr)} -> True : False)`;
      case "and":
        return `(${this.test(expr.left)} -> ${this.value(expr.right)} : ${this.value(expr.left)})`;
      case "or":
        return `(${this.test(expr.left)} -> ${this.value(expr.left)} : ${this.value(expr.right)})`;
      case "if":
        return `(${this.test(expr.test)} -> ${this.value(expr.then)} : ${this.value(expr.else)})`;
      case "at":
        return this.element(expr);
      case "length":
        return expr.place.layout.type === "array" ? String(expr.place.layout.length) : this.at(expr.place, 0);
      case "item":
        return this.item(expr.place, expr.index);
      case "builtin":
        return this.builtin(expr);
      case "state":
        return this.state(expr.task);
      case "now":
        throw new ExportProblem("the model has no time: 'now' cannot be exported");
      case "random":
        throw new ExportProblem("a random value cannot be exported", expr.span);
      case "tuple":
      case "snapshot":
        throw new ExportProblem("a whole list, array or map as a value cannot be exported");
    }
  }

  /** Whether the value is true. */
  test(expr: Expr): string {
    switch (expr.op) {
      case "constant":
        return this.program.values.truthy(expr.code) ? "true" : "false";
      case "not":
        return `!(${this.test(expr.operand)})`;
      case "and":
        return `(${this.test(expr.left)} && ${this.test(expr.right)})`;
      case "or":
        return `(${this.test(expr.left)} || ${this.test(expr.right)})`;
      case "if":
        return `(${this.test(expr.test)} -> ${this.test(expr.then)} : ${this.test(expr.else)})`;
      case "member":
        return this.member(expr.place, expr.value);
      case "binary":
        if (expr.operator === "in") return this.among(expr);
        if (expr.operator === "not in") return `!(${this.among(expr)})`;
        if (!ARITHMETIC.has(expr.operator)) return this.comparison(expr);
        break;
    }
    const kind = this.kind(expr);
    const text = this.value(expr);
    if (kind.low > kind.high && [...kind.others].every((code) => code <= TRUE)) return `${text} == True`;
    const falsy = [...kind.others].filter((code) => !this.program.values.truthy(code));
    if (kind.low <= 0 && kind.high >= 0) falsy.unshift(0);
    return falsy.length === 0 ? "true" : `(${falsy.map((code) => `${text} != ${this.codes.show(code)}`).join(" && ")})`;
  }

  /** The ways in which evaluating raises, in the order of evaluation. */
  faults(expr: Expr): Fault[] {
    switch (expr.op) {
      case "constant":
      case "now":
      case "state":
      case "random":
        return [];
      case "load":
        return this.addressFaults(expr.at);
      case "offset":
        return this.indexFaults(expr.index, String(expr.length), expr.length);
      case "not":
        return this.faults(expr.operand);
      case "negate":
        return [...this.faults(expr.operand), ...this.numberFaults(expr.operand, expr.span)];
      case "and":
        return [...this.faults(expr.left), ...this.provided(this.test(expr.left), this.faults(expr.right))];
      case "or":
        return [...this.faults(expr.left), ...this.provided(`!(${this.test(expr.left)})`, this.faults(expr.right))];
      case "if": {
        const test = this.test(expr.test);
        return [
          ...this.faults(expr.test),
          ...this.provided(test, this.faults(expr.then)),
          ...this.provided(`!(${test})`, this.faults(expr.else)),
        ];
      }
      case "binary":
        return this.binaryFaults(expr);
      case "tuple":
        return expr.items.flatMap((item) => this.faults(item));
      case "at":
        return this.elementFaults(expr);
      case "snapshot":
      case "length":
        return this.addressFaults(expr.place);
      case "member":
        return [...this.faults(expr.value), ...this.addressFaults(expr.place)];
      case "item":
        return this.itemFaults(expr);
      case "builtin":
        return this.builtinFaults(expr);
    }
  }

  /** Where a place begins, as the text that goes before its first slot's number. */
  offset(expr: Expr | null): string {
    if (expr === null) return "";
    if (expr.op !== "offset") throw new ExportProblem("an address of this form cannot be exported");
    const at = this.index(expr.index, expr.length);
    const own = expr.stride === 1 ? at : `${at} * ${expr.stride}`;
    return expr.rest === null ? own : `${own} + ${this.offset(expr.rest)}`;
  }

  /** The k-th slot of a place. */
  at(place: Address, k: number): string {
    return this.variables.cell(place.base + k, this.offset(place.offset));
  }

  addressFaults(at: Address): Fault[] {
    const faults: Fault[] = [];
    for (let offset = at.offset; offset !== null && offset.op === "offset"; offset = offset.rest) {
      faults.push(...this.indexFaults(offset.index, String(offset.length), offset.length));
    }
    return faults;
  }

  /** Raises of `xs[index]` where the length is a text; `most` is the greatest length there can be. */
  indexFaults(index: Expr, length: string, most: number, least = most): Fault[] {
    const faults = this.faults(index);
    const kind = this.kind(index);
    const text = this.value(index);
    this.refuseOtherNumbers(kind, "an index");
    if (kind.others.size > 0) faults.push({ when: `${text} >= ${LIMIT}`, name: "TypeError" });
    if (kind.high >= least) faults.push({ when: `${text} >= ${length}`, name: "IndexError" });
    if (kind.low < -least) faults.push({ when: `${text} < -${length}`, name: "IndexError" });
    return faults;
  }

  private provided(test: string, faults: readonly Fault[]): Fault[] {
    return faults.map(({ when, name }) => ({ when: `(${test} && ${when})`, name }));
  }

  private index(expr: Expr, length: number | string): string {
    const text = this.value(expr);
    return this.kind(expr).low >= 0 ? text : `(${text} < 0 -> ${text} + ${length} : ${text})`;
  }

  private arithmetic(expr: Binary): string {
    const [left, right] = [this.value(expr.left), this.value(expr.right)];
    const [a, b] = [this.kind(expr.left), this.kind(expr.right)];
    switch (expr.operator) {
      // C divides towards 0, the language downwards
      case "//":
        if (a.low >= 0 && b.low >= 0) return `(${left} / ${right})`;
        return `(${left} / ${right} - ((${left} % ${right} != 0 && (${left} < 0) != (${right} < 0)) -> 1 : 0))`;
      case "%":
        if (a.low >= 0 && b.low >= 0) return `(${left} % ${right})`;
        return `(${left} % ${right} + ((${left} % ${right} != 0 && (${left} < 0) != (${right} < 0)) -> ${right} : 0))`;
      default:
        return `(${left} ${expr.operator} ${right})`;
    }
  }

  private comparison(expr: Binary): string {
    // "is it true?" of what can only be true or false
    return `(${this.value(expr.left)} ${expr.operator} ${this.value(expr.right)})`;
  }

  /** The ways in which a length of time raises: it must be a number that is not negative. */
  timeFaults(expr: Expr): Fault[] {
    if (expr.op === "random") return expr.arguments.flatMap((argument) => this.timeFaults(argument));
    const { low, high, others } = this.kind(expr);
    for (const code of others) {
      const value = code === NULL ? null : this.program.values.decode(code);
      if (!(value instanceof Decimal) || value.toNumber() < 0)
        throw new ExportProblem("a time that may be no number of zero or more cannot be exported");
    }
    const negative = low < 0 && low <= high ? [{ when: `${this.value(expr)} < 0`, name: "ValueError" }] : [];
    return [...this.faults(expr), ...negative];
  }

  /** Operands of arithmetic and order must be numbers; what else is possible raises, or is refused. */
  private numberFaults(expr: Expr, span: Span): Fault[] {
    const { others, low } = this.kind(expr);
    if (low <= -LIMIT) throw new ExportProblem(`numbers of ${-LIMIT} and less cannot be exported`, span);
    for (const code of others) {
      const value = code === NULL ? null : this.program.values.decode(code);
      if (value !== null && typeof value !== "boolean")
        throw new ExportProblem(
          "the model computes with integers: decimals, texts and lists cannot be exported here",
          span,
        );
    }
    return others.size === 0 ? [] : [{ when: `${this.value(expr)} >= ${LIMIT}`, name: "TypeError" }];
  }

  private binaryFaults(expr: Binary): Fault[] {
    const { operator, left, right, span } = expr;
    if (operator === "in" || operator === "not in") return [...this.faults(left), ...this.faults(right)];
    const faults = [...this.faults(left), ...this.faults(right)];
    if (operator === "==" || operator === "!=") return faults;
    faults.push(...this.numberFaults(left, span), ...this.numberFaults(right, span));
    const [a, b] = [this.kind(left), this.kind(right)];
    if (a.low > a.high || b.low > b.high) return faults;
    const [one, other] = [this.value(left), this.value(right)];
    const beyond = (low: number, high: number): void => {
      const tests = [
        ...(high >= LIMIT ? [`${one} ${operator} ${other} >= ${LIMIT}`] : []),
        ...(low <= -LIMIT ? [`${one} ${operator} ${other} <= -${LIMIT}`] : []),
      ];
      if (tests.length > 0) faults.push({ when: disjunction(tests), name: null });
    };
    if (operator === "//" || operator === "%") {
      if (b.low <= 0 && b.high >= 0) faults.push({ when: `${other} == 0`, name: "DivisionByZero" });
    } else if (operator === "+") beyond(a.low + b.low, a.high + b.high);
    else if (operator === "-") beyond(a.low - b.high, a.high - b.low);
    else if (operator === "*") {
      const most = Math.max(Math.abs(a.low), Math.abs(a.high)) * Math.max(Math.abs(b.low), Math.abs(b.high));
      const size = (text: string): string => `(${text} < 0 -> -${text} : ${text})`;
      if (most >= LIMIT)
        faults.push({ when: `(${other} != 0 && ${size(one)} > ${LIMIT - 1} / ${size(other)})`, name: null });
    }
    return faults;
  }

  private refuseOtherNumbers(kind: Kind, what: string): void {
    if ([...kind.others].some((code) => isOtherNumber(this.program, code)))
      throw new ExportProblem(`${what} that may be a decimal or a very large number cannot be exported`);
  }

  /** `x in [a, b]` */
  private among(expr: Binary): string {
    const { left, right } = expr;
    const item = this.value(left);
    if (right.op === "tuple")
      return right.items.length === 0
        ? "false"
        : `(${right.items.map((each) => `${item} == ${this.value(each)}`).join(" || ")})`;
    if (right.op === "constant") {
      const value = this.program.values.decode(right.code);
      if (Array.isArray(value)) {
        const items = value as readonly Value[];
        return items.length === 0
          ? "false"
          : `(${items.map((each) => `${item} == ${this.codes.show(this.program.values.encode(each))}`).join(" || ")})`;
      }
    }
    throw new ExportProblem("'in' with a value that is known only at run time cannot be exported", expr.span);
  }

  private member(place: Place, value: Expr): string {
    const { layout } = place;
    const item = this.value(value);
    if (layout.type === "array")
      return disjunction(Array.from({ length: layout.length }, (_, k) => `${this.at(place, k)} == ${item}`));
    if (layout.type === "scalar") throw new ExportProblem("'in' a single value cannot be exported");
    // unused cells hold 0, so only 0 could be found there by mistake
    const kind = this.kind(value);
    const maybeZero = kind.low <= 0 && kind.high >= 0;
    const stride = layout.type === "map" ? 2 : 1;
    const length = this.at(place, 0);
    return disjunction(
      Array.from({ length: layout.max }, (_, k) => {
        const same = `${this.at(place, 1 + k * stride)} == ${item}`;
        return maybeZero ? `(${length} > ${k} && ${same})` : same;
      }),
    );
  }

  private item(place: Place, index: Expr): string {
    const { layout } = place;
    if (layout.type === "list") {
      const at = this.index(index, this.at(place, 0));
      const before = this.offset(place.offset);
      return this.variables.cell(place.base + 1, before === "" ? at : `${before} + ${at}`);
    }
    if (layout.type !== "map") throw new ExportProblem("an element of this cannot be exported");
    const key = this.value(index);
    let text = "0";
    for (let k = layout.max - 1; k >= 0; k--)
      text = `((${this.at(place, 0)} > ${k} && ${this.at(place, 1 + 2 * k)} == ${key}) -> ${this.at(place, 2 + 2 * k)} : ${text})`;
    return text;
  }

  private itemFaults(expr: Expr & { op: "item" }): Fault[] {
    const { place, index } = expr;
    const faults = this.addressFaults(place);
    if (place.layout.type === "map")
      return [...faults, ...this.faults(index), { when: `!(${this.member(place, index)})`, name: "KeyError" }];
    const most = place.layout.type === "list" ? place.layout.max : 0;
    return [...faults, ...this.indexFaults(index, this.at(place, 0), most, this.leastLength(place))];
  }

  /** The least length that a list can have. */
  leastLength(place: Place): number {
    return this.kind({ op: "length", place }).low;
  }

  /** An element of a tuple or a text: by cases over the values there can be. */
  private elementCases(expr: Expr & { op: "at" }): { code: number; items: readonly Value[] }[] {
    const kind = this.kind(expr.value);
    if (expr.value.op === "tuple" || expr.value.op === "snapshot")
      throw new ExportProblem("an element of a list made at run time cannot be exported", expr.span);
    return [...kind.others].flatMap((code) => {
      const value = this.program.values.decode(code);
      return typeof value === "string"
        ? [{ code, items: [...value] }]
        : Array.isArray(value)
          ? [{ code, items: value as readonly Value[] }]
          : [];
    });
  }

  private element(expr: Expr & { op: "at" }): string {
    const whole = this.value(expr.value);
    let text = "0";
    for (const { code, items } of this.elementCases(expr)) {
      const at = this.index(expr.index, items.length);
      const chain = items.reduceRight<string>(
        (rest, item, k) => `(${at} == ${k} -> ${this.codes.show(this.program.values.encode(item))} : ${rest})`,
        "0",
      );
      text = `(${whole} == ${this.codes.show(code)} -> ${chain} : ${text})`;
    }
    return text;
  }

  private elementFaults(expr: Expr & { op: "at" }): Fault[] {
    const whole = this.value(expr.value);
    const cases = this.elementCases(expr);
    const faults = [...this.faults(expr.value), ...this.faults(expr.index)];
    const known = cases.map(({ code }) => `${whole} == ${this.codes.show(code)}`);
    const kind = this.kind(expr.value);
    if (kind.low <= kind.high || kind.others.size > cases.length)
      faults.push({ when: `!(${disjunction(known)})`, name: "TypeError" });
    for (const { code, items } of cases) {
      const mine = this.indexFaults(expr.index, String(items.length), items.length).slice(
        this.faults(expr.index).length,
      );
      faults.push(...this.provided(`${whole} == ${this.codes.show(code)}`, mine));
    }
    return faults;
  }

  private builtin(expr: Expr & { op: "builtin" }): string {
    const operands = operandsOf(expr);
    const texts = (): string[] => operands.map((operand) => this.value(operand));
    const [first] = operands;
    switch (expr.name) {
      case "abs": {
        const text = this.value(first!);
        return `(${text} < 0 -> -${text} : ${text})`;
      }
      case "sum":
        return operands.length === 0 ? "0" : `(${texts().join(" + ")})`;
      case "min":
      case "max": {
        const operator = expr.name === "min" ? "<" : ">";
        return texts().reduce((best, text) => `(${text} ${operator} ${best} -> ${text} : ${best})`);
      }
      case "len": {
        if (first?.op === "snapshot") return this.value({ op: "length", place: first.place });
        if (first?.op === "tuple") return String(first.items.length);
        const whole = this.value(first!);
        let text = "0";
        for (const code of this.kind(first!).others) {
          const value = this.program.values.decode(code);
          if (typeof value === "string" || Array.isArray(value))
            text = `(${whole} == ${this.codes.show(code)} -> ${value.length} : ${text})`;
        }
        return text;
      }
      default:
        throw new ExportProblem(`${expr.name}() cannot be exported`, expr.span);
    }
  }

  private builtinFaults(expr: Expr & { op: "builtin" }): Fault[] {
    const operands = operandsOf(expr);
    const faults = operands.flatMap((operand) => this.faults(operand));
    if (expr.name === "len") {
      const [first] = operands;
      if (first === undefined || first.op === "snapshot" || first.op === "tuple") return faults;
      const kind = this.kind(first);
      const good = [...kind.others].filter(
        (code) =>
          typeof this.program.values.decode(code) === "string" || Array.isArray(this.program.values.decode(code)),
      );
      if (kind.low > kind.high && good.length === kind.others.size) return faults;
      return [
        ...faults,
        {
          when: `!(${disjunction(good.map((code) => `${this.value(first)} == ${this.codes.show(code)}`))})`,
          name: "TypeError",
        },
      ];
    }
    if (expr.name === "str" || expr.name === "keys" || expr.name === "values") return faults;
    if (operands.length === 1 && expr.name !== "abs" && [...this.kind(operands[0]!).others].length > 0)
      throw new ExportProblem(`${expr.name}() of one value cannot be exported`, expr.span);
    if (operands.length === 0 && expr.name !== "sum")
      throw new ExportProblem(`${expr.name}() of nothing cannot be exported`, expr.span);
    faults.push(...operands.flatMap((operand) => this.numberFaults(operand, expr.span)));
    if (expr.name === "sum") {
      const total = operands.reduce((sum, operand) => {
        const { low, high } = this.kind(operand);
        return sum + Math.max(Math.abs(low), Math.abs(high));
      }, 0);
      if (total >= 2 * LIMIT)
        throw new ExportProblem("a sum of numbers that may grow without bound cannot be exported", expr.span);
      if (total >= LIMIT)
        faults.push({ when: `(${this.value(expr)} >= ${LIMIT} || ${this.value(expr)} <= -${LIMIT})`, name: null });
    }
    return faults;
  }

  private state(id: number): string {
    const { program } = this;
    const task = program.tasks[id]!;
    const life = this.variables.cell(task.lifeSlot);
    const name = (text: string): string => this.codes.show(program.values.encode(text));
    // who has no parent in the model (a thread, a process that nobody starts) is never a zombie
    const isZombie = (): string =>
      disjunction(
        program.tasks.map(
          (parent) => `(${this.variables.cell(task.parentSlot)} == ${parent.id} && (${this.lives(parent.id)}))`,
        ),
      );
    const ended =
      task.type !== "process" || task.parentSlot < 0
        ? name("ended")
        : `((${isZombie()}) -> ${name("zombie")} : ${name("ended")})`;
    return `(${life} == Reaped -> ${name("ended")} : (${life} == Ended -> ${ended} : (${life} == Created -> ${name("new")} : ${name("ready")})))`;
  }

  /** Whether a task is alive or about to die. */
  lives(task: number): string {
    const life = this.variables.cell(this.program.tasks[task]!.lifeSlot);
    return `${life} == ${LIFE_NAMES[LIFE.alive]} || ${life} == ${LIFE_NAMES[LIFE.dying]}`;
  }
}

const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "//", "%"]);

export function disjunction(texts: readonly string[]): string {
  return texts.length === 0 ? "false" : texts.length === 1 ? texts[0]! : `(${texts.join(" || ")})`;
}
