#!/usr/bin/env python3
"""Runs the micro benchmarks and fails when one has become slow.

  bench/guard.py PROGRAM [--repetitions N]

Machines differ and are busy, so no speed counts by itself: each benchmark's
median is divided by that of the benchmark "yardstick" (a chain of
multiplications over the same bytes) from the same run, and that share is
compared with the floor in floors.json. The floors stand at about half of what
a quiet machine gives: noise passes, a piece that has become twice as slow does
not. A benchmark without a floor, and a floor without its benchmark, are
failures as well.
"""
import argparse
import json
import pathlib
import subprocess
import sys

YARDSTICK = "yardstick"


def medians(program, repetitions):
    command = [program, "--benchmark_format=json", "--benchmark_min_time=0.05",
               f"--benchmark_repetitions={repetitions}", "--benchmark_enable_random_interleaving=true"]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    speeds = {}
    for result in json.loads(run.stdout)["benchmarks"]:
        if result.get("error_occurred"):
            raise SystemExit(f"{result['name']}: {result['error_message']}")
        if result.get("aggregate_name") == "median":
            speeds[result["run_name"]] = result["bytes_per_second"]
    return speeds


def verdicts(speeds, floors):
    """Yields (name, text, good)."""
    yardstick = speeds.pop(YARDSTICK)
    for name in sorted(speeds.keys() | floors.keys()):
        if name not in speeds:
            yield name, "has a floor but did not run", False
            continue
        share = speeds[name] / yardstick
        text = f"{speeds[name] / 1e6:8.0f} MB/s  {share:.3f} of the yardstick"
        if name not in floors:
            yield name, text + ", no floor in floors.json", False
        else:
            yield name, text + f", floor {floors[name]:.3f}", share >= floors[name]


def main():
    arguments = argparse.ArgumentParser(description="Guards the speed of the data path.")
    arguments.add_argument("program")
    arguments.add_argument("--repetitions", type=int, default=5)
    options = arguments.parse_args()
    floors = json.loads((pathlib.Path(__file__).parent / "floors.json").read_text())
    slow = 0
    for name, text, good in verdicts(medians(options.program, options.repetitions), floors):
        print(f"{'ok  ' if good else 'SLOW'}  {name:24}{text}")
        slow += not good
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
