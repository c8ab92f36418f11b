"""The files of the source tree, and the frame every check shares.

A check is a function from (path relative to the top, text) or from the whole
tree to a list of complaints, each a line "path:line: what is wrong".
"""
import os
import subprocess
import sys

LAYERS = ("base", "protocol", "format", "storage", "dumper", "restore", "cli", "bench", "tests")
CPP_SUFFIXES = (".hpp", ".cpp")


def files(root):
    """Paths of the tree relative to root: what git tracks or would track."""
    try:
        listing = subprocess.run(
            ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            check=True, capture_output=True, text=True).stdout
        paths = [path for path in listing.split("\0") if path]
    except (OSError, subprocess.CalledProcessError):  # an unpacked release, or no git
        paths = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, _, names in os.walk(root) for name in names]
        paths = [path for path in paths if not path.startswith(("build", ".git/"))]
    return sorted(path for path in set(paths) if os.path.isfile(os.path.join(root, path)))


def cpp_files(root):
    return [path for path in files(root) if path.endswith(CPP_SUFFIXES) and path.split("/")[0] in LAYERS]


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def report(complaints, checked):
    """Prints the verdict; the exit status of the check."""
    for complaint in complaints:
        print(complaint)
    print(f"{checked} files checked, {len(complaints)} complaints")
    if checked == 0:
        print("nothing was checked: is the path right?")
    return 1 if complaints or checked == 0 else 0


def main(check, paths_of=cpp_files):
    """Runs a per-file check over the tree named on the command line."""
    root = sys.argv[1]
    paths = paths_of(root)
    complaints = [complaint for path in paths for complaint in check(path, read(root, path))]
    sys.exit(report(complaints, len(paths)))
