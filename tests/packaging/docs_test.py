"""The pages: every block says what it is, every command line in them is one that pgark accepts, every link leads somewhere.

The pages for operators are run beside that, against servers (tests/integration/runbook_test.cpp).

  docs_test.py PGARK SOURCE_FOLDER
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import tomllib
import unittest

from command_lines import command_lines, logical_lines, unknown_options

SOURCE = pathlib.Path(sys.argv.pop())
PGARK = str(pathlib.Path(sys.argv.pop()).resolve())
PAGES = [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KINDS = {"sh", "console", "text", "json", "toml"}
# What only the parser of options says; what is wrong with files, names and servers is said otherwise.
REFUSED = "pgark --help lists the commands, pgark COMMAND --help a command's options"
# Commands that are not pgark's, and why no test runs the block that they stand in, where none does.
OTHERS = {
    "createdb": "PostgreSQL's", "psql": "PostgreSQL's", "ssh": "needs another machine",
    "jq": "run by the system's jq", "sha256sum": "the system's", "cd": "the shell's", "export": "the shell's",
    "echo": "the shell's", "chmod": "the system's", "grep": "the system's", "for": "the shell's",
    "scripts/demo": "a step of .ci/run", "scripts/test": "is what runs this",
    "node_exporter": "another project's, which reads what pgark writes",
    "cmake": "has built this", "ninja": "has built this", "ctest": "is what runs this",
}


def blocks(page):
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        yield f"{page.name}:{text.count(chr(10), 0, found.start()) + 1}", found.group(1), found.group(2)


def scripts():
    for page in PAGES:
        for name, kind, text in blocks(page):
            if kind == "sh":
                yield name, text
            elif kind == "console":
                yield name, "\n".join(re.findall(r"^\$ (.*)$", text, re.MULTILINE))


def parser_says(words, folder):
    """Where nothing can be reached: what is wrong with the options comes first."""
    unreachable = {"PGHOST": folder, "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1", "AWS_ACCESS_KEY_ID": "x",
                   "AWS_SECRET_ACCESS_KEY": "x", "AZURE_STORAGE_ACCOUNT": "x", "AZURE_STORAGE_KEY": "eA==",
                   "AZURE_STORAGE_SERVICE_ENDPOINT": "http://127.0.0.1:1", "PGARK_AZ_MAX_ATTEMPTS": "1", "HOME": folder,
                   "PGARK_SERVER_BIN": folder, "PATH": os.environ["PATH"]}
    run = subprocess.run([PGARK, *words[1:]], cwd=folder, env=unreachable, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, check=False, timeout=120)
    return run.stdout.decode(errors="replace")


def anchors(page):
    headings = re.findall(r"^#+ (.*)$", BLOCK.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class DocsTest(unittest.TestCase):
    def test_every_command_line_is_accepted(self):
        seen = 0
        with tempfile.TemporaryDirectory() as folder:
            for name, script in scripts():
                for words in command_lines(script):
                    seen += 1
                    words = words[:words.index(">") if ">" in words else None]
                    words = words[:words.index(">>") if ">>" in words else None]
                    self.assertEqual(unknown_options(PGARK, words), [], f"{name}: {' '.join(words)}")
                    self.assertNotIn(REFUSED, parser_says(words, folder), f"{name}: {' '.join(words)}")
        self.assertGreaterEqual(seen, 80)

    def test_wrong_command_lines_are_noticed(self):
        with tempfile.TemporaryDirectory() as folder:
            for wrong in ("pgark backup -d shop --no-such-option", "pgark restore x -d y --strategy later",
                          "pgark bakcup", "pgark verify --all --latest", "pgark list -j"):
                self.assertIn(REFUSED, parser_says(wrong.split(), folder), wrong)
        self.assertEqual(unknown_options(PGARK, "pgark backup -d x --no-such-option".split()), ["--no-such-option"])

    def test_other_commands_are_known(self):
        for name, script in scripts():
            for line in logical_lines(script):
                words = [word for word in line if not re.match(r"\w+=", word) and word not in ("(", "$ ")]
                if words:
                    self.assertIn(words[0], {"pgark", *OTHERS}, name)

    def test_blocks(self):
        for page in PAGES:
            self.assertEqual(page.read_text(encoding="utf-8").count("\n```") % 2, 0, page.name)
            for name, kind, text in blocks(page):
                self.assertIn(kind, KINDS, f"{name}: a block that does not say what it is")
                if kind == "json":
                    json.loads(text)
                if kind == "toml":
                    tomllib.loads(text)
                if kind == "text":
                    self.assertNotRegex(text, r"(?m)^\$? ?pgark ", f"{name}: a command in a block of text")

    def test_links(self):
        for page in PAGES:
            for link in re.findall(r"\]\(([^)\s]+)\)", BLOCK.sub("", page.read_text(encoding="utf-8"))):
                if link.startswith(("https:", "http:")):
                    continue
                path, _, anchor = link.partition("#")
                target = page.parent / path if path else page
                self.assertTrue(target.exists(), f"{page.name}: {link}")
                if anchor:
                    self.assertIn(anchor, anchors(target), f"{page.name}: {link}")


if __name__ == "__main__":
    unittest.main()
