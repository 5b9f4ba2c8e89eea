/** `sim init NAME`: a first scenario to edit. */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { shellWord } from "../scenario/commands.ts";
import type { CommandSpecification } from "./command.ts";
import { type Context, UsageError } from "./context.ts";
import { systemMessage, writeWhole } from "./files.ts";

export const initCommand: CommandSpecification = {
  name: "init",
  about: "write a first scenario to edit",
  define(command) {
    command.argument("<NAME>", "name of the scenario; it is written to NAME.yaml");
    return initScenario;
  },
};

async function initScenario(context: Context, args: readonly string[]): Promise<number> {
  const given = String(args[0]);
  const path = /\.ya?ml$/.test(given) ? given : `${given}.yaml`;
  const name = basename(path).replace(/\.ya?ml$/, "");
  if (!/^[\p{L}\p{N}_][\p{L}\p{N}_. -]*$/u.test(name)) {
    throw new UsageError(`'${given}' is no name for a scenario: use letters, digits, '-' and '_'`);
  }
  if (existsSync(path)) throw new UsageError(`'${path}' is already there, and is left as it is`);
  try {
    writeWhole(path, firstScenario(name));
  } catch (error) {
    throw new UsageError(`cannot write '${path}': ${systemMessage(error)}`);
  }
  const word = shellWord(path.startsWith("-") ? `./${path}` : path);
  context.out.write(
    [
      `Wrote ${path}. What to do next:`,
      "",
      `  npx sim run ${word}             play it`,
      `  npx sim run ${word} --trace     and see every decision of the scheduler`,
      `  npx sim compare ${word} --schedulers fcfs,sjf,rr:quantum=2`,
      `  npx sim test ${word}            hold it to its expect: section`,
      "  npx sim schema > scenario.schema.json    completion and checks in your editor, beside the scenario",
      "",
    ].join("\n"),
  );
  return 0;
}

/** The text of a first scenario: two clerks, one counter, and a lock that keeps the count right. */
export function firstScenario(name: string): string {
  const plain = /^[A-Za-z][\w-]*$/.test(name) && !/^(true|false|null|yes|no|on|off)$/i.test(name);
  return `# yaml-language-server: $schema=scenario.schema.json
# (Completion in your editor: run 'npx sim schema > scenario.schema.json' beside this file.)

name: ${plain ? name : JSON.stringify(name)}
about: Two clerks sell the last three seats. A lock lets one of them at the count at a time.

unit: ms                      # what a bare number of time means
cpu: { cores: 1, scheduler: { policy: rr, quantum: 2 } }

shared: { seats: 3, sold: 0 } # memory that every process sees

resources: { desk: lock }

processes:
  clerk:
    count: 2                  # clerk[0] and clerk[1]; \`me\` is the full name
    vars: { seen: 0 }         # memory of each clerk alone
    do:
      - repeat: 2
        do:
          - cpu: 3            # serving a customer takes 3 ms of CPU time
          - with: desk        # try it without the lock: take these two lines out
            do:
              - seen = seats
              - cpu: 1
              - if: seen > 0
                then:
                  - seats = seen - 1
                  - sold += 1
                  - print: "{me} sold a seat"
                else:
                  - print: "{me} has none left"

check:
  always: { never-oversold: sold <= 3 }
  finally: { all-accounted-for: seats + sold == 3 }

# What this file is here to show; 'npx sim test' holds it to that.
expect: { ends: { seats: 0, sold: 3 } }
`;
}
