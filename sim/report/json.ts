/** Results as JSON, exactly as the interface fixes them. */
import type { Reporter } from "./report.ts";

export const json: Reporter = {
  name: "json",
  about: "for programs: the whole result; an array where several scenarios were asked for",
  write: (result) => `${JSON.stringify(result, null, 2)}\n`,
  writeAll: (results) => `${JSON.stringify(results, null, 2)}\n`,
};
