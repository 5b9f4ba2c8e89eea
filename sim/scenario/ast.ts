/**
 * The checked scenario: what the rest of sim sees of a YAML file.
 *
 * `check.ts` makes it, with every name resolved to the object that declares it (identity matters: two variables of one
 * name are two `Variable` objects). `program/` lowers it. Nothing later looks at YAML again.
 */
import type { Decimal } from "../base/decimal.ts";

/** A stretch of the source text, as offsets [start, end) into the file's text. Line and column come from `Source`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A value of the language. Integers are exact to 2^53; a `Decimal` is an exact decimal fraction; an array is an immutable tuple. */
export type Value = number | boolean | string | null | Decimal | readonly Value[];

/** What a variable starts as: one value, or a container with its (fixed or greatest) length. */
export type Initial =
  | { readonly type: "scalar"; readonly value: Value }
  | { readonly type: "array"; readonly items: readonly Initial[] }
  | { readonly type: "list"; readonly max: number | null; readonly items: readonly Value[] }
  | { readonly type: "map"; readonly max: number; readonly entries: readonly (readonly [Value, Value])[] };

/**
 * Where a variable lives.
 * shared/atomic: `shared:` and `atomics:`. process: `vars:` of a process (its threads and coroutines see it too).
 * task: `vars:` of a thread or coroutine, loop variables, `into:` names. parameter/local: of a function.
 * field/option/argument: of a resource kind.
 */
export type Storage = "shared" | "atomic" | "process" | "task" | "parameter" | "field" | "option" | "argument";

export interface Variable {
  readonly name: string;
  readonly storage: Storage;
  /** For options, arguments and parameters: the default (null if it must be given). A field's initial may be an expression over options. */
  readonly initial: Initial | null;
  /** Process variables over `i` (`"= i + 1"`), and fields of kinds whose start value depends on the options (`free: permits`).
   * With an `initial` of type list, map or array beside it, it gives that container's `max` (0 or null: unbounded) or length:
   * `list(max: capacity)`, `array(parties, 0)` (whose one item in `initial` is the value of every element). */
  readonly initialExpression: Expression | null;
  readonly span: Span;
}

// ---------------------------------------------------------------------------------------------------------- expressions

export type BinaryOperator = "+" | "-" | "*" | "//" | "%" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not in";

export type Expression = { readonly span: Span } & (
  | { readonly kind: "constant"; readonly value: Value }
  | { readonly kind: "variable"; readonly variable: Variable }
  /** `me` (full name), `i` (index within `count`, 0 without), `pid`, `ppid`, `now` */
  | { readonly kind: "self"; readonly name: "me" | "i" | "pid" | "ppid" | "now" }
  | { readonly kind: "index"; readonly target: Expression; readonly index: Expression }
  | { readonly kind: "tuple"; readonly items: readonly Expression[] }
  | { readonly kind: "unary"; readonly operator: "-" | "not"; readonly operand: Expression }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** short-circuit, as in Python: the value is that of the operand which decided */
  | { readonly kind: "logic"; readonly operator: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "conditional"; readonly test: Expression; readonly then: Expression; readonly else: Expression }
  /** len, min, max, abs, str, keys…: pure functions of values */
  | { readonly kind: "builtin"; readonly name: Builtin; readonly arguments: readonly Expression[] }
  /** a view of a resource: `size(q)`, `is_set(e)` */
  | {
      readonly kind: "view";
      readonly view: string;
      readonly resource: ResourceReference;
      readonly arguments: readonly Expression[];
    }
  /** `alive(child)`, `state(child)`, `exitcode(child)`, `name(child)`, `pid_of(child)`: about one task */
  | { readonly kind: "task"; readonly question: TaskQuestion; readonly task: TaskReference }
  /** `count_of(worker)`: how many of an array, or `active_count()`: how many tasks are alive */
  | { readonly kind: "count"; readonly what: "declared" | "alive"; readonly task: TaskReference | null }
  /** `person[2].seen` in `check:`: a variable of one process seen from outside */
  | { readonly kind: "remote"; readonly task: TaskReference; readonly variable: Variable }
  /** random times: only where a time is expected (`sleep`, `cpu`, `io`, `timeout`) */
  | { readonly kind: "random"; readonly distribution: Distribution; readonly arguments: readonly Expression[] }
);

export type Builtin = "len" | "min" | "max" | "abs" | "str" | "sum" | "keys" | "values";
export type Distribution = "uniform" | "exponential" | "normal" | "choice" | "randint";
export type TaskQuestion = "alive" | "state" | "exitcode" | "pid_of" | "name_of";

/** A resource, one element of an array of resources, or (for pipes) one end of it. `index` null on an array means: not allowed here. */
export interface ResourceReference {
  /** a `Variable` stands for a resource that is an option of the kind (`condition: { lock: gate }`), inside its operations */
  readonly resource: Resource | Variable;
  readonly index: Expression | null;
  /** `p.a`, `p.b` */
  readonly end: string | null;
  readonly span: Span;
}

/** A process, thread or coroutine. An array's bare name (index null, count not null) means all of them. */
export interface TaskReference {
  readonly process: Process;
  readonly index: Expression | null;
  readonly span: Span;
}

/** Something that can be assigned to: a variable, or an element of an array, list or map. */
export interface Target {
  readonly variable: Variable;
  /** one for each dimension; empty for the whole variable */
  readonly indices: readonly Expression[];
  readonly span: Span;
}

/** A text with `{expressions}` in it. */
export type TextPart = string | Expression;

// ----------------------------------------------------------------------------------------------------------- statements

/** `timeout`, `block` and `into`, as every blocking statement takes them. */
export interface Waiting {
  readonly timeout: Expression | null;
  readonly block: Expression | null;
  readonly into: Target | null;
}

export type Statement = {
  readonly span: Span;
} /** `a, b = b, a` has two targets and two values; `x = 3` has one of each */ & (
  | { readonly kind: "assign"; readonly targets: readonly Target[]; readonly values: readonly Expression[] }
  | {
      readonly kind: "augment";
      readonly target: Target;
      readonly operator: "+" | "-" | "*" | "//" | "%";
      readonly value: Expression;
    }
  /** `xs.append(v)`, `x = xs.pop(0)`, `xs.remove(v)`, `xs.insert(k, v)`, `xs.clear()`, `del d[k]` (method "delete"), `d.pop(k)` */
  | {
      readonly kind: "mutate";
      readonly target: Target;
      readonly method: Mutation;
      readonly arguments: readonly Expression[];
      readonly into: Target | null;
    }
  | { readonly kind: "cpu"; readonly time: Expression }
  | { readonly kind: "sleep"; readonly time: Expression; readonly cooperative: boolean }
  | { readonly kind: "io"; readonly time: Expression; readonly device: string | null }
  | { readonly kind: "yield" }
  | { readonly kind: "switch"; readonly task: TaskReference }
  | { readonly kind: "print"; readonly text: readonly TextPart[] }
  | { readonly kind: "assert"; readonly that: Expression; readonly message: readonly TextPart[] | null }
  /** only inside operations of a kind: misuse where it is false */
  | { readonly kind: "require"; readonly that: Expression; readonly message: readonly TextPart[] | null }
  | {
      readonly kind: "if";
      readonly test: Expression;
      readonly then: readonly Statement[];
      readonly else: readonly Statement[];
    }
  | { readonly kind: "while"; readonly test: Expression; readonly body: readonly Statement[] }
  | { readonly kind: "repeat"; readonly times: Expression; readonly body: readonly Statement[] }
  | { readonly kind: "for"; readonly variable: Variable; readonly over: ForRange; readonly body: readonly Statement[] }
  | { readonly kind: "loop"; readonly body: readonly Statement[] }
  | { readonly kind: "break" }
  | { readonly kind: "continue" }
  | ({ readonly kind: "when"; readonly test: Expression } & Waiting)
  | {
      readonly kind: "with";
      readonly resource: ResourceReference;
      readonly enter: string;
      readonly leave: string;
      readonly body: readonly Statement[];
    }
  | { readonly kind: "atomic"; readonly body: readonly Statement[] }
  | ({
      readonly kind: "operate";
      readonly operation: Operation;
      readonly resource: ResourceReference;
      readonly arguments: ReadonlyMap<Variable, Expression>;
    } & Waiting)
  /** `arguments` are start values for variables of the started tasks */
  | {
      readonly kind: "start";
      readonly tasks: readonly TaskReference[];
      readonly arguments: ReadonlyMap<Variable, Expression>;
    }
  | ({ readonly kind: "join"; readonly tasks: readonly TaskReference[] } & Waiting)
  | { readonly kind: "terminate"; readonly tasks: readonly TaskReference[] }
  | ({ readonly kind: "wait_any"; readonly tasks: readonly TaskReference[] } & Waiting)
  | {
      readonly kind: "call";
      readonly function: Function;
      readonly arguments: readonly Expression[];
      readonly into: Target | null;
    }
  | { readonly kind: "return"; readonly value: Expression | null }
  | {
      readonly kind: "try";
      readonly body: readonly Statement[];
      readonly catches: readonly Catch[];
      readonly finally: readonly Statement[];
    }
  /** `name` null re-raises inside a catch */
  | { readonly kind: "raise"; readonly name: string | null }
  | { readonly kind: "choose"; readonly target: Target; readonly options: readonly Expression[] }
  /** only inside operations of a kind: one of 0 … count−1, every one of them in a check and the first in a run */
  | { readonly kind: "pick"; readonly target: Target; readonly count: Expression }
  | { readonly kind: "exit"; readonly code: Expression | null }
);

export type Mutation = "append" | "insert" | "pop" | "remove" | "clear" | "delete" | "extend";

/** `[a, b]` literal items, `0..4` (both ends included), or the elements of a list or array expression */
export type ForRange =
  | { readonly type: "items"; readonly items: readonly Expression[] }
  | { readonly type: "range"; readonly from: Expression; readonly to: Expression }
  | { readonly type: "elements"; readonly of: Expression };

export interface Catch {
  /** null catches any */
  readonly name: string | null;
  readonly body: readonly Statement[];
}

export interface Function {
  readonly name: string;
  readonly parameters: readonly Variable[];
  readonly locals: readonly Variable[];
  /** filled in after all functions are declared, so that they may call each other (never in a cycle) */
  body: readonly Statement[];
  readonly span: Span;
}

// ------------------------------------------------------------------------------------------------------------ resources

/** A kind of resource, from the prelude or from `kinds:` of the scenario. */
export interface Kind {
  readonly name: string;
  readonly about: string;
  readonly options: readonly Variable[];
  readonly fields: readonly Variable[];
  readonly operations: ReadonlyMap<string, Operation>;
  /** operations this kind has with other options only, each with the option that gives it: task_done → joinable */
  readonly absent: ReadonlyMap<string, string>;
  /** pure expressions over fields, options and the view's parameters */
  readonly views: ReadonlyMap<string, { readonly parameters: readonly Variable[]; readonly value: Expression }>;
  /** the two operations of `with:`; null where the kind has none */
  readonly with: { readonly enter: string; readonly leave: string } | null;
  /** who can end the wait: a field holding a task or a list of tasks; null: anybody */
  readonly holder: Variable | null;
  /** names of the ends (`p.a`, `p.b`); empty for kinds without */
  readonly ends: readonly string[];
  /** in operations and views of a kind with ends: which end it is used at, 0 for the first */
  readonly end: Variable | null;
  /** the text that the spans inside this kind belong to */
  readonly source: Source;
  readonly span: Span;
}

export interface Operation {
  readonly name: string;
  readonly parameters: readonly Variable[];
  /** One element for each step of the operation (nearly always one). Each step is atomic; its `when` is the guard. */
  readonly steps: readonly OperationStep[];
  /** what a miss (block: false, timeout) raises: Full, Empty or Timeout */
  readonly miss: string;
  /** other names that callers may use for a parameter: `item` for `value` */
  readonly aliases: ReadonlyMap<string, Variable>;
  /** parameters that take a call or the name of a function instead of a value, and how many values that function gets */
  readonly functions: ReadonlyMap<Variable, FunctionParameter>;
  /** variables of the body that are not parameters; they live from the first step to the last */
  readonly locals: readonly Variable[];
  /** only for the operations of other kinds: a condition gives its lock back with one */
  readonly internal: boolean;
  /** in one line, for documentation */
  readonly about: string;
  readonly span: Span;
}

/**
 * `call: square(3)` becomes the tuple ["square", 3]; `callback: report` the text "report", for a function of so many
 * arguments. A task of the resource performs them.
 */
export type FunctionParameter = { readonly type: "call" } | { readonly type: "name"; readonly arguments: number };

export interface OperationStep {
  /** time that passes (off the CPU) before this step; null: none */
  readonly time: Expression | null;
  /** blocks until true; null never blocks */
  readonly when: Expression | null;
  readonly body: readonly Statement[];
  /** run when this step's wait ends by timeout or `block: false`, before the miss is reported */
  readonly missed: readonly Statement[];
  /**
   * After `missed` the steps that follow still run, and the miss is reported at the end (a timed wait on a condition takes
   * its lock back first). Neither timeout nor `block: false` concerns the steps after this one.
   */
  readonly continues: boolean;
}

export interface Resource {
  readonly name: string;
  readonly kind: Kind;
  /** option → its value, defaults filled in; a resource named by an option is a `Resource` */
  readonly options: ReadonlyMap<Variable, Value | Resource>;
  readonly count: number | null;
  readonly span: Span;
}

// ------------------------------------------------------------------------------------------------------------ processes

/** A process, thread or coroutine (or an array of them). */
export interface Process {
  readonly name: string;
  readonly type: "process" | "thread" | "coroutine";
  /** the process a thread or coroutine belongs to */
  readonly owner: Process | null;
  readonly count: number | null;
  readonly arrival: Expression;
  readonly start: "auto" | "manual";
  readonly daemon: boolean;
  /** comes with a resource (a pool's worker): it lives as long as any process that is no daemon */
  readonly ofResource?: boolean;
  readonly memory: "spawn" | "fork";
  readonly variables: readonly Variable[];
  readonly threads: readonly Process[];
  readonly coroutines: readonly Process[];
  /** `burst:`/`bursts:` arrive here as `cpu` and `io` statements */
  body: readonly Statement[];
  /** released again each period, the body being one job */
  readonly period: Expression | null;
  readonly deadline: Expression | null;
  readonly gil: { readonly switchInterval: Decimal | null } | null;
  /** for the schedulers that read them; an expression may use `i` */
  readonly attributes: ReadonlyMap<"priority" | "nice" | "tickets" | "weight" | "queue", Expression>;
  readonly span: Span;
}

// ------------------------------------------------------------------------------------------------------------- scenario

/** A scheduler and its parameters, not yet checked by the policy: plain values as in the file. */
export interface SchedulerSpecification {
  readonly policy: string;
  readonly parameters: ReadonlyMap<string, SchedulerParameter>;
  readonly span: Span;
}
export type SchedulerParameter = {
  readonly value: Value | readonly SchedulerParameter[] | ReadonlyMap<string, SchedulerParameter>;
  readonly span: Span;
};

export type Unit = "tick" | "us" | "ms" | "s" | "min";

export interface Property {
  readonly name: string;
  readonly test: Expression;
}

export type FindingKind =
  | "invariant"
  | "final"
  | "eventually"
  | "unreachable"
  | "assertion"
  | "exception"
  | "deadlock"
  | "data_race"
  | "misuse"
  | "livelock"
  | "starvation"
  | "lost_wakeup"
  | "zombie";

export interface Expectation {
  readonly holds: boolean | null;
  readonly violates: readonly string[];
  readonly deadlock: boolean | null;
  readonly race: readonly string[];
  readonly output: readonly string[] | null;
  readonly ends: ReadonlyMap<string, unknown> | null;
  readonly outcomes: readonly ReadonlyMap<string, unknown>[] | null;
  readonly finish: ReadonlyMap<string, Decimal> | null;
  readonly average: ReadonlyMap<"turnaround" | "waiting" | "response", Decimal> | null;
  /** when the jobs were due that come too late, by process; empty: no deadline is missed */
  readonly misses: ReadonlyMap<string, readonly Decimal[]> | null;
  /** any finding by its kind: `finds: lost_wakeup` */
  readonly finds: readonly FindingKind[];
  readonly span: Span;
}

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly unit: Unit;
  /** stop here (in units), as `--until` does */
  readonly until: Decimal | null;
  readonly cores: number;
  readonly scheduler: SchedulerSpecification;
  readonly contextSwitch: Decimal;
  /** the CPU time of each step */
  readonly stepCost: Decimal;
  readonly shared: readonly Variable[];
  readonly atomics: readonly Variable[];
  readonly resources: readonly Resource[];
  readonly processes: readonly Process[];
  readonly check: {
    readonly always: readonly Property[];
    readonly finally: readonly Property[];
    readonly eventually: readonly Property[];
    readonly reachable: readonly Property[];
    readonly allow: readonly FindingKind[];
  };
  readonly expect: Expectation | null;
  readonly source: Source;
  /** `--set name=value` as they were given */
  readonly set: readonly { readonly name: string; readonly value: string }[];
}

/** The text a scenario came from. */
export interface Source {
  /** the path as the user wrote it */
  readonly file: string;
  readonly text: string;
}
