/** Results reach files, pipes and terminals whole, or it is said that they do not. */
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import { openSink } from "./sink.ts";

const folder = mkdtempSync(join(tmpdir(), "sink-"));
afterAll(() => rmSync(folder, { recursive: true }));

const never = (): never => {
  throw new Error("not to be asked for");
};

describe("a sink", () => {
  test("writes to a file at once, without a stream", () => {
    const path = join(folder, "file");
    const descriptor = openSync(path, "w");
    const sink = openSink(descriptor, never, never);
    sink.write("Grüße\n");
    sink.write("x".repeat(300_000));
    expect(readFileSync(path, "utf8")).toBe(`Grüße\n${"x".repeat(300_000)}`);
    expect([sink.isTerminal, sink.columns]).toEqual([false, undefined]);
    closeSync(descriptor);
  });

  test("hands to a stream what a pipe that does not wait has no room for", () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const descriptor = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const stream = new PassThrough();
    const sink = openSink(descriptor, () => stream as unknown as NodeJS.WriteStream, never);
    const text = Array.from({ length: 40_000 }, (_, k) => `${k}\n`).join("");
    sink.write(text);
    sink.write("end");
    const piped = Buffer.alloc(text.length);
    const size = readSync(descriptor, piped);
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(text.length);
    expect(piped.toString("utf8", 0, size) + String(stream.read())).toBe(`${text}end`);
    closeSync(descriptor);
  });

  test("says once what went wrong, and nothing of a reader that has gone", () => {
    const failures: string[] = [];
    const failed = (error: NodeJS.ErrnoException): void => void failures.push(String(error.code));
    // open for reading only
    const path = join(folder, "read");
    closeSync(openSync(path, "w"));
    const descriptor = openSync(path, "r");
    const sink = openSink(descriptor, never, failed);
    sink.write("one");
    sink.write("two");
    expect(failures).toEqual(["EBADF"]);
    closeSync(descriptor);
    const stream = new PassThrough();
    const terminal = openSync("/dev/null", "w");
    const other = openSink(terminal, () => stream as unknown as NodeJS.WriteStream, failed);
    other.write("x");
    stream.emit("error", Object.assign(new Error("gone"), { code: "EPIPE" }));
    expect(failures).toEqual(["EBADF"]);
    closeSync(terminal);
  });
});
