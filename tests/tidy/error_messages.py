"""The messages of errors, as the source makes them.

A message is an expression of C++: of its literals the text is kept, everything else becomes "…". Found are the arguments
behind an ErrorCode, what is assigned to a member `message`, what errno_error says was done; and, where a function makes an
error of a text that it is given, what the calls of that function give it. A message of which nothing is a literal and whose
origin is not found that way is reported by place, so that none is lost in silence.
"""
import collections
import re

import source_tree

HOLE = "…"
LAYERS = ("base", "protocol", "format", "storage", "dumper", "restore", "cli")
OPENING, CLOSING = "([{", ")]}"
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"')
# What hands on the text of another error, which is found where that is made.
FORWARDED = re.compile(r"(?:\.|->)(?:message|to_string\(\)|what\(\))|^\s*\{\}\s*$|^\s*$")
TEXT_PARAMETER = re.compile(r"\b(?:string|string_view|char)\b[^,]*?\b(\w+)\s*(?:=.*)?$", re.DOTALL)
DECLARATION = re.compile(r"^\s*(?:const\s+)?[\w:]+(?:\s+|\s*[&*]+\s*)\w+\s*(?:=.*)?$", re.DOTALL)
CONSTANT = re.compile(r"\b(k[A-Z]\w*)\s*(?:\[\])?\s*=\s*((?:\"(?:[^\"\\\n]|\\.)*\"\s*)+);")
CODE = re.compile(r"ErrorCode::(\w+)")
CODE_NEAR = 160  # before the message, in the same few lines
MAKERS = {"fail", "errno_error", "errno_fail"}  # whose calls are found by themselves
# What is in the way of a restore: all of it becomes one error.
OBSTACLE = re.compile(r"\b(?:Obstacle|(?:obstacles|found)\.push_back\()\{(?=\s*(?:\"|fmt::format|one_line|std::move\(text\)))")
# Tables of messages: path, the literal in a row, the code.
TABLES = (("protocol/session_kind.cpp", re.compile(r'Demand\{\w+, \w+, ("[^"]*")'), "connect"),)
NO_FUNCTION = {"if", "for", "while", "switch", "catch", "return", "sizeof"}

# `code`: the name of its ErrorCode, "" where that is decided elsewhere.
Message = collections.namedtuple("Message", "text code path line")


def without_comments(text):
    """The same length: comments become spaces, so that positions stay."""
    pattern = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)\'|//[^\n]*|/\*.*?\*/', re.DOTALL)
    blank = lambda found: re.sub(r"[^\n]", " ", found.group()) if found.group()[0] == "/" else found.group()
    return pattern.sub(blank, text)


def masked(text):
    """The same length, with literals of texts and characters filled with x, so that brackets can be counted."""
    fill = lambda found: found.group()[0] + "x" * (len(found.group()) - 2) + found.group()[-1]
    return re.sub(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)\'', fill, text)


def end_of(mask, at):
    """The position of the bracket that closes the one at `at`."""
    depth = 0
    for position in range(at, len(mask)):
        if mask[position] in OPENING:
            depth += 1
        elif mask[position] in CLOSING:
            depth -= 1
            if depth == 0:
                return position
    return len(mask)


def split(text, mask, separator):
    """At the separators outside of all brackets, each part with its mask."""
    parts, depth, begin = [], 0, 0
    for position, sign in enumerate(mask):
        if sign in OPENING:
            depth += 1
        elif sign in CLOSING:
            depth -= 1
        elif sign == separator and depth == 0:
            parts.append((text[begin:position], mask[begin:position]))
            begin = position + 1
    parts.append((text[begin:], mask[begin:]))
    return parts


def unescaped(literals):
    text = "".join(found[1:-1] for found in LITERAL.findall(literals))
    return text.replace('\\"', '"').replace("\\n", " ").replace("\\\\", "\\")


def alternatives(text, mask):
    """All texts that the expression may have."""
    lead = len(text) - len(text.lstrip())
    text, mask = text.strip(), mask[lead:lead + len(text.strip())]
    if text.startswith("(") and end_of(mask, 0) == len(mask) - 1:
        return alternatives(text[1:-1], mask[1:-1])
    condition = split(text, mask, "?")
    if len(condition) > 1:
        behind = len(condition[0][0]) + 1
        branches = split(text[behind:].replace("::", ";;"), mask[behind:].replace("::", ";;"), ":")
        if len(branches) > 1:
            first = branches[0]
            begin = behind + len(first[0]) + 1
            return (alternatives(text[behind:begin - 1], mask[behind:begin - 1]) +
                    alternatives(text[begin:], mask[begin:]))
    parts = split(text, mask, "+")
    if len(parts) > 1:
        texts = [""]
        for part in parts:
            texts = [before + after for before in texts for after in alternatives(*part)]
        return texts
    if text.startswith('"') and not mask.replace('"', "").replace("x", "").strip():
        return [unescaped(text)]
    call = re.match(r"(?:std::string|std::string_view|fmt::format|std::move|Error)\s*([({])", text)
    if call and end_of(mask, call.end() - 1) == len(mask) - 1:
        inside = split(text[call.end():-1], mask[call.end():-1], ",")
        shown = alternatives(*inside[0])
        if text.startswith("fmt"):
            shown = [re.sub(r"(?<!\{)\{[^{}]*\}(?!\})", HOLE, one).replace("{{", "{").replace("}}", "}") for one in shown]
        return shown
    return [HOLE]


def tidy(text):
    return re.sub(f"{HOLE}+", HOLE, text)


def enclosing_function(mask, text, at):
    """Name and parameters of the innermost function or named lambda around a position."""
    depth = 0
    for position in range(at, -1, -1):
        if mask[position] == "}":
            depth += 1
        elif mask[position] == "{":
            if depth > 0:
                depth -= 1
                continue
            head = mask[max(0, position - 600):position]
            found = re.search(r"\)\s*(?:const|noexcept|override|mutable|->\s*[\w:<>*& ]+|:\s*[^;{}]*)*\s*$", head)
            if not found:
                continue
            close = position - len(head) + found.start()
            level, start = 0, close
            for start in range(close, -1, -1):
                level += mask[start] in CLOSING
                level -= mask[start] in OPENING
                if level == 0:
                    break
            before = text[max(0, start - 200):start]
            named = re.search(r"(\w+)\s*=\s*\[[^\]]*\]\s*$", before) or re.search(r"(~?\w+)\s*$", before)
            if not named or named.group(1) in NO_FUNCTION:
                continue
            parameters = [TEXT_PARAMETER.search(one.strip())
                          for one, _ in split(text[start + 1:close], mask[start + 1:close], ",")]
            return named.group(1), [found.group(1) if found else "" for found in parameters]
    return None, []


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = without_comments(text)
        constants = dict(CONSTANT.findall(self.text))
        if constants:
            names = re.compile(r"\b(?:" + "|".join(constants) + r")\b(?!\s*(?:\[\]\s*)?=)")
            self.text = names.sub(lambda found: " ".join(constants[found.group()].split("\n")), self.text)
        self.mask = masked(self.text)

    def line(self, at):
        return self.text.count("\n", 0, at) + 1

    def arguments(self, opening):
        end = end_of(self.mask, opening)
        return split(self.text[opening + 1:end], self.mask[opening + 1:end], ",")

    def expressions(self):
        """(position, code, expression, its mask) of everything that is the message of an error."""
        for found in re.finditer(r"[({]\s*(?:[\w.>-]*\s*\?\s*)?ErrorCode::\w+[^,;(){}]*,", self.mask):
            arguments = self.arguments(found.start())
            for at, (argument, _) in enumerate(arguments[:-1]):
                if "ErrorCode::" in argument:
                    yield found.start(), CODE.search(argument).group(1), *arguments[at + 1]
                    break
        for found in re.finditer(r"[.>]message\s*=(?!=)", self.mask):
            rest = slice(found.end(), self.mask.find(";", found.end()))
            end = found.end() + len(split(self.text[rest], self.mask[rest], ",")[0][0])
            codes = CODE.findall(self.text, max(0, found.start() - CODE_NEAR), found.start())
            yield found.start(), codes[-1] if codes else "", self.text[found.end():end], self.mask[found.end():end]
        for found in re.finditer(r"\berrno_(?:error|fail)\s*\(", self.mask):
            arguments = self.arguments(found.end() - 1)
            if len(arguments) > 1:
                yield found.start(), "io", *arguments[1]
        for path, row, code in TABLES:
            for found in row.finditer(self.text if path == self.path else ""):
                yield found.start(), code, found.group(1), masked(found.group(1))
        for found in OBSTACLE.finditer(self.text):
            yield found.start(), "mismatch", *self.arguments(found.end() - 1)[0]

    def value_of(self, name, at):
        """What a local variable was given last before a position."""
        found = None
        for found in re.finditer(rf"[\s*&]{name}\s*=(?!=)", self.mask[:at]):
            pass
        if not found:
            return None
        return split(self.text[found.end():at], self.mask[found.end():at], ";")[0]

    def returned_by(self, name):
        """The literals that a function of this file returns."""
        for found in re.finditer(rf"\b{name}\s*\(", self.mask):
            begin = end_of(self.mask, found.end() - 1) + 1
            if not re.match(r"[\s\w]*\{", self.mask[begin:begin + 40]):
                continue
            begin = self.mask.index("{", begin)
            body = slice(begin, end_of(self.mask, begin))
            for result in re.finditer(r'\breturn (")', self.mask[body]):
                at = begin + result.start(1)
                yield split(self.text[at:body.stop], self.mask[at:body.stop], ";")[0]

    def calls(self, name, position, code):
        for found in re.finditer(rf"(?<![\w~]){name}\s*\(", self.mask):
            arguments = self.arguments(found.end() - 1)
            if position < len(arguments):
                yield found.start(), code, *arguments[position]


def read(root):
    """The messages, and the places of those that are not understood."""
    sources = [Source(path, source_tree.read(root, path)) for path in source_tree.cpp_files(root)
               if path.split("/")[0] in LAYERS]
    messages, unknown, helpers = [], [], []

    def take(source, at, code, expression, mask):
        for text in alternatives(expression, mask):
            if text.strip(HOLE + " :;"):
                messages.append(Message(tidy(text), code, source.path, source.line(at)))
                continue
            if FORWARDED.search(expression) or DECLARATION.match(expression):
                continue
            name, parameters = enclosing_function(source.mask, source.text, at)
            given = [number for number, parameter in enumerate(parameters)
                     if parameter and re.search(rf"\b{parameter}\b", expression)]
            if name in MAKERS:
                continue
            if name and given:
                scope = source.path.rpartition(".")[0]
                if not any(helper[:3] == (name, given[0], scope) for helper in helpers):
                    helpers.append((name, given[0], scope, code))
                continue
            variable = re.fullmatch(r"\s*(?:std::move\()?\*?(\w+)\)?\s*", expression)
            value = source.value_of(variable.group(1), at) if variable else None
            call = re.match(r"\s*(\w+)\(", value[0]) if value else None
            results = list(source.returned_by(call.group(1))) if call else []
            if not results and value and value[0].strip() != expression.strip() and not call:
                results = [value]
            if results:
                for result in results:
                    take(source, at, code, *result)
            else:
                unknown.append(Message(" ".join(expression.split()), code, source.path, source.line(at)))

    for source in sources:
        for found in source.expressions():
            take(source, *found)
    done = 0
    while done < len(helpers):
        name, position, scope, code = helpers[done]
        done += 1
        declared = any(source.path == scope + ".hpp" and re.search(rf"\b{name}\s*\(", source.mask)
                       for source in sources)
        for source in sources:
            if declared or source.path.rpartition(".")[0] == scope:
                for found in source.calls(name, position, code):
                    take(source, *found)
    return messages, unknown


if __name__ == "__main__":
    import sys
    all_messages, not_understood = read(sys.argv[1])
    for one in sorted({(message.code, message.text, message.path) for message in all_messages}):
        print(*one, sep="\t")
    for one in not_understood:
        print(f"{one.path}:{one.line}: {one.text}", file=sys.stderr)
