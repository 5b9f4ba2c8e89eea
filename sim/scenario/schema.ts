/**
 * The JSON Schema of scenarios (draft-07, which YAML language servers read), made from the same registries as the checker:
 * statements, kinds of resources, scheduling policies. It flags unknown keys and wrong shapes; names and expressions are
 * left to `sim validate`.
 */
import { KIND_NAMES, kindText } from "../prelude/registry.ts";
import { type KindDefinition, readDefinition } from "./definition.ts";
import { FINDING_KINDS } from "./expect.ts";
import type { StatementForm } from "./form.ts";
import { COUNT_MAX } from "./resource.ts";
import { KINDS_ONLY, STATEMENTS } from "./statement.ts";
import { UNITS } from "./time.ts";

export interface SchemaOptions {
  /** the scheduling policies: what the schema says of each */
  readonly policies: readonly {
    readonly name: string;
    readonly about: string;
    readonly parameters: readonly {
      readonly name: string;
      readonly type: string;
      readonly choices?: readonly string[];
      readonly about: string;
    }[];
  }[];
  /** parameters that every policy takes: the rules on which textbooks disagree */
  readonly conventions?: readonly {
    readonly name: string;
    readonly choices: readonly string[];
    readonly about: string;
  }[];
  /** kinds of resources with their texts; the prelude's if left out */
  readonly kinds?: readonly { readonly name: string; readonly text: string }[];
}

type Schema = Record<string, unknown>;

const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const text = (description: string): Schema => ({ type: "string", description });
const anyOf = (...schemas: Schema[]): Schema => ({ anyOf: schemas });

function closed(properties: Record<string, Schema>, required: readonly string[] = [], description?: string): Schema {
  return {
    type: "object",
    ...(description === undefined ? {} : { description }),
    properties,
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function mapOf(schema: Schema, description: string): Schema {
  return { type: ["object", "null"], description, additionalProperties: schema };
}

const EXPRESSION: Schema = ref("expression");
const TIME: Schema = ref("time");
const WAITING: Record<string, Schema> = {
  timeout: ref("timeout"),
  block: ref("blocking"),
  into: ref("into"),
};

/** The schema as plain data, ready for JSON. */
export function scenarioSchema(options: SchemaOptions): Record<string, unknown> {
  const sources = options.kinds ?? KIND_NAMES.map((name) => ({ name, text: kindText(name) ?? "" }));
  const kinds = sources.flatMap(
    ({ name, text: content }) => readDefinition(name, { file: `prelude/${name}.yaml`, text: content }) ?? [],
  );
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "sim scenario",
    description: "What exists, what each process does, and what must always hold: see docs/language.md.",
    type: "object",
    properties: {
      name: text("the scenario's name; the file's name if left out"),
      about: text("what it shows"),
      unit: { enum: UNITS, description: "what a bare number of time means (default: tick)" },
      until: { ...TIME, description: "the run stops at this time" },
      cpu: cpuSchema(options),
      shared: mapOf(ref("start"), "shared memory: every process sees it"),
      atomics: mapOf(ref("start"), "shared variables whose every access is synchronisation"),
      resources: mapOf({}, "locks, queues, …: name to kind, or to a map with type:"),
      kinds: mapOf(ref("kind"), "kinds of resources of your own"),
      functions: {},
      processes: {},
      check: ref("check"),
      expect: ref("expect"),
    },
    required: ["processes"],
    additionalProperties: false,
    // with kinds of one's own, statements and resources may have words that this schema cannot know
    if: { required: ["kinds"] },
    then: sections("Open", {}),
    else: sections("", ref("resource")),
    definitions: {
      expression: {
        description: "an expression: a constant, or a text such as tickets - 1",
        type: ["string", "number", "boolean", "null", "array"],
      },
      time: {
        description: "a time: a number, one with a unit (200 ms), an expression, or uniform(1, 3) and the like",
        type: ["number", "string"],
        minimum: 0,
      },
      timeout: { description: "gives up after that long", type: ["number", "string", "null"], minimum: 0 },
      blocking: {
        description: "false: gives up at once instead of waiting",
        type: ["string", "number", "boolean", "null"],
      },
      into: text("the variable that takes the result"),
      start: {
        description:
          "a start value: a number, text, true, false, null, [0, 0], { a: 1 }, array(5, 0), list(max: 8) or map(max: 8)",
        type: ["number", "string", "boolean", "null", "array", "object"],
      },
      resource: resourceSchema(kinds),
      kind: kindSchema(),
      check: checkSchema(),
      expect: expectSchema(),
      ...behaviour("", kinds),
      ...behaviour("Open", kinds),
    },
  };
}

function sections(suffix: string, resource: Schema): Schema {
  return {
    properties: {
      resources: { additionalProperties: resource },
      functions: mapOf(ref(`function${suffix}`), "functions that processes call"),
      processes: mapOf(ref(`process${suffix}`), "what runs"),
    },
  };
}

// ------------------------------------------------------------------------------------------------ processes, statements

function behaviour(suffix: string, kinds: readonly KindDefinition[]): Record<string, Schema> {
  const block = ref(`block${suffix}`);
  const common: Record<string, Schema> = {
    about: text("what it does, in words"),
    count: {
      type: "integer",
      minimum: 1,
      maximum: COUNT_MAX,
      description: "makes an array of them: name[0], name[1], …",
    },
    arrival: { ...TIME, description: "when it starts (default 0); may use i" },
    start: { enum: ["auto", "manual"], description: "manual: starts when a start: names it" },
    daemon: { type: "boolean", description: "does not keep the others waiting for its end" },
    vars: mapOf(ref("start"), 'its own memory; a text that starts with "=" is an expression over i'),
    do: { ...block, description: "what it does, step by step" },
  };
  const number = (description: string): Schema => ({ type: ["number", "string"], description });
  const scheduled: Record<string, Schema> = {
    burst: { ...TIME, description: "one CPU burst" },
    bursts: { type: "array", items: TIME, description: "cpu, io, cpu, … in turn" },
    priority: number("for priority schedulers"),
    nice: number("for cfs"),
    tickets: number("for lottery and stride"),
    weight: number("for cfs"),
    queue: number("which queue of mlq"),
    period: { ...TIME, description: "a job is released each period" },
    deadline: { ...TIME, description: "each job is due that long after its release" },
  };
  const coroutines = mapOf(
    ref(`coroutine${suffix}`),
    "share its memory and one thread; change over only at yield, switch or a co-operative wait",
  );
  const { period, deadline, ...forThreads } = scheduled;
  const process = closed({
    ...common,
    ...scheduled,
    memory: { enum: ["spawn", "fork"], description: "fork: starts with a copy of its parent's memory" },
    gil: anyOf({ type: "boolean", description: "one thread at a time on the CPU" }, closed({ switch_interval: TIME })),
    switch_interval: { ...TIME, description: "the gil is handed over this often" },
    threads: mapOf(ref(`thread${suffix}`), "share its memory"),
    coroutines,
  });
  return {
    [`block${suffix}`]: anyOf({ type: "array", items: ref(`statement${suffix}`) }, ref(`statement${suffix}`)),
    [`statement${suffix}`]: statementSchema(block, suffix === "Open", kinds),
    [`process${suffix}`]: { ...process, type: ["object", "null"] },
    [`thread${suffix}`]: closed({
      ...common,
      ...forThreads,
      ...(period === undefined || deadline === undefined ? {} : { period, deadline }),
      coroutines,
    }),
    [`coroutine${suffix}`]: closed(common),
    [`function${suffix}`]: closed(
      {
        about: text("what it does, in words"),
        params: anyOf({ type: "array", items: { type: "string" } }, mapOf(ref("start"), "parameters with defaults")),
        vars: mapOf(ref("start"), "its own memory"),
        do: block,
      },
      ["do"],
    ),
  };
}

function statementSchema(block: Schema, open: boolean, kinds: readonly KindDefinition[]): Schema {
  const forms = [...STATEMENTS.values()].filter((form) => open || form.inKinds !== true || !KINDS_ONLY.has(form.word));
  const alternatives: Schema[] = [
    { type: "string", description: "an assignment (x = y + 1), a call (f(x), q.put(x)), or a word such as yield" },
    ...forms.map((form) => formSchema(form, block)),
    ...operationSchemas(kinds),
  ];
  if (open)
    alternatives.push({
      type: "object",
      description: "an operation of a kind of your own",
      minProperties: 1,
      not: anyOf(...forms.map((form) => ({ required: [form.word] }))),
    });
  return { anyOf: alternatives };
}

function formSchema(form: StatementForm, block: Schema): Schema {
  const properties: Record<string, Schema> = {
    [form.word]: { ...valueSchema(form.word, block), description: form.about },
  };
  for (const sibling of form.siblings) properties[sibling] = siblingSchema(sibling, block);
  const required = [form.word];
  if (form.siblings.includes("then")) required.push("then");
  else if (form.siblings.includes("do") && form.word !== "loop") required.push("do");
  return closed(properties, required);
}

function valueSchema(word: string, block: Schema): Schema {
  const tasks = anyOf({ type: "string" }, { type: "array", items: { type: "string" } }, { type: "object" });
  switch (word) {
    case "cpu":
      return TIME;
    case "sleep":
      return anyOf(
        TIME,
        closed({ time: TIME, cooperative: { type: "boolean", description: "false holds the whole thread" } }, ["time"]),
      );
    case "io":
      return anyOf(TIME, closed({ time: TIME, device: text("serves one at a time") }, ["time"]));
    case "print":
      return { type: ["string", "number", "boolean", "null"] };
    case "assert":
    case "require":
      return anyOf(EXPRESSION, closed({ that: EXPRESSION, message: text("what a violation says") }, ["that"]));
    case "for":
    case "choose":
    case "pick":
      return { type: "object", minProperties: 1, maxProperties: 1 };
    case "atomic":
    case "try":
      return block;
    case "loop":
      return anyOf(block, { type: "null" });
    case "with":
      return anyOf({ type: "string" }, { type: "array", items: { type: ["string", "object"] } }, { type: "object" });
    case "start":
    case "join":
    case "wait_any":
    case "terminate":
      return tasks;
    case "switch":
    case "call":
      return { type: "string" };
    case "raise":
      return anyOf({ type: ["string", "null"] }, closed({ named: EXPRESSION }, ["named"]));
    case "yield":
    case "break":
    case "continue":
    case "pass":
      return { type: "null" };
    default:
      return EXPRESSION;
  }
}

function siblingSchema(name: string, block: Schema): Schema {
  switch (name) {
    case "catch":
      return { type: "object", description: "exception to statements; any catches all", additionalProperties: block };
    case "message":
      return text("what a violation says");
    case "args":
      return { type: ["object", "array"], description: "start values, or the arguments of the call" };
    case "cooperative":
      return { type: "boolean", description: "false holds the whole thread" };
    case "device":
      return text("serves one at a time");
    case "functions":
      return text("the parameter of the kind's operations under which the function was given");
    case "error":
      return text("the variable that gets the name of an exception, or null");
    default:
      return WAITING[name] ?? block;
  }
}

function operationSchemas(kinds: readonly KindDefinition[]): Schema[] {
  const words = new Map<string, { about: string[]; parameters: Set<string>; kinds: string[] }>();
  for (const kind of kinds) {
    for (const operation of kind.operations) {
      if (operation.internal) continue;
      const known = words.get(operation.name) ?? { about: [], parameters: new Set<string>(), kinds: [] };
      known.about.push(`${kind.name}: ${operation.about}`);
      known.kinds.push(kind.name);
      for (const name of operation.parameters) known.parameters.add(name);
      words.set(operation.name, known);
    }
  }
  return [...words].map(([word, { about, parameters, kinds: names }]) => {
    const values = Object.fromEntries([...parameters].map((name) => [name, EXPRESSION]));
    const resources = Object.fromEntries(
      [...names, "of", "on", "to", "from", "resource"].map((name) => [name, text("the resource")]),
    );
    const inside = closed({ ...resources, ...values, ...WAITING });
    const value = { description: about.join("; "), anyOf: [{ type: "string" }, { type: "array" }, inside] };
    return closed({ [word]: value, ...values, ...WAITING }, [word]);
  });
}

// ------------------------------------------------------------------------------------------------ everything else

function resourceSchema(kinds: readonly KindDefinition[]): Schema {
  const names = kinds.map((kind) => kind.name);
  return anyOf(
    { enum: names, description: kinds.map((kind) => `${kind.name}: ${kind.about}`).join("\n") },
    ...kinds.map((kind) => {
      const options: Record<string, Schema> = {
        type: { const: kind.name, description: kind.about },
        count: { type: "integer", minimum: 1, maximum: COUNT_MAX, description: "makes an array of them" },
      };
      for (const option of kind.options) {
        const choices = option.choices === null ? {} : { enum: option.choices };
        options[option.name] = {
          description: option.about,
          ...choices,
          ...(option.resource === null ? {} : { type: ["string", "null"] }),
        };
      }
      return closed(options, [
        "type",
        ...kind.options
          .filter((option) => option.default === undefined && option.resource === null)
          .map((option) => option.name),
      ]);
    }),
  );
}

function kindSchema(): Schema {
  const block = ref("blockOpen");
  const step = {
    when: EXPRESSION,
    do: block,
    time: EXPRESSION,
    missed: block,
    only: EXPRESSION,
    continues: { type: "boolean" },
  };
  const operation = closed({
    about: text("what it does, in one line"),
    params: { type: ["array", "object"], description: "names, or names with defaults" },
    miss: text("the exception that a miss raises: Full, Empty, Timeout"),
    internal: { type: "boolean", description: "only for the operations of other kinds" },
    steps: { type: "array", items: closed(step) },
    ...step,
  });
  const task = closed(
    {
      about: text("what it does"),
      only: EXPRESSION,
      count: EXPRESSION,
      thread: { ...EXPRESSION, description: "a thread of the process that uses the resource, instead of a process" },
      for: text("in every process that gives a function for this parameter"),
      do: block,
    },
    ["do"],
  );
  return closed(
    {
      kind: text("its name"),
      about: text("what it is"),
      rule: text("when it blocks"),
      misuse: text("what is misuse"),
      example: text("a scenario that uses it"),
      options: mapOf({}, "option to default, or to { default, choices, about, required, resource, min }"),
      fields: mapOf({}, "what it remembers: field to its start value, an expression over the options"),
      operations: mapOf(operation, "what can be done with it"),
      views: mapOf({}, "what can be asked in expressions"),
      with: {
        type: "array",
        items: { type: "string" },
        minItems: 2,
        maxItems: 2,
        description: "the operations of with:",
      },
      holder: text("the field with the task, or list of tasks, that can end a wait"),
      ends: { type: "array", items: { type: "string" } },
      tasks: mapOf(task, "tasks that come with every resource of this kind, in whose code it is `self`"),
    },
    ["operations"],
  );
}

function cpuSchema(options: SchemaOptions): Schema {
  const parameters: Record<string, Schema> = {};
  for (const policy of options.policies) {
    for (const parameter of policy.parameters) {
      const before = parameters[parameter.name]?.description;
      const description = `${typeof before === "string" ? `${before}; ` : ""}${policy.name}: ${parameter.about}`;
      parameters[parameter.name] = { description };
    }
  }
  for (const rule of options.conventions ?? []) parameters[rule.name] = { enum: rule.choices, description: rule.about };
  const names = {
    enum: options.policies.map((policy) => policy.name),
    description: options.policies.map((policy) => `${policy.name}: ${policy.about}`).join("\n"),
  };
  const map: Schema = {
    type: "object",
    properties: { policy: names, ...parameters },
    required: ["policy"],
    ...(options.conventions === undefined ? {} : { additionalProperties: false }),
  };
  return closed(
    {
      cores: { type: "integer", minimum: 1, maximum: 64, description: "number of cores (default 1)" },
      scheduler: anyOf(names, map),
      context_switch: { ...TIME, description: "time a core needs to change over to another process" },
      step: { ...TIME, description: "CPU time of each step" },
    },
    [],
    "the machine",
  );
}

function checkSchema(): Schema {
  const group = (description: string) => mapOf(EXPRESSION, description);
  return {
    ...closed({
      always: group("holds in every reachable state"),
      finally: group("holds in every state in which all but daemons have ended"),
      eventually: group("comes about in every fair endless run too"),
      reachable: group("at least one run gets there"),
      allow: anyOf({ type: "array", items: { enum: FINDING_KINDS } }, { enum: FINDING_KINDS }),
    }),
    type: ["object", "null"],
  };
}

function expectSchema(): Schema {
  const names = anyOf({ type: "string" }, { type: "array", items: { type: "string" } });
  return {
    ...closed({
      holds: { type: "boolean", description: "nothing is found" },
      violates: { ...names, description: "these properties do not hold" },
      deadlock: { type: "boolean" },
      race: { ...names, description: "a data race on these variables" },
      output: { description: "the lines of a run", type: ["array", "string", "number", "boolean", "null"] },
      ends: { type: "object", description: "shared values at the end of a run" },
      outcomes: {
        type: "array",
        items: { type: "object" },
        description: "the exact set of final values over all orders",
      },
      finish: { type: "object", additionalProperties: TIME, description: "when processes end" },
      average: closed({ turnaround: TIME, waiting: TIME, response: TIME }),
      misses: {
        type: ["object", "null"],
        additionalProperties: anyOf(TIME, { type: "array", items: TIME }),
        description: "the missed deadlines of a run: when the late jobs of each process were due; {} for none",
      },
      finds: anyOf({ type: "array", items: { enum: FINDING_KINDS } }, { enum: FINDING_KINDS }),
    }),
    type: ["object", "null"],
    description: "what this file is here to show; sim test holds it to that",
  };
}
