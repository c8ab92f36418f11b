"""Fails on a source file of more than 600 lines."""
import source_tree

LINES_MAX = 600
SUFFIXES = source_tree.CPP_SUFFIXES + (".py", ".sh", ".cmake", "CMakeLists.txt")


def check(path, text):
    lines = text.count("\n")
    return [f"{path}:{lines}: {lines} lines, the limit is {LINES_MAX}: split it"] if lines > LINES_MAX else []


def sources(root):
    """Source files, and the scripts, which have no suffix."""
    return [path for path in source_tree.files(root)
            if path.endswith(SUFFIXES) or path.startswith(("scripts/", ".ci/"))]


if __name__ == "__main__":
    source_tree.main(check, sources)
