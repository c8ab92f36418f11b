"""Fails on text that must not stand in a finished tree."""
import re

import source_tree

# What, and in which files (a predicate on the path).
ANY = lambda path: True
CPP = lambda path: path.endswith(source_tree.CPP_SUFFIXES)
BELOW_CLI = lambda path: CPP(path) and path.split("/")[0] in ("base", "protocol", "format", "storage", "dumper", "restore")
RULES = (
    (r"\b(?:TODO|FIXME|XXX|HACK)\b", ANY, "unfinished work: finish it or file it"),
    (r"^(?:<{7}|>{7}|={7})(?: |$)", ANY, "a merge conflict mark"),
    (r"(?<![\w.~-])/(?:work|root|home/\w+)/", ANY, "a path of one particular machine"),
    (r"[ \t]+$", ANY, "white space at the end of the line"),
    (r"\r", ANY, "a carriage return"),
    (r"\busing\s+namespace\s+std\s*;", CPP, "using namespace std"),
    (r"\bstd::(?:cout|cerr|clog)\b|\b(?:std::|fmt::|::)?(?:printf|fprintf|puts|perror)\s*\(", BELOW_CLI, "printing below cli"),
    (r"\bfmt::print\s*\(", BELOW_CLI, "printing below cli"),
    (r"#\s*include\s*<(?:iostream|libpq-fe\.h)>", BELOW_CLI, "a forbidden header"),
    (r"\b(?:std::)?(?:system|popen)\s*\(", BELOW_CLI, "running another program"),
    (r"\b(?:strcpy|strcat|sprintf|gets)\s*\(", CPP, "an unbounded C string function"),
)
COMPILED = tuple((re.compile(pattern), applies, why) for pattern, applies, why in RULES)
# Recorded bytes and the samples of the self-test are not text of ours.
EXEMPT = re.compile(r"^tests/(?:golden|fuzz/corpus)/|^tests/tidy/(?:check_words|self_test)\.py$")
BINARY = re.compile("[\0\ufffd]")


def check(path, text):
    if EXEMPT.search(path) or BINARY.search(text[:8000]):
        return []
    complaints = []
    for number, line in enumerate(text.split("\n"), 1):
        for pattern, applies, why in COMPILED:
            if applies(path) and pattern.search(line):
                complaints.append(f"{path}:{number}: {why}: {line.strip()[:80]}")
    return complaints


if __name__ == "__main__":
    source_tree.main(check, source_tree.files)
