"""Fails on an error message that docs/troubleshooting.md does not explain, and on a line there that explains nothing.

A line explains a message when one of its texts in backticks is the message, "…" standing for anything; or when the message
comes from a part of the source, or with a status, that the line is for: "from PATH STATUS", "status STATUS", in a comment of
HTML. A line counts under the heading of its own status. One that is "not ours" is about texts of the server, the system or
a store.
"""
import re
import sys

import error_messages
import source_tree

PAGE = "docs/troubleshooting.md"
HEADING = re.compile(r"^## (\d+): (.*)$")
FAMILY = re.compile(r"<!-- (?:from (\S+)|status) (\w+) -->")
QUOTED = re.compile(r"`([^`]+)`")
# Places whose text is made elsewhere, with what is said there.
MADE_ELSEWHERE = {
    ("cli/main.cpp", "usage_message(parse_error, program)"): "the parser of options, which names the option",
    ("protocol/session_kind.cpp", "wanted->refusal"): "a table: the kinds of session that are not wanted",
    ("storage/az/block_upload.cpp", 'fmt::format("{}: {}", operation.action, code)'): "the store's answer",
    ("storage/object/session.cpp", "operation.action"): "the store's answer",
    ("storage/catalogue/catalogue.cpp", "now->problem"): "of the side file",
    ("storage/catalogue/catalogue.cpp", "store_.name(key)"): "a name, not a text",
    ("storage/catalogue/catalogue.cpp", "key"): "a name, not a text",
    ("storage/catalogue/metadata.cpp", 'members.text("message")'): "no error: it is read from the side file",
    ("storage/catalogue/metadata.cpp", "nullptr"): "no text",
    ("format/block.cpp", "kind"): "a kind, not a text",
}


class Line:
    def __init__(self, number, status, cell):
        self.number, self.status = number, status
        self.foreign = "<!-- not ours -->" in cell
        self.families = FAMILY.findall(cell)
        self.patterns = [re.compile("".join(".*" if part == error_messages.HOLE else re.escape(part)
                                            for part in re.split(f"({error_messages.HOLE})", text)))
                         for text in QUOTED.findall(cell)]

    def explains(self, message):
        if message.code and message.code != self.status:
            return False
        if any(pattern.fullmatch(message.text) for pattern in self.patterns):
            return True
        return any(code == message.code and message.path.startswith(path) for path, code in self.families)


def lines_of(page):
    status = ""
    for number, line in enumerate(page.split("\n"), 1):
        heading = HEADING.match(line)
        if heading:
            status = heading.group(2).replace(" ", "_")
        elif status and line.startswith("| ") and not line.startswith("| message |"):
            yield Line(number, status, line.split(" | ")[0])


def check(messages, page):
    lines = list(lines_of(page))
    complaints, used = [], set()
    for message in messages:
        found = [line for line in lines if line.explains(message)]
        used |= {line.number for line in found}
        if not found:
            complaints.append(f"{message.path}:{message.line}: {PAGE} does not explain under status "
                              f"{message.code or '(any)'}: {message.text}")
    for line in lines:
        if line.number not in used and not line.foreign:
            complaints.append(f"{PAGE}:{line.number}: no message of the source is explained by this line")
    return complaints


if __name__ == "__main__":
    root = sys.argv[1]
    all_messages, unknown = error_messages.read(root)
    result = check(all_messages, source_tree.read(root, PAGE))
    result += [f"{one.path}:{one.line}: where does the text of this error come from? {one.text}"
               for one in unknown if (one.path, one.text) not in MADE_ELSEWHERE]
    known = {(one.path, one.text) for one in unknown}
    result += [f"{path}: {text}: this is not there any more" for path, text in MADE_ELSEWHERE if (path, text) not in known]
    sys.exit(source_tree.report(sorted(set(result)), len(all_messages)))
