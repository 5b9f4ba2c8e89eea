/**
 * What an installed `sim` starts with: it runs program.cjs, all of sim in one file, with the bytecode that the build left
 * beside it. Otherwise every start would compile the same functions again, which takes longer than checking a small
 * scenario. Bytecode fits one version of Node on one kind of processor; without any that fits V8 compiles as usual.
 * It is a CommonJS module because Node loads the first of those 5 ms sooner than the first ECMAScript module.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

/** All of program.cjs: how it loads Node's own modules, where it is, and somewhere for what it exports. */
type Program = (require: (name: string) => object, url: string, module: { exports: unknown }) => void;

const file = join(__dirname, "program.cjs");
const bytecode = readBytecode();
// the build leaves nothing but ASCII in it, which is read much faster as what it is
const script = new Script(readFileSync(file, "latin1"), {
  filename: file,
  ...(bytecode === null ? {} : { cachedData: bytecode }),
});
const program = script.runInThisContext() as Program;
program(late, pathToFileURL(file).href, { exports: {} });

/** One of Node's own modules, loaded when something of it is first asked for: few commands need crypto or workers. */
function late(name: string): object {
  return new Proxy({}, { get: (_, key) => (require(name) as Record<PropertyKey, unknown>)[key] });
}

function readBytecode(): Buffer | null {
  try {
    return readFileSync(join(__dirname, "bytecode", `${process.version}-${process.arch}`));
  } catch {
    return null;
  }
}
