#!/usr/bin/env python3
"""Runs the micro benchmarks and fails when one has become slow.

  bench/guard.py PROGRAM [--repetitions N]

Machines differ and are busy, so no speed counts by itself: each benchmark's
best speed is divided by that of its rival from the same run, the least that the
libraries need for the same work, and that share is compared with the floor in
floors.json (benchmark: [rival, floor]). Pieces with a rival of their own kind
stand at two thirds of what they give: a piece that has become 1.5 times as slow
does not pass. A benchmark that is neither in floors.json nor somebody's rival,
and a floor without its benchmark, are failures as well.
"""
import argparse
import json
import pathlib
import subprocess
import sys

ROUNDS_MAX = 3

def best_speeds(program, repetitions):
    """Bytes per second of each benchmark's best repetition: whatever else runs can only make it slower."""
    command = [program, "--benchmark_format=json", "--benchmark_min_time=0.03",
               f"--benchmark_repetitions={repetitions}", "--benchmark_enable_random_interleaving=true"]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    speeds = {}
    for result in json.loads(run.stdout)["benchmarks"]:
        if result.get("error_occurred"):
            raise SystemExit(f"{result['name']}: {result['error_message']}")
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


def main():
    arguments = argparse.ArgumentParser(description="Guards the speed of the data path.")
    arguments.add_argument("program")
    arguments.add_argument("--repetitions", type=int, default=5)
    options = arguments.parse_args()
    floors = json.loads((pathlib.Path(__file__).parent / "floors.json").read_text())
    speeds = {}
    for _ in range(ROUNDS_MAX):  # a neighbour's noise passes; what is slow stays slow
        for name, speed in best_speeds(options.program, options.repetitions).items():
            speeds[name] = max(speed, speeds.get(name, 0))
        results = list(verdicts(speeds, floors))
        slow = sum(not good for _, _, good in results)
        if not slow:
            break
    for name, text, good in results:
        print(f"{'ok  ' if good else 'SLOW'}  {name:31}{text}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
