/** The built program as a black box: what a shell and a CI job see. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
let top = "";
let program = "";
let folder = "";

beforeAll(() => {
  top = mkdtempSync(join(tmpdir(), "sim-program-"));
  execFileSync(process.execPath, [join(root, "build.mjs"), "--no-types", "--out", join(top, "dist")], {
    stdio: "pipe",
  });
  program = join(top, "dist", "sim.js");
});
afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});
let count = 0;
beforeEach(() => {
  count += 1;
  folder = join(top, `work${count}`);
  mkdirSync(folder);
  for (const [name, text] of Object.entries(SCENARIOS)) writeFileSync(join(folder, name), text);
});

const SCENARIOS = {
  "fine.yaml":
    "name: fine\nprocesses: { P1: { burst: 24 }, P2: { burst: 3 }, P3: { burst: 3 } }\nexpect: { finish: { P1: 24, P2: 27, P3: 30 }, average: { waiting: 17 } }\n",
  "stuck.yaml": `name: stuck
resources: { left: lock, right: lock }
processes:
  A: { do: [ { acquire: left }, { cpu: 1 }, { acquire: right } ] }
  B: { do: [ { acquire: right }, { cpu: 1 }, { acquire: left } ] }
cpu: { cores: 2 }
expect: { deadlock: true }
`,
  "broken.yaml":
    "name: broken\nshared: { x: 0 }\nprocesses: { P: { do: [ x = 2 ] } }\ncheck: { always: { small: x < 2 } }\nexpect: { violates: small }\n",
  "fails.yaml":
    "name: fails\nshared: { x: 0 }\nprocesses: { P: { do: [ { assert: x == 1 } ] } }\nexpect: { holds: true }\n",
  "bad.yaml": "name: bad\nprocesses:\n  P:\n    vars: { seen: 0, tickets: 4 }\n    do:\n      - seen = tickts\n",
};

interface Answer {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function sim(...args: string[]): Answer {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  return { code: status, out: stdout, err: stderr };
}

describe("the exit code", () => {
  test("says what was found", () => {
    expect(sim("run", "fine.yaml").code).toBe(0);
    expect(sim("run", "stuck.yaml").code).toBe(11);
    expect(sim("run", "broken.yaml").code).toBe(12);
    expect(sim("run", "fails.yaml").code).toBe(14);
  });

  test("of several scenarios is the worst, and each is reported", () => {
    const answer = sim("run", "fine.yaml", "broken.yaml", "stuck.yaml");
    expect(answer.code).toBe(11);
    for (const name of ["fine", "broken", "stuck"]) expect(answer.out).toMatch(new RegExp(`^${name}$`, "m"));
    expect(sim("run", "fine.yaml", "fails.yaml").code).toBe(14);
  });

  test("is 4 where no scenario matched, and 2 for a file that is not there", () => {
    mkdirSync(join(folder, "empty"));
    for (const command of ["run", "test", "validate"]) {
      expect(sim(command, "empty").code).toBe(4);
      expect(sim(command, "*.nothing").code).toBe(4);
      expect(sim(command, "missing.yaml").code).toBe(2);
    }
    expect(sim("run", "missing.yaml").err).toBe(
      "missing.yaml  error  unreadable-file  there is no such file or folder\n",
    );
  });

  test("of sim test is 0 or 5, or 2 where a scenario is bad, with the count in the last line", () => {
    expect(sim("test", "fine.yaml", "stuck.yaml", "broken.yaml")).toMatchObject({ code: 0, err: "" });
    const failing = sim("test", "fine.yaml", "fails.yaml");
    expect(failing.code).toBe(5);
    expect(failing.out.trimEnd().split("\n").at(-1)).toBe("1 passed, 1 failed");
    const bad = sim("test", ".");
    expect(bad.code).toBe(2);
    expect(bad.out.trimEnd().split("\n").at(-1)).toBe("3 passed, 2 failed");
    expect(
      bad.out
        .split("\n")
        .map((line) => line.slice(0, 4))
        .filter((word) => word === "ok  " || word === "FAIL").length,
    ).toBe(5);
  });
});

describe("results", () => {
  test("are JSON with the interface's fields and nothing else on standard output", () => {
    const answer = sim("run", "fine.yaml", "--json");
    const result = JSON.parse(answer.out);
    expect(answer.err).toBe("");
    expect(result).toMatchObject({
      schema: "run/1",
      scenario: "fine",
      file: "fine.yaml",
      unit: "tick",
      cores: 1,
      scheduler: { policy: "fcfs" },
      status: "finished",
      end: 30,
      averages: { turnaround: 27, waiting: 17, response: 17 },
      throughput: 0.1,
      utilization: 1,
      findings: [],
    });
    expect(result.gantt).toMatchObject([{ process: "P1", from: 0, to: 24 }, { process: "P2" }, { process: "P3" }]);
  });

  test("of several scenarios or a folder are one JSON array", () => {
    expect(
      JSON.parse(sim("run", "fine.yaml", "stuck.yaml", "--json").out).map(
        (each: { scenario: string }) => each.scenario,
      ),
    ).toEqual(["fine", "stuck"]);
    mkdirSync(join(folder, "one"));
    writeFileSync(join(folder, "one", "x.yml"), SCENARIOS["fine.yaml"]);
    expect(JSON.parse(sim("run", "one", "--json").out).length).toBe(1);
  });

  test("go into the files asked for, whole, beside the text on standard output", () => {
    const answer = sim("run", "fine.yaml", "--reporter", "json=result.json", "--reporter", "junit=result.xml");
    expect(answer.code).toBe(0);
    expect(answer.out).toMatch(/^fine\n/);
    expect(JSON.parse(readFileSync(join(folder, "result.json"), "utf8")).scenario).toBe("fine");
    expect(readFileSync(join(folder, "result.xml"), "utf8")).toContain("<testsuites>");
    expect(readdirSync(folder).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  test("are the same bytes each time, whatever the locale and the time zone", () => {
    const once = sim("run", "stuck.yaml", "--json", "--trace").out;
    const again = spawnSync(process.execPath, [program, "run", "stuck.yaml", "--json", "--trace"], {
      cwd: folder,
      encoding: "utf8",
      env: { PATH: process.env.PATH, LANG: "tr_TR.UTF-8", LC_ALL: "de_DE.UTF-8", TZ: "Asia/Kolkata" },
    }).stdout;
    expect(again).toBe(once);
  });

  test("obey --scheduler, --cores, --until, --seed and --set", () => {
    const run = (...args: string[]) => JSON.parse(sim("run", "--json", ...args).out);
    expect(run("fine.yaml", "--scheduler", "rr:quantum=4").averages.waiting).toBeCloseTo(17 / 3, 12);
    expect(run("fine.yaml", "--cores", "3").end).toBe(24);
    expect(run("fine.yaml", "--until", "10")).toMatchObject({ status: "limit", end: 10 });
    expect(run("fine.yaml", "--seed", "42").seed).toBe("42");
    expect(run("broken.yaml", "--set", "x=1").shared).toEqual({ x: 2 });
    expect(run("fails.yaml", "--set", "x=1").findings).toEqual([]);
    expect(sim("run", "fails.yaml", "--set", "y=1").code).toBe(2);
  });

  test("of a comparison are the runs side by side", () => {
    const answer = sim("compare", "fine.yaml", "--schedulers", "fcfs,sjf,rr:quantum=2", "--json");
    expect(answer.code).toBe(0);
    const { schema, runs } = JSON.parse(answer.out);
    expect(schema).toBe("compare/1");
    expect(runs.map((run: { averages: { waiting: number } }) => run.averages.waiting)).toEqual([17, 3, 19 / 3]);
  });

  test("of validate are problems/1, empty where all is well", () => {
    expect(sim("validate", "fine.yaml")).toEqual({ code: 0, out: "fine.yaml: valid\n", err: "" });
    expect(JSON.parse(sim("validate", "fine.yaml", "--json").out)).toEqual({ schema: "problems/1", problems: [] });
  });
});

describe("a bad scenario", () => {
  test("is shown on standard error with line, caret and hint, and nothing runs or is written", () => {
    const answer = sim("run", "bad.yaml", "--reporter", "json=result.json");
    expect(answer.code).toBe(2);
    expect(answer.out).toBe("");
    expect(answer.err).toContain("bad.yaml:6:16  error  unknown-name  'tickts' is not a variable here\n");
    expect(answer.err).toContain("^^^^^^\n");
    expect(answer.err).toContain("hint: did you mean 'tickets'?");
    expect(existsSync(join(folder, "result.json"))).toBe(false);
  });

  test("is JSON on standard output with --json", () => {
    for (const command of ["run", "validate", "test"]) {
      const answer = sim(command, "bad.yaml", "--json");
      expect(answer).toMatchObject({ code: 2, err: "" });
      const { schema, problems } = JSON.parse(answer.out);
      expect(schema).toBe("problems/1");
      expect(problems[0]).toMatchObject({
        file: "bad.yaml",
        line: 6,
        column: 16,
        endLine: 6,
        endColumn: 22,
        code: "unknown-name",
        hint: "did you mean 'tickets'?",
      });
    }
  });

  test("keeps no good one from being reported", () => {
    const answer = sim("run", "bad.yaml", "fine.yaml", "--json");
    expect(answer.code).toBe(2);
    expect(JSON.parse(answer.out).map((each: { schema: string }) => each.schema)).toEqual(["problems/1", "run/1"]);
  });

  test("that is no text, or too long, is refused without a stack trace", () => {
    writeFileSync(join(folder, "bytes.yaml"), Buffer.from([0x6e, 0xff, 0xfe, 0x00]));
    writeFileSync(join(folder, "long.yaml"), `# ${"x".repeat(1_200_000)}\n`);
    for (const name of ["bytes.yaml", "long.yaml"]) {
      const answer = sim("run", name);
      expect(answer.code).toBe(2);
      expect(answer.err).toContain(name);
      expect(answer.err).not.toMatch(/^ {4}at /m);
    }
  });
});

describe("a result that cannot be written", () => {
  test("into a file is one plain line and exit code 2", () => {
    const answer = sim("run", "fine.yaml", "--reporter", "json=no/such/folder/result.json");
    expect(answer.code).toBe(2);
    expect(answer.err).toBe("error: cannot write the report 'no/such/folder/result.json': no such file or directory\n");
  });

  test.skipIf(!existsSync("/dev/full"))("because the disk is full is one plain line and exit code 2", () => {
    const toFile = sim("run", "fine.yaml", "--reporter", "json=/dev/full");
    expect(toFile.code).toBe(2);
    expect(toFile.err).toBe("error: cannot write the report '/dev/full': no space left on device\n");
    const shell = spawnSync("sh", ["-c", `"${process.execPath}" "${program}" run fine.yaml > /dev/full`], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(shell.status).toBe(2);
    expect(shell.stderr).toBe("error: cannot write the result: no space left on device\n");
  });

  test("since the reader has gone is no error", async () => {
    const child = spawn(process.execPath, [program, "run", ".", "--trace"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    let err = "";
    child.stderr.on("data", (piece) => {
      err += String(piece);
    });
    const code = await new Promise((resolve) => child.on("close", resolve));
    // the folder's bad scenario is the worst
    expect(code).toBe(2);
    expect(err).not.toMatch(/EPIPE|^ {4}at /m);
  });
});

describe("sim init", () => {
  test("writes a scenario that is valid, runs and does what it expects, and overwrites nothing", () => {
    const answer = sim("init", "first");
    expect(answer).toMatchObject({ code: 0, err: "" });
    expect(answer.out).toContain("npx sim run first.yaml");
    const text = readFileSync(join(folder, "first.yaml"), "utf8");
    expect(text).toMatch(/^# yaml-language-server: \$schema=/);
    expect(sim("validate", "first.yaml")).toEqual({ code: 0, out: "first.yaml: valid\n", err: "" });
    expect(sim("run", "first.yaml").code).toBe(0);
    expect(sim("test", "first.yaml").code).toBe(0);
    const again = sim("init", "first");
    expect(again).toMatchObject({
      code: 2,
      out: "",
      err: "error: 'first.yaml' is already there, and is left as it is\n",
    });
    expect(readFileSync(join(folder, "first.yaml"), "utf8")).toBe(text);
  });

  test("takes names that YAML would read as something else", () => {
    for (const name of ["true", "12", "Übung 1"]) {
      expect(sim("init", name).code).toBe(0);
      expect(JSON.parse(sim("run", `${name}.yaml`, "--json").out).scenario).toBe(name);
    }
    expect(sim("init", "../-").code).toBe(2);
  });
});

describe("the program", () => {
  test("is one executable file with a version, a help text and a JSON Schema", () => {
    expect(statSync(program).mode & 0o111).not.toBe(0);
    expect(readFileSync(program, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(sim("--version")).toEqual({ code: 0, out: `${version}\n`, err: "" });
    expect(sim("--help")).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(sim("schema").out)).toMatchObject({ type: "object" });
  });

  test("does the same with the bytecode of its build, with what is none, and without any", () => {
    const answer = sim("check", "stuck.yaml");
    expect(answer.code).toBe(11);
    const dist = join(folder, "dist");
    cpSync(join(top, "dist"), dist, { recursive: true });
    const bytecode = join(dist, "bytecode", `${process.version}-${process.arch}`);
    const again = (): Answer => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(dist, "sim.js"), "check", "stuck.yaml"], {
        cwd: folder,
        encoding: "utf8",
      });
      return { code: status, out: stdout, err: stderr };
    };
    const cut = readFileSync(bytecode).subarray(0, 100_000);
    for (const content of [cut, Buffer.from("nothing of the kind"), Buffer.alloc(0)]) {
      writeFileSync(bytecode, content);
      expect(again()).toEqual(answer);
    }
    rmSync(join(dist, "bytecode"), { recursive: true });
    expect(again()).toEqual(answer);
  });

  test("without a command explains itself on standard error and exits with 2", () => {
    const answer = sim();
    expect(answer).toMatchObject({ code: 2, out: "" });
    expect(answer.err).toContain("Usage: sim");
  });
});
