/** `sim schema`: the JSON Schema of scenarios, for editors and other tools. */
import type { CommandSpecification } from "./command.ts";

export const schemaCommand: CommandSpecification = {
  name: "schema",
  about: "print the JSON Schema of scenarios",
  define: () => async (context) => {
    const library = await context.library();
    context.out.write(`${JSON.stringify(library.scenarioSchema(), null, 2)}\n`);
    return 0;
  },
};
