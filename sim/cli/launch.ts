/**
 * What an installed `sim` starts with: it runs program.cjs, all of sim in one file, with the bytecode that the build left
 * beside it. Otherwise every start would compile the same functions again, which takes longer than checking a small
 * scenario. Bytecode fits one version of Node on one kind of processor; without any that fits V8 compiles as usual.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";

/** All of program.cjs: how it loads Node's own modules, where it is, and somewhere for what it exports. */
type Program = (require: (name: string) => object, url: string, module: { exports: unknown }) => void;

const file = new URL("./program.cjs", import.meta.url);
const require = createRequire(file);
const bytecode = readBytecode();
const script = new Script(readFileSync(file, "utf8"), {
  filename: fileURLToPath(file),
  ...(bytecode === null ? {} : { cachedData: bytecode }),
});
const program = script.runInThisContext() as Program;
program(late, file.href, { exports: {} });

/** One of Node's own modules, loaded when something of it is first asked for: few commands need crypto or workers. */
function late(name: string): object {
  return new Proxy({}, { get: (_, key) => (require(name) as Record<PropertyKey, unknown>)[key] });
}

function readBytecode(): Buffer | null {
  try {
    return readFileSync(new URL(`./bytecode/${process.version}-${process.arch}`, import.meta.url));
  } catch {
    return null;
  }
}
