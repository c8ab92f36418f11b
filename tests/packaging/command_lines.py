"""The command lines of pgark in scripts, and what pgark itself says of them."""
import re
import shlex
import subprocess

SHELL_ENDS = {"&&", "||", ";", "|", "do", "done", "then", "fi", ")", "\n"}


def logical_lines(script):
    """Without comments; a line goes on behind a backslash and inside of quotes."""
    whole = ""
    for line in script.replace("\\\n", " ").split("\n"):
        whole += ("\n" if whole else "") + line
        lexer = shlex.shlex(whole, posix=True, punctuation_chars=";&|()")
        lexer.whitespace_split = True
        try:
            yield list(lexer)
        except ValueError:  # a quote is open
            continue
        whole = ""


def command_lines(script, starts=("pgark",)):
    """The words of each command that begins with one of these."""
    for line in logical_lines(script):
        words = []
        for word in [*line, ";"]:
            if word in SHELL_ENDS or set(word) <= set(";&|()"):
                if words:
                    yield words
                words = []
            elif words or word in starts:
                words.append(word)


def options_of(pgark, command):
    page = subprocess.run([pgark, command, "--help"], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = re.findall(r"^  (?:(-\w),)?(--[a-z0-9-]+)?", page, re.MULTILINE)
    return {name for pair in found for name in pair if name} | set(re.findall(r"^  (-\w)\b", page, re.MULTILINE))


def unknown_options(pgark, words):
    known = options_of(pgark, words[1])
    return [word for word in words[2:] if word.startswith("-") and word not in {"-", *known}]
