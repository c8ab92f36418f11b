"""Fails on a C++ file that clang-format would change.

Version 14 (Debian 12) decides: other versions format differently.
"""
import os
import shutil
import subprocess
import sys

import source_tree

PROGRAM = "clang-format-14"
BATCH = 20


def check(root, paths):
    complaints = []
    for first in range(0, len(paths), BATCH):
        batch = [os.path.join(root, path) for path in paths[first:first + BATCH]]
        result = subprocess.run([PROGRAM, "--dry-run", "-Werror", "--ferror-limit=1", *batch],
                                capture_output=True, text=True, check=False)
        if result.returncode != 0:
            complaints += [line.replace(root + "/", "") for line in result.stderr.splitlines() if " error: " in line]
    return complaints


if __name__ == "__main__":
    if shutil.which(PROGRAM) is None:
        sys.exit(f"{PROGRAM} is not installed")
    top = os.path.abspath(sys.argv[1])
    found = source_tree.cpp_files(top)
    sys.exit(source_tree.report(check(top, found), len(found)))
