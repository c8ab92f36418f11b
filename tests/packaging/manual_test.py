"""What `pgark completion` and `pgark man` print, read by the programs that it is for.

  manual_test.py PGARK
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PGARK = sys.argv.pop()


def output_of(*command, **more):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **more).stdout


def commands():
    page = output_of(PGARK, "--help")
    return re.findall(r"^  ([a-z]+)  ", page.partition("Subcommands:")[2], re.MULTILINE)


class CompletionTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.script = pathlib.Path(self.folder.name, "pgark.completion")
        pathlib.Path(self.folder.name, "shop.pgark").touch()

    def load(self, shell):
        self.script.write_text(output_of(PGARK, "completion", shell), encoding="utf-8")
        return self.script

    def bash(self, *words):
        """What bash offers for the last word."""
        line = " ".join(f"'{word}'" for word in words)
        program = (f"compopt() {{ :; }}; source '{self.load('bash')}'; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; "
                   "_pgark; printf '%s\\n' \"${COMPREPLY[@]}\"")
        return output_of("bash", "-c", program, cwd=self.folder.name).split()

    def test_bash_knows_commands(self):
        self.assertEqual(self.bash("pgark", ""), commands())
        self.assertEqual(self.bash("pgark", "res"), ["restore"])

    def test_bash_knows_the_options_of_the_command(self):
        self.assertEqual(self.bash("pgark", "backup", "--comp"), ["--compress"])
        self.assertEqual(self.bash("pgark", "restore", "--rehe"), ["--rehearse"])
        self.assertEqual(self.bash("pgark", "backup", "--rehe"), [])

    def test_bash_knows_values(self):
        self.assertEqual(self.bash("pgark", "backup", "-F", "d"), ["directory"])
        self.assertEqual(self.bash("pgark", "backup", "--data-format", "b"), ["binary"])
        self.assertEqual(self.bash("pgark", "completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.bash("pgark", "backup", "-j", ""), [])

    def test_bash_knows_files(self):
        self.assertEqual(self.bash("pgark", "verify", "sh"), ["shop.pgark"])
        self.assertEqual(self.bash("pgark", "backup", "-o", "sh"), ["shop.pgark"])

    def test_bash_script_is_clean(self):
        # The lists of words are meant to be split; file names with blanks are compopt's task.
        subprocess.run(["shellcheck", "-s", "bash", "-e", "SC2207", self.load("bash")], check=True)

    def test_fish(self):
        script = self.load("fish")
        home = {**os.environ, "HOME": self.folder.name, "XDG_CONFIG_HOME": self.folder.name}

        def offered(line):
            text = output_of("fish", "--no-config", "-c", f"source {script}; complete -C '{line}'", env=home,
                             cwd=self.folder.name)
            return [entry.partition("\t")[0] for entry in text.splitlines()]

        self.assertEqual(sorted(offered("pgark ")), sorted(commands()))
        self.assertEqual(offered("pgark backup --comp"), ["--compress"])
        self.assertEqual(offered("pgark backup --rehe"), [])
        self.assertEqual(offered("pgark backup -F dir"), ["directory"])
        self.assertIn("shop.pgark", offered("pgark verify sh"))
        self.assertEqual(sorted(offered("pgark completion ")), ["bash", "fish", "zsh"])

    def test_zsh(self):
        script = self.load("zsh")
        subprocess.run(["zsh", "-n", script], check=True)
        # A real terminal is asked: zsh completes nowhere else.
        zpty = f"""
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "cd '{self.folder.name}'; PS1='ready>'; autoload -U compinit; compinit -u -D; source '{script}'; print LOADED"
zpty -r z seen '*LOADED'$'\\r'
zpty -w -n z "pgark backup --comp"$'\\t'
zpty -r -m z seen '*--compress*' && print FOUND
"""
        self.assertIn("FOUND", output_of("zsh", "-f", "-c", zpty, timeout=60))

    def test_another_shell_is_refused(self):
        refused = subprocess.run([PGARK, "completion", "tcsh"], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("tcsh", refused.stderr)


class ManTest(unittest.TestCase):
    def page(self, *command):
        return output_of(PGARK, "man", *command)

    def test_every_page_is_good_roff(self):
        for command in ("", *commands()):
            page = self.page(*([command] if command else []))
            complaints = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", "-K", "utf-8"], input=page, text=True,
                                        stderr=subprocess.PIPE, check=True).stderr
            self.assertEqual(complaints, "", command)

    def test_every_option_is_on_its_page(self):
        for command in commands():
            help_page = output_of(PGARK, command, "--help")
            options = set(re.findall(r"^  (?:-\w,)?(--[a-z0-9-]+)", help_page, re.MULTILINE))
            self.assertIn("--help", options)
            text = self.page(command).replace("\\-", "-")
            self.assertEqual([option for option in sorted(options) if f"\\fB{option}\\fR" not in text], [], command)

    def test_a_command_that_is_none(self):
        refused = subprocess.run([PGARK, "man", "dump"], stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn('there is no command "dump"', refused.stderr)


if __name__ == "__main__":
    unittest.main()
