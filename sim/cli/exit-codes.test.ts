import fc from "fast-check";
import { expect, test } from "vitest";
import { EXIT_CODE, type Finding, type FindingKind } from "../machine/finding.ts";
import { EXIT, findingsExitCode, worstExitCode } from "./exit-codes.ts";

const code = fc.constantFrom(...Object.values(EXIT));

test("the exit codes are those of the interface", () => {
  expect(Object.values(EXIT).sort((a, b) => a - b)).toEqual([0, 2, 3, 4, 5, 11, 12, 13, 14, 70, 130, 143]);
});

test("the worst of several does not depend on their order, and is one of them", () => {
  fc.assert(
    fc.property(fc.array(code, { minLength: 1, maxLength: 6 }), (codes) => {
      expect(codes).toContain(worstExitCode(codes));
      expect(worstExitCode([...codes].reverse())).toBe(worstExitCode(codes));
    }),
  );
});

test("any failure beats success, and a bug of ours beats all", () => {
  fc.assert(
    fc.property(fc.array(code, { maxLength: 6 }), (codes) => {
      expect(worstExitCode(codes) === 0).toBe(codes.every((each) => each === 0));
      expect(worstExitCode([...codes, EXIT.bug])).toBe(EXIT.bug);
    }),
  );
});

test("of several findings the lowest code from 11 to 14 wins", () => {
  const kinds = Object.keys(EXIT_CODE) as FindingKind[];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...kinds), { maxLength: 5 }), (some) => {
      const findings = some.map(
        (kind): Finding => ({ kind, name: kind, message: "", processes: [], file: "", line: 1, column: 1 }),
      );
      const codes = some.map((kind) => EXIT_CODE[kind]).filter((each) => each !== 0);
      expect(findingsExitCode(findings)).toBe(codes.length === 0 ? 0 : Math.min(...codes));
    }),
  );
});

test("bad input beats what was found, and nothing is worse than an unknown code", () => {
  expect(worstExitCode([11, 2, 14])).toBe(2);
  expect(worstExitCode([0, 4])).toBe(4);
  expect(worstExitCode([5, 12])).toBe(5);
  expect(worstExitCode([130, 11, 2])).toBe(130);
  expect(worstExitCode([99])).toBe(70);
});
