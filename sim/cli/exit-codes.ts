/** The exit codes, and which of several wins. They are part of the interface: change none. */
import { EXIT_CODE, type Finding } from "../machine/finding.ts";

export const EXIT = {
  done: 0,
  /** bad usage, a bad scenario, or a file that cannot be read or written */
  badInput: 2,
  /** the budget ended before the answer, and that was not to be */
  budget: 3,
  nothingMatched: 4,
  notAsExpected: 5,
  deadlock: 11,
  violation: 12,
  liveness: 13,
  exception: 14,
  /** a bug in sim */
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

/**
 * From worst to harmless. A bug of ours makes every other answer doubtful; an interruption leaves it incomplete; bad
 * input means that something asked for was not looked at. Then what was found, by the interface's own order.
 */
const WORST_FIRST: readonly number[] = [
  EXIT.bug,
  EXIT.interrupted,
  EXIT.terminated,
  EXIT.badInput,
  EXIT.notAsExpected,
  EXIT.deadlock,
  EXIT.violation,
  EXIT.liveness,
  EXIT.exception,
  EXIT.budget,
  EXIT.nothingMatched,
  EXIT.done,
];

/** The worst of several exit codes; 0 of none. A code that is not listed is a bug. */
export function worstExitCode(codes: readonly number[]): number {
  if (codes.some((code) => !WORST_FIRST.includes(code))) return EXIT.bug;
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.done;
}

/** The exit code of a result's findings: the lowest of 11 to 14 wins; 0 if there are none that count. */
export function findingsExitCode(findings: readonly Finding[]): number {
  return worstExitCode(findings.map((finding) => EXIT_CODE[finding.kind]));
}
