/** Schedulers on the command line: `rr:quantum=2`, `mlfq:quanta=[2,4,8],boost=50`, and lists of them. */
import { Decimal } from "../base/decimal.ts";
import type { SchedulerParameter, SchedulerSpecification, Value } from "../scenario/ast.ts";

/** Spans in the answer are offsets into the option's text. */
export interface SchedulerOption {
  readonly specification: SchedulerSpecification | null;
  /** what is wrong with the text, in one sentence; null if it could be read */
  readonly problem: string | null;
}

/**
 * Reads `policy`, or `policy:name=value,…`. Values are numbers, true, false, words, `[lists]` and `{maps: of, values}`;
 * whether they make sense is for `checkScheduler` to say.
 */
export function parseSchedulerOption(text: string): SchedulerOption {
  const colon = text.indexOf(":");
  const policy = (colon < 0 ? text : text.slice(0, colon)).trim();
  if (policy === "") return failure(text, "it names no policy");
  const parameters = new Map<string, SchedulerParameter>();
  const pairs = colon < 0 ? [] : splitAt(text, ",", colon + 1, text.length);
  if (pairs === null) return failure(text, "its brackets do not match");
  for (const [start, end] of pairs) {
    const pair = text.slice(start, end);
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(0, equals)).trim();
    if (name === "") return failure(text, `'${pair.trim()}' is not of the form name=value`);
    if (parameters.has(name)) return failure(text, `it gives '${name}' twice`);
    const value = readValue(text, start + equals + 1, end);
    if (value === null) return failure(text, `the value of '${name}' cannot be read`);
    parameters.set(name, value);
  }
  return {
    specification: { policy, parameters, span: { start: 0, end: Math.max(colon, policy.length) } },
    problem: null,
  };
}

/**
 * Reads several, separated by commas: `fcfs,rr:quantum=2,tie=index,sjf` are three, since a part with `=` and no policy
 * before it belongs to the one on its left.
 */
export function parseSchedulerList(text: string): SchedulerOption[] {
  const parts = splitAt(text, ",", 0, text.length);
  if (parts === null) return [failure(text, "its brackets do not match")];
  const options: string[] = [];
  for (const [start, end] of parts) {
    const part = text.slice(start, end);
    const last = options.at(-1);
    if (last?.includes(":") && /^\s*\w+\s*=/.test(part)) options[options.length - 1] = `${last},${part}`;
    else options.push(part.trim());
  }
  return options.map(parseSchedulerOption);
}

function failure(text: string, why: string): SchedulerOption {
  return { specification: null, problem: `the scheduler '${text}' cannot be read: ${why}` };
}

const CLOSING: ReadonlyMap<string, string> = new Map([
  ["[", "]"],
  ["{", "}"],
]);

/** The stretches between separators outside brackets; null if brackets do not match. */
function splitAt(text: string, separator: string, from: number, to: number): [number, number][] | null {
  const parts: [number, number][] = [];
  const open: string[] = [];
  let start = from;
  for (let at = from; at < to; at += 1) {
    const character = text[at]!;
    const closing = CLOSING.get(character);
    if (closing !== undefined) open.push(closing);
    else if ((character === "]" || character === "}") && open.pop() !== character) return null;
    else if (character === separator && open.length === 0) {
      parts.push([start, at]);
      start = at + 1;
    }
  }
  if (open.length > 0) return null;
  parts.push([start, to]);
  return parts;
}

function readValue(text: string, from: number, to: number): SchedulerParameter | null {
  const raw = text.slice(from, to);
  const start = from + (raw.length - raw.trimStart().length);
  const end = start + raw.trim().length;
  const span = { start, end };
  const word = text.slice(start, end);
  if (word === "") return null;
  const closing = CLOSING.get(word[0]!);
  if (closing === undefined) return { value: readScalar(word), span };
  if (word.at(-1) !== closing) return null;
  if (text.slice(start + 1, end - 1).trim() === "") return { value: closing === "]" ? [] : new Map(), span };
  const parts = splitAt(text, ",", start + 1, end - 1);
  if (parts === null) return null;
  if (closing === "]") {
    const items = parts.map(([first, last]) => readValue(text, first, last));
    return items.includes(null) ? null : { value: items as SchedulerParameter[], span };
  }
  const entries = new Map<string, SchedulerParameter>();
  for (const [first, last] of parts) {
    const match = /^\s*(\w+)\s*[:=]/.exec(text.slice(first, last));
    const value = match === null ? null : readValue(text, first + match[0].length, last);
    if (match === null || value === null || entries.has(match[1]!)) return null;
    entries.set(match[1]!, value);
  }
  return { value: entries, span };
}

function readScalar(word: string): Value {
  if (word === "true") return true;
  if (word === "false") return false;
  if (word === "null") return null;
  const number = Decimal.parse(word);
  if (number === null) return word;
  return number.scale === 0 ? number.digits : number;
}
