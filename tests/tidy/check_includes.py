"""Fails on an include that points the wrong way between the layers.

    base <- wire, params, format <- protocol, storage <- dumper, restore <- cli

dumper and restore never include each other: the archive's table of contents is
their only contract. Asio stays out of everything that is pure, and co_spawn out of
everything but base/async/spawned, which makes up for its faults.
"""
import re
import sys

import source_tree

# The layers and what each may include beside itself. The longest matching
# folder decides which layer a file belongs to.
PROTOCOL = {"base", "base/async", "protocol/wire", "protocol/params"}
ENGINE = PROTOCOL | {"protocol", "format", "storage"}
ALL = ENGINE | {"dumper", "dumper/ddl", "dumper/graph", "dumper/catalog", "dumper/data", "restore"}
DUMPER = {"dumper", "dumper/ddl", "dumper/graph", "dumper/catalog", "dumper/data"}
MAY_INCLUDE = {
    "base": set(),
    "base/async": {"base"},
    "protocol/wire": {"base"},
    "protocol/params": {"base"},
    "format": {"base"},
    "protocol": PROTOCOL,
    "storage": {"base", "base/async", "format"},
    "dumper": ENGINE | DUMPER,
    "dumper/catalog": ENGINE | DUMPER,
    "dumper/data": ENGINE | DUMPER,
    # Pure: from the catalog to text, without a connection.
    "dumper/graph": {"base", "format", "dumper", "dumper/catalog", "dumper/ddl"},
    "dumper/ddl": {"base", "format", "dumper", "dumper/catalog", "dumper/graph", "dumper/data"},
    "restore": ENGINE,
    "cli": ALL,
    "bench": ALL | {"bench"},
    "tests": ALL | {"tests"},
    "tests/cli": ALL | {"cli", "tests"},
    "tests/fuzz": ALL | {"cli", "tests"},
}
MAY_USE_ASIO = {"base/async", "protocol", "storage", "dumper", "dumper/catalog", "dumper/data", "restore", "cli",
                "bench", "tests"}
# In headers only the light part of Asio: bodies belong into a .cpp, which
# compiles once, not into every file that includes the header.
ASIO_IN_HEADERS = {"any_io_executor.hpp", "awaitable.hpp", "steady_timer.hpp", "cancellation_signal.hpp",
                   "strand.hpp", "io_context.hpp"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
ASIO_NAME = re.compile(r"\b(?:boost::)?asio::")


def layer_of(path):
    folder = path.rpartition("/")[0]
    while folder and folder not in MAY_INCLUDE:
        folder = folder.rpartition("/")[0]
    return folder or None


def included_layer(bracket, name, includer_layer):
    """The layer of an included project header; None for a foreign one."""
    if "/" not in name:
        return includer_layer if bracket == '"' else None
    top = name.split("/")[0]
    if top == "support":
        return "tests"
    return layer_of(name) if top in source_tree.LAYERS else None


def check(path, text):
    layer = layer_of(path)
    if layer is None:
        return [f"{path}:1: is in no known layer; add its folder to check_includes.py"]
    complaints = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            complaints += check_include(path, number, layer, *match.groups())
        elif layer not in MAY_USE_ASIO and ASIO_NAME.search(line.split("//")[0]):
            complaints.append(f"{path}:{number}: {layer} must not use Asio")
    return complaints


def check_include(path, number, layer, bracket, name):
    where = f"{path}:{number}"
    if name.startswith("boost/asio"):
        if layer not in MAY_USE_ASIO:
            return [f"{where}: {layer} must not use Asio, but includes {name}"]
        if name == "boost/asio/co_spawn.hpp" and path != "base/async/spawned.cpp" and layer != "tests":
            return [f"{where}: coroutines are started by Spawned, TaskGroup or run_on, never by co_spawn itself"]
        heavy = name == "boost/asio.hpp" or name.split("/", 2)[2].split("/")[-1] not in ASIO_IN_HEADERS
        public = path.endswith(".hpp") and layer not in ("tests", "bench")
        if heavy and public and not name.startswith("boost/asio/ssl"):
            return [f"{where}: {name} in a header; only {', '.join(sorted(ASIO_IN_HEADERS))} may stand there"]
        return []
    target = included_layer(bracket, name, layer)
    if target is None or target == layer or target in MAY_INCLUDE[layer]:
        if target is not None and bracket == "<":
            return [f"{where}: project header {name} in angle brackets"]
        return []
    return [f"{where}: {layer} must not include {target} ({name})"]


def check_reach(texts):
    """Complaints about files of pure layers that reach Asio through other headers; texts: path -> text."""
    included = {path: [match.group(2) for match in map(INCLUDE.match, text.splitlines()) if match]
                for path, text in texts.items()}
    complaints = []
    for path in texts:
        if layer_of(path) in MAY_USE_ASIO:
            continue
        trail = {name: [name] for name in included[path] if name in texts}
        waiting = list(trail)
        while waiting:
            header = waiting.pop()
            for name in included[header]:
                if name.startswith("boost/asio"):
                    complaints.append(f"{path}:1: reaches Asio through {' -> '.join(trail[header])}")
                    waiting = []
                    break
                if name in texts and name not in trail:
                    trail[name] = trail[header] + [name]
                    waiting.append(name)
    return complaints


def main():
    root = sys.argv[1]
    texts = {path: source_tree.read(root, path) for path in source_tree.cpp_files(root)}
    complaints = [complaint for path, text in texts.items() for complaint in check(path, text)]
    sys.exit(source_tree.report(complaints + check_reach(texts), len(texts)))


if __name__ == "__main__":
    main()
