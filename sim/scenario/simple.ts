/** Statements that do one thing: time, output, claims, values. */
import type { Expression, Statement } from "./ast.ts";
import { isFailure, readExpression, reportFailure, resolve } from "./expression.ts";
import {
  type Input,
  loopTarget,
  readBoolean,
  refuseUnknownKeys,
  requiredEntry,
  type StatementForm,
  singleEntry,
} from "./form.ts";
import { raiseNamed } from "./perform.ts";
import { parseRange } from "./syntax.ts";
import { readText, readTime } from "./time.ts";
import type { Node } from "./tree.ts";

export function isNull(node: Node): boolean {
  return node.type === "scalar" && node.value === null;
}

const CPU: StatementForm = {
  word: "cpu",
  siblings: [],
  about: "needs the CPU for that long; pre-emptible",
  build: (input) => ({ kind: "cpu", time: readTime(input.context, input.value), span: input.span }),
};

const SLEEP: StatementForm = {
  word: "sleep",
  siblings: ["cooperative"],
  about: "off the CPU for at least that long, then ready again",
  build(input) {
    const { context, value, span } = input;
    const beside = input.siblings.get("cooperative");
    let cooperative = beside === undefined ? true : readBoolean(context, beside.value, true);
    if (value.type !== "map") return { kind: "sleep", time: readTime(context, value), cooperative, span };
    refuseUnknownKeys(context, value.entries, ["time", "cooperative"], "'sleep'");
    const time = requiredEntry(context, value, "time", "'sleep'");
    const inside = value.entries.find((entry) => entry.key === "cooperative");
    if (inside !== undefined) cooperative = readBoolean(context, inside.value, true);
    return time === null ? null : { kind: "sleep", time: readTime(context, time), cooperative, span };
  },
};

const IO: StatementForm = {
  word: "io",
  siblings: ["device"],
  about: "off the CPU for a transfer; a named device serves one at a time",
  build(input) {
    const { context, value, span } = input;
    let device = input.siblings.get("device")?.value;
    let time: Node | null = value;
    if (value.type === "map") {
      refuseUnknownKeys(context, value.entries, ["time", "device"], "'io'");
      time = requiredEntry(context, value, "time", "'io'");
      device = value.entries.find((entry) => entry.key === "device")?.value ?? device;
    }
    if (time === null) return null;
    const name =
      device === undefined ? null : device.type === "scalar" && device.value !== null ? device.text.value : undefined;
    if (name === undefined)
      context.problems.error("wrong-type", device?.span ?? span, "the name of a device is expected here");
    return { kind: "io", time: readTime(context, time), device: name ?? null, span };
  },
};

const PRINT: StatementForm = {
  word: "print",
  siblings: [],
  about: "a line of output; {expressions} in its text are read",
  build: (input) => ({ kind: "print", text: readText(input.context, input.value), span: input.span }),
};

function claim(kind: "assert" | "require"): (input: Input) => Statement | null {
  return (input) => {
    const { context, value, span } = input;
    if (kind === "require" && !context.operation) {
      context.problems.error(
        "misplaced",
        input.wordSpan,
        "'require' belongs into the operations of a kind",
        "write 'assert'",
      );
      return null;
    }
    const beside = input.siblings.get("message")?.value;
    if (value.type !== "map") {
      return {
        kind,
        that: readExpression(context, value),
        message: beside === undefined ? null : readText(context, beside),
        span,
      };
    }
    refuseUnknownKeys(context, value.entries, ["that", "message"], `'${kind}'`);
    const that = requiredEntry(context, value, "that", `'${kind}'`);
    const message = value.entries.find((entry) => entry.key === "message")?.value ?? beside;
    if (that === null) return null;
    return {
      kind,
      that: readExpression(context, that),
      message: message === undefined ? null : readText(context, message),
      span,
    };
  };
}

const ASSERT: StatementForm = {
  word: "assert",
  siblings: ["message"],
  about: "a violation where it is false",
  build: claim("assert"),
};
const REQUIRE: StatementForm = {
  word: "require",
  siblings: ["message"],
  about: "in operations of a kind: misuse where it is false",
  inKinds: true,
  build: claim("require"),
};

const RAISE: StatementForm = {
  word: "raise",
  siblings: [],
  about: "raises an exception; bare inside a catch it raises the same again",
  bare: true,
  inKinds: true,
  build(input) {
    const { context, value, span } = input;
    if (isNull(value)) {
      if (!context.inCatch)
        context.problems.error(
          "misplaced",
          input.wordSpan,
          "a bare 'raise' belongs inside 'catch:'",
          "write 'raise: Name'",
        );
      return { kind: "raise", name: null, span };
    }
    if (value.type === "scalar" && typeof value.value === "string" && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(value.value))
      return { kind: "raise", name: value.value, span };
    if (value.type === "map" && context.operation) {
      const named = requiredEntry(context, value, "named", "'raise'");
      refuseUnknownKeys(context, value.entries, ["named"], "'raise'");
      return named === null ? null : raiseNamed(context, readExpression(context, named), span);
    }
    context.problems.error("wrong-type", value.span, "the name of an exception is expected here", "write raise: Full");
    return null;
  },
};

const RETURN: StatementForm = {
  word: "return",
  siblings: [],
  about: "ends a function, with a value if one is given",
  bare: true,
  inKinds: true,
  build(input) {
    const { context, value, span } = input;
    if (!context.inFunction) {
      context.problems.error(
        "misplaced",
        input.wordSpan,
        "'return' belongs into a function",
        "write 'exit' to end the process",
      );
    }
    return { kind: "return", value: isNull(value) ? null : readExpression(context, value), span };
  },
};

const EXIT: StatementForm = {
  word: "exit",
  siblings: [],
  about: "ends the process, with an exit code if one is given",
  bare: true,
  build: (input) => ({
    kind: "exit",
    code: isNull(input.value) ? null : readExpression(input.context, input.value),
    span: input.span,
  }),
};

const YIELD: StatementForm = {
  word: "yield",
  siblings: [],
  about: "back to the end of the ready queue; a coroutine's switch point",
  bare: true,
  build(input) {
    if (!isNull(input.value)) input.context.problems.error("wrong-type", input.value.span, "'yield' takes no value");
    return { kind: "yield", span: input.span };
  },
};

const PASS: StatementForm = {
  word: "pass",
  siblings: [],
  about: "does nothing",
  bare: true,
  inKinds: true,
  build: () => [],
};

function leave(word: "break" | "continue", about: string): StatementForm {
  return {
    word,
    siblings: [],
    about,
    bare: true,
    inKinds: true,
    build(input) {
      if (!input.context.inLoop)
        input.context.problems.error("misplaced", input.wordSpan, `'${word}' belongs inside a loop`);
      return { kind: word, span: input.span };
    },
  };
}

const OPTIONS_MAX = 1000;

const CHOOSE: StatementForm = {
  word: "choose",
  siblings: [],
  about: "one of the values: seeded in a run, every one of them in a check",
  build(input) {
    const { context, span } = input;
    const entry = singleEntry(input, "choose: { k: [1, 2, 3] }");
    if (entry === null) return null;
    const target = loopTarget(context, entry);
    const options = chooseOptions(input, entry.value);
    return target === null || options === null ? null : { kind: "choose", target, options, span };
  },
};

function chooseOptions(input: Input, node: Node): readonly Expression[] | null {
  const { context } = input;
  const { problems } = context;
  if (node.type === "sequence") {
    if (node.items.length === 0) problems.error("wrong-type", node.span, "there is nothing to choose from");
    return node.items.map((item) => readExpression(context, item));
  }
  if (node.type !== "scalar" || typeof node.value !== "string") {
    problems.error(
      "wrong-type",
      node.span,
      "a list of values or a range is expected here",
      "write choose: { k: [1, 2, 3] } or choose: { k: 1..3 }",
    );
    return null;
  }
  const parsed = parseRange(node.text);
  if (isFailure(parsed)) {
    reportFailure(problems, parsed);
    return null;
  }
  if (parsed.kind === "tuple" && parsed.items.length > 0) return parsed.items.map((item) => resolve(context, item));
  const from = parsed.kind === "range" ? resolve(context, parsed.from) : null;
  const to = parsed.kind === "range" ? resolve(context, parsed.to) : null;
  if (
    from?.kind !== "constant" ||
    to?.kind !== "constant" ||
    typeof from.value !== "number" ||
    typeof to.value !== "number"
  ) {
    problems.error(
      "wrong-type",
      node.span,
      "'choose' needs values known in advance",
      "write choose: { k: [1, 2, 3] } or choose: { k: 1..3 }",
    );
    return null;
  }
  const [low, high] = [from.value, to.value];
  if (high < low || high - low >= OPTIONS_MAX) {
    problems.error("out-of-range", node.span, `the range must have from 1 to ${OPTIONS_MAX} values`);
    return null;
  }
  return Array.from(
    { length: high - low + 1 },
    (_, k) => ({ kind: "constant", value: low + k, span: node.span }) as const,
  );
}

const PICK: StatementForm = {
  word: "pick",
  siblings: [],
  about: "in operations of a kind: one of 0 … n−1, every one in a check and the first in a run",
  inKinds: true,
  build(input) {
    const { context, span } = input;
    if (!context.operation) {
      context.problems.error(
        "misplaced",
        input.wordSpan,
        "'pick' belongs into the operations of a kind",
        "write 'choose'",
      );
      return null;
    }
    const entry = singleEntry(input, "pick: { k: len(waiting) }");
    const target = entry === null ? null : loopTarget(context, entry);
    if (entry === null || target === null) return null;
    return { kind: "pick", target, count: readExpression(context, entry.value), span };
  },
};

export const SIMPLE: readonly StatementForm[] = [
  CPU,
  SLEEP,
  IO,
  YIELD,
  PRINT,
  ASSERT,
  REQUIRE,
  RAISE,
  RETURN,
  EXIT,
  PASS,
  leave("break", "leaves the innermost loop"),
  leave("continue", "goes on with the next round of the innermost loop"),
  CHOOSE,
  PICK,
];
