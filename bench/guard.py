#!/usr/bin/env python3
"""Runs the micro benchmarks and fails when one has become slow.

  bench/guard.py PROGRAM [--repetitions N]     speeds, beside rivals
  bench/guard.py PROGRAM --instructions        instructions per byte
  bench/guard.py PROGRAM --record              writes these to instructions.json

Machines differ and are busy, so no speed counts by itself: each benchmark's
best speed is divided by that of its rival from the same run, the least that the
libraries need for the same work, and that share is compared with the floor in
floors.json (benchmark: [rival, floor]). Pieces with a rival of their own kind
stand at two thirds of what they give; those beside memcpy move with the machine's
memory and stand lower; the checksum, faster than any memory, is of bytes that lie
in the processor's own cache.

What noise cannot touch is the number of instructions (valgrind): one turn of a
benchmark may take MORE_AT_MOST times those per byte of instructions.json. So a
piece that does half as much again does not pass, whatever the machine; what waits
for memory instead shows in the speeds. They are those of a processor with AVX2:
on another, only the speeds are looked at.

A benchmark that is neither in the file nor somebody's rival, and an entry without
its benchmark, are failures as well.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
ROUNDS_MAX = 3
MORE_AT_MOST = 1.25


def run_benchmarks(command):
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, text=True)
    results = json.loads(run.stdout)["benchmarks"]
    for result in results:
        if result.get("error_occurred"):
            raise SystemExit(f"{result['name']}: {result['error_message']}")
    return results, run.stderr


def best_speeds(program, repetitions):
    """Bytes per second of each benchmark's best repetition: whatever else runs can only make it slower."""
    results, _ = run_benchmarks([program, "--benchmark_format=json", "--benchmark_min_time=0.03",
                                 f"--benchmark_repetitions={repetitions}",
                                 "--benchmark_enable_random_interleaving=true"])
    speeds = {}
    for result in results:
        if result["run_type"] == "iteration":
            speeds[result["run_name"]] = max(result["bytes_per_second"], speeds.get(result["run_name"], 0))
    return speeds


def verdicts(speeds, floors):
    """Yields (name, text, good)."""
    rivals = {rival for rival, _ in floors.values()}
    for name in sorted((speeds.keys() - rivals) | floors.keys()):
        if name not in floors:
            yield name, "no floor in floors.json", False
            continue
        rival, floor = floors[name]
        if name not in speeds or rival not in speeds:
            yield name, f"it or its rival {rival} did not run", False
            continue
        share = speeds[name] / speeds[rival]
        text = f"{speeds[name] / 1e6:8.0f} MB/s  {share:5.2f} of {rival}, floor {floor:.2f}"
        yield name, text, share >= floor


def guard_speeds(program, floors, repetitions):
    speeds = {}
    for _ in range(ROUNDS_MAX):  # a neighbour's noise passes; what is slow stays slow
        for name, speed in best_speeds(program, repetitions).items():
            speeds[name] = max(speed, speeds.get(name, 0))
        results = list(verdicts(speeds, floors))
        if all(good for _, _, good in results):
            break
    return results


def count_instructions(program, name):
    """Per byte, in one turn after the first."""
    results, report = run_benchmarks(["valgrind", "--tool=callgrind", "--instr-atstart=no",
                                      "--callgrind-out-file=/dev/null", program, "--benchmark_format=json",
                                      f"--benchmark_filter=^{re.escape(name)}$", "--benchmark_min_time=0"])
    collected = re.search(r"Collected : (\d+)", report)
    return int(collected[1]) / results[0]["iterations"] / results[0]["bytes"]


def guard_instructions(program, names, record):
    file = HERE / "instructions.json"
    counts = {name: count_instructions(program, name) for name in names}
    if record:
        lines = (f'  "{name}": {count:.3g}' for name, count in counts.items())
        file.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    known = json.loads(file.read_text())
    for name in sorted(counts.keys() | known.keys()):
        if name not in known or name not in counts:
            yield name, "stands in only one of floors.json and instructions.json", False
            continue
        share = counts[name] / known[name]
        yield name, f"{counts[name]:8.2f} instructions a byte, {share:.2f} of what is known", share <= MORE_AT_MOST


def main():
    arguments = argparse.ArgumentParser(description="Guards the speed of the data path.")
    arguments.add_argument("program")
    arguments.add_argument("--repetitions", type=int, default=5)
    arguments.add_argument("--instructions", action="store_true")
    arguments.add_argument("--record", action="store_true")
    options = arguments.parse_args()
    floors = json.loads((HERE / "floors.json").read_text())
    if options.instructions or options.record:
        if "avx2" not in pathlib.Path("/proc/cpuinfo").read_text():
            print("this processor has no AVX2: its instructions are not counted")
            return 0
        results = list(guard_instructions(options.program, sorted(floors), options.record))
    else:
        results = guard_speeds(options.program, floors, options.repetitions)
    for name, text, good in results:
        print(f"{'ok  ' if good else 'SLOW'}  {name:31}{text}")
    return 0 if all(good for _, _, good in results) else 1


if __name__ == "__main__":
    sys.exit(main())
