"""Fails on a header that does not compile alone, or that cannot be included twice.

    check_headers.py ROOT --work FOLDER --compiler COMMAND...

One translation unit per header, compiled in parallel. With ccache as the first
word of the command a second run costs next to nothing.
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys

import source_tree

FLAGS = ["-std=c++20", "-O0", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function",
         "-DBOOST_ASIO_NO_DEPRECATED", "-DBOOST_ASIO_SEPARATE_COMPILATION", "-DFMT_SHARED"]


def compile_alone(root, work, compiler, path):
    """None, or what the compiler said."""
    unit = os.path.join(work, path.replace("/", "_") + ".cpp")
    text = f'#include "{path}"\n#include "{path}"\n'
    with open(unit, "w", encoding="utf-8") as file:
        file.write(text)
    command = [*compiler, *FLAGS, f"-I{root}", f"-I{root}/tests", "-c", unit, "-o", unit + ".o"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 0:
        return None
    lines = [line for line in result.stderr.splitlines() if "error" in line]
    return f"{path}:1: does not compile alone: {lines[0] if lines else result.stderr.strip()}"


def check(root, work, compiler, paths):
    os.makedirs(work, exist_ok=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda path: compile_alone(root, work, compiler, path), paths)
    return [complaint for complaint in results if complaint]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("root")
    parser.add_argument("--work", required=True)
    parser.add_argument("--compiler", nargs="+", required=True)
    arguments = parser.parse_args()
    root = os.path.abspath(arguments.root)
    paths = [path for path in source_tree.cpp_files(root) if path.endswith(".hpp")]
    return source_tree.report(check(root, arguments.work, arguments.compiler, paths), len(paths))


if __name__ == "__main__":
    sys.exit(main())
