/**
 * One sentence that says what happened on a path, for those who do not want to read the steps.
 *
 * Most errors have one of few shapes (`story-shapes.ts`): somebody read or found a value, somebody else wrote another one,
 * and the first went on with the old one. Of all places on the path that have such a shape the sentence tells the one that
 * explains best what was violated.
 */
import { namedPlaces } from "../detect/names.ts";
import { slotsRead } from "../program/footprint.ts";
import type { Program } from "../program/program.ts";
import { fileSlots } from "./file-slots.ts";
import { Intervention } from "./intervention.ts";
import { StoryPath } from "./story-path.ts";
import { SHAPES } from "./story-shapes.ts";
import type { Judge, Verdict } from "./strategy.ts";
import type { Step } from "./trace.ts";

/** A place on the path that may be the cause. */
export interface Story {
  readonly text: string;
  readonly tasks: readonly number[];
  /** the slots it is about: what was read too early or too late, and what was made of it */
  readonly slots: readonly number[];
  /** how well its shape explains an error, from 1 */
  readonly weight: number;
}

/** What happened on the path; null if no step of it used a value that another had overwritten. */
export function storyOf(
  program: Program,
  steps: readonly Step[],
  verdict: Verdict,
  judge: Judge,
): { readonly text: string; readonly tasks: readonly number[] } | null {
  const violator = verdict.tasks[0] ?? -1;
  const path = new StoryPath(
    steps,
    { named: namedPlaces(program), files: fileSlots(program) },
    violator,
    concerned(program, steps, verdict),
  );
  const intervention = new Intervention(program, judge, verdict, steps, (slot) => path.isShared(slot));
  let best: Story | null = null;
  let rank = -1;
  for (const shape of SHAPES) {
    for (const story of shape(path, intervention)) {
      const relevant = story.slots.some((slot) => path.concerned.has(slot));
      const score = (relevant ? 100 : 0) + 10 * story.weight + (story.tasks[0] === violator ? 1 : 0);
      // of equals the last: what came before did not break anything
      if (score >= rank) {
        rank = score;
        best = story;
      }
    }
  }
  return best;
}

/** The slots that the violated property looks at; for an assertion or an exception, what its statement has read. */
function concerned(program: Program, steps: readonly Step[], verdict: Verdict): ReadonlySet<number> {
  const { always, finally: final } = program.properties;
  const property = (verdict.kind === "final" ? final : always).find((each) => each.name === verdict.name);
  if ((verdict.kind === "final" || verdict.kind === "invariant") && property !== undefined) {
    const lives = program.tasks.map((task) => task.lifeSlot);
    return new Set(slotsRead(property.test, lives));
  }
  const { start, end } = verdict.span;
  return new Set(
    steps
      .filter(({ task, span }) => task === verdict.tasks[0] && span.start === start && span.end === end)
      .flatMap(({ reads }) => reads),
  );
}
