#!/usr/bin/env python3
"""Who reads a CloudTrail trail how fast: keytrail, DuckDB, jq, plain Python, and unpacking alone, side by side.

    benches/cloudtrail/run.py [RECORDS] [ROUNDS]

Every reader must find the rows the generator wrote down: each call that asked for a role (time, key, role, session, address), and for
each access key how many calls, the first and the last. A reader that finds others fails the run. Rounds are interleaved, numbers are
medians; CPU is user and system time of the reader with its children, memory the largest of its processes. jq is left out where there is none.
"""

import collections
import csv
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))


def built(name, *arguments):
    """Builds, and tells where the executable of this name is."""
    command = ["cargo", *arguments, "--locked", "--message-format=json-render-diagnostics"]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    messages = [json.loads(line) for line in output.splitlines()]
    made = [message for message in messages if message.get("executable") and message["target"]["name"] == name]
    return made[-1]["executable"]


def venv():
    """A Python with what is pinned."""
    place = TARGET / "bench-venv"
    wanted = (HERE / "requirements.txt").read_text()
    if not (place / "installed.txt").exists() or (place / "installed.txt").read_text() != wanted:
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        subprocess.run([place / "bin/pip", "install", "--quiet", "-r", HERE / "requirements.txt"], check=True)
        (place / "installed.txt").write_text(wanted)
    return place / "bin/python"


def measured(command, folder):
    """Runs a reader in a folder of its own; wall and CPU seconds, peak megabytes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    begun = time.monotonic()
    child = subprocess.Popen([str(word) for word in command], cwd=folder, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.monotonic() - begun
    if status != 0:
        sys.exit(f"{command} failed: {status}")
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def rows(path, columns):
    with open(path, newline="") as file:
        return collections.Counter(tuple(row[column] for column in columns) for row in csv.DictReader(file))


CALLS = ["time", "key", "role", "session", "address"]
KEYS = ["key", "calls", "first", "last"]


def check(name, folder, truth):
    for file, columns in [("calls.csv", CALLS), ("keys.csv", KEYS)]:
        found, wanted = rows(folder / file, columns), truth[file]
        if found != wanted:
            lacks, more = list((wanted - found).elements()), list((found - wanted).elements())
            sys.exit(f"{name}: {file}: {len(lacks)} rows missing, {len(more)} too many: {lacks[:2]} {more[:2]}")


def main():
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    keytrail = built("keytrail", "build", "--release", "--bin", "keytrail")
    maker = built("cloudtrail", "bench", "--no-run", "--bench", "cloudtrail")
    python = venv()
    data = TARGET / "cloudtrail" / str(records)
    if not (data / "truth-keys.csv").exists():
        subprocess.run([maker, data, str(records)], check=True)
    trail = data / "trail"
    truth = {"calls.csv": rows(data / "truth-calls.csv", CALLS), "keys.csv": rows(data / "truth-keys.csv", KEYS)}
    folded = [keytrail, "trail", trail, "--calls", "calls.csv", "--keys", "keys.csv"]
    readers = {
        "unpacking alone (libdeflate, one thread)": [maker, "unpack", trail],
        "keytrail, one thread": [*folded, "--threads", "1"],
        "keytrail": folded,
        "DuckDB, typed schema": [python, HERE / "peers.py", "duckdb", trail],
        "Python, json": [python, HERE / "peers.py", "python", trail],
    }
    if shutil.which("jq"):
        readers["jq, sort, awk"] = [python, HERE / "peers.py", "jq", trail]
    taken = {name: [] for name in readers}
    for _ in range(rounds):
        for name, command in readers.items():
            folder = TARGET / "cloudtrail" / "found"
            taken[name].append(measured(command, folder))
            if not name.startswith("unpacking"):
                check(name, folder, truth)
    median = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in taken.items()}
    floor = median["unpacking alone (libdeflate, one thread)"][1]
    print(f"{records:,} records, {rounds} interleaved rounds; every reader found the same {sum(truth['calls.csv'].values()):,} calls "
          f"for roles and {sum(truth['keys.csv'].values()):,} keys.\n")
    print("| Reader | wall s | CPU s | times unpacking | peak MB |\n|---|---|---|---|---|")
    for name, (wall, cpu, memory) in median.items():
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {cpu / floor:.1f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
