/**
 * Command lines that a reader can copy into a POSIX shell. They begin with `npx`: the README installs nothing globally.
 * A writer still has to escape them for the place where they are shown.
 */

/** What a command is about: a scenario, or a result of one. */
export interface CommandTarget {
  /** the path as the user gave it */
  readonly file: string;
  /** `--set name=value` as the user gave them; absent where there were none */
  readonly set?: readonly Setting[];
}

/** `--set name=value` */
export interface Setting {
  readonly name: string;
  readonly value: string;
}

/** The command that plays a schedule again. */
export function replayCommand(target: CommandTarget, schedule: string): string {
  // always in quotes: a schedule holds semicolons and stars
  return [...commandWords("replay", target), "--schedule", `'${schedule.replace(/'/g, "'\\''")}'`].join(" ");
}

/** The command that tries every order. */
export function checkCommandLine(target: CommandTarget, more: readonly string[] = []): string {
  return [...commandWords("check", target), ...more].join(" ");
}

function commandWords(command: string, { file, set = [] }: CommandTarget): string[] {
  // a name that begins with '-' would be taken for an option
  const path = shellWord(file.startsWith("-") ? `./${file}` : file);
  return ["npx", "sim", command, path, ...set.flatMap(({ name, value }) => ["--set", shellWord(`${name}=${value}`)])];
}

/** One word as a shell takes it, in quotes only where it needs them. */
export function shellWord(text: string): string {
  return /^[\w./@%+:,=-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}

/** The part of a result that says which `--set` made it: nothing where there were none. */
export function settingsPart(of: { readonly set: readonly Setting[] }): { set?: Setting[] } {
  return of.set.length === 0 ? {} : { set: of.set.map(({ name, value }) => ({ name, value })) };
}
