/** The contents of files: memory that tasks share like a variable, though a resource has it. */
import { type Program, sizeOf } from "../program/program.ts";

export function fileSlots(program: Program): ReadonlySet<number> {
  return new Set(
    program.resources
      .filter(({ kind }) => kind === "file")
      .flatMap(({ fields }) => fields)
      .flatMap(({ base, layout }) => Array.from({ length: sizeOf(layout) }, (_, k) => base + k)),
  );
}
