"""Run a reference program several times and print what it showed, as JSON.

    python3 reference.py NAME [--times 5] [--jobs 1]

prints {"name", "available", "reason"?, "outputs": [[line, …], …], "exit"}; `outputs` are the distinct outputs, sorted.
`python3 reference.py --all` prints a list of these, one for each row of rows.json, and holds the rows declared as
deterministic to that (exit code 1 if one is not). A row is not available where one of its needs is missing.
"""
import argparse
import importlib.util
import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
TIME_LIMIT = 30  # seconds for a run: the programs take under two, a busy machine may take longer


def missing(need):
    """Why this Python cannot meet a need, or None if it can."""
    if need == "fork":
        return None if hasattr(os, "fork") else "there is no os.fork here"
    if need == "proc":
        return None if Path("/proc/self/stat").exists() else "there is no /proc here"
    if need == "multiprocessing":
        # Locks between processes need named semaphores, which some containers lack.
        return None if importlib.util.find_spec("_multiprocessing") else "multiprocessing is missing here"
    return None if importlib.util.find_spec(need) else f"{need} is not installed"


def run_once(path):
    """(lines, exit code) of one run; the whole process group is ended if it takes too long."""
    # Without a buffer print() writes a line and its end separately, and lines of several processes get glued together.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment.update(PYTHONIOENCODING="utf-8", PYTHONDONTWRITEBYTECODE="1")
    process = subprocess.Popen(
        [sys.executable, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
        env=environment,
    )
    try:
        output, _ = process.communicate(timeout=TIME_LIMIT)
        return output.splitlines(), process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return output.splitlines() + [f"(stopped after {TIME_LIMIT} s)"], -signal.SIGKILL


def reference(row, times, jobs=1):
    """What a row's program showed in so many runs."""
    reasons = [reason for reason in map(missing, row["needs"]) if reason]
    result = {"name": row["name"], "available": not reasons, "outputs": [], "exit": None}
    if reasons:
        return {**result, "reason": "; ".join(reasons)}
    path = FOLDER / f"{row['name']}.py"
    with ThreadPoolExecutor(max_workers=jobs) as executor:
        runs = list(executor.map(run_once, [path] * times))
    outputs = sorted({tuple(lines) for lines, _ in runs})
    codes = [code for _, code in runs]
    return {**result, "outputs": [list(lines) for lines in outputs], "exit": next((code for code in codes if code), 0)}


def unexpected(row, result):
    """What contradicts the row's own claim about its output, or None."""
    if not result["available"]:
        return None
    if result["exit"] != 0:
        return f"exit code {result['exit']}"
    outputs = result["outputs"]
    if row["compare"] == "exact" and len(outputs) != 1:
        return f"{len(outputs)} different outputs"
    if row["compare"] == "lines" and len({tuple(sorted(lines)) for lines in outputs}) != 1:
        return "different lines, not only another order"
    return None


def main():
    parser = argparse.ArgumentParser(description="Run reference programs and print their outputs as JSON.")
    parser.add_argument("name", nargs="?")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1, help="runs at the same time")
    options = parser.parse_args()
    rows = {row["name"]: row for row in json.loads((FOLDER / "rows.json").read_text(encoding="utf-8"))}
    if options.all == bool(options.name):
        parser.error("give a NAME or --all")
    if options.name and options.name not in rows:
        parser.error(f"no row is called {options.name}")
    names = list(rows) if options.all else [options.name]
    results = [reference(rows[name], options.times, options.jobs) for name in names]
    print(json.dumps(results if options.all else results[0], ensure_ascii=False, indent=1))
    failed = [(result["name"], why) for result in results if (why := unexpected(rows[result["name"]], result))]
    for name, why in failed:
        print(f"{name}: {why}", file=sys.stderr)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
