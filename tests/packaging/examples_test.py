"""The examples: read by the programs that they are for, where these can run here, and every command line of pgark in
them is one that pgark accepts.

  examples_test.py PGARK SOURCE_FOLDER
"""
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import yaml

from command_lines import command_lines, options_of, unknown_options

SOURCE = pathlib.Path(sys.argv.pop())
PGARK = str(pathlib.Path(sys.argv.pop()).resolve())
EXAMPLES = SOURCE / "examples"


def read(path):
    return (EXAMPLES / path).read_text(encoding="utf-8")


def workflow():
    # YAML 1.1 takes the key `on` for true.
    return yaml.safe_load(read("github-actions/backup.yml"))


def shell_scripts():
    """Name -> script, of everything that a shell will run."""
    for name, job in workflow()["jobs"].items():
        for step in job["steps"]:
            if "run" in step:
                yield f"backup.yml, {name}, {step['name']}", step["run"]
    cronjob = yaml.safe_load(read("kubernetes/cronjob.yaml"))
    pod = cronjob["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    for container in pod["initContainers"] + pod["containers"]:
        yield f"cronjob.yaml, {container['name']}", shlex.join(["pgark", *container["args"]])
    for number, line in enumerate(read("cron/pgark").splitlines(), 1):
        fields = line.split(None, 6)
        if line[:1].isdigit():
            yield f"cron/pgark, line {number}", fields[6]
    for line in read("systemd/pgark-backup.service").splitlines():
        if line.startswith("ExecStart="):
            yield "pgark-backup.service", line.partition("=")[2].replace("/usr/bin/", "")


def metrics_written():
    """Names of the metrics of a place with a verified backup and a drill. Only its side file is read."""
    name = "shop_2026-01-15T14-30-00-000Z"
    when = "2026-01-15T14:30:00.000Z"
    check = {"at": when, "level": "restore", "passed": True, "seconds": 5, "drill": True, "sample": "", "message": ""}
    side_file = {"schema": "pgark-backup", "version": 1, "name": name, "format": "custom", "archive_format": "1.0",
                 "database": "shop", "server_version": "", "server_version_num": "", "pgark_version": "", "content": "full",
                 "options": "", "started": when, "finished": when, "duration_seconds": 1, "snapshot_lsn": "",
                 "complete": True, "encrypted": False, "file_bytes": 1, "raw_bytes": 1, "entries": 0, "rows": 0,
                 "table_count": 0, "tables": [], "files": [], "report": [], "verifications": [check]}
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder, "place")
        place.mkdir()
        place.joinpath(name + ".pgark").write_text("x", encoding="utf-8")
        place.joinpath(name + ".pgark.metadata.json").write_text(json.dumps(side_file), encoding="utf-8")
        metrics = pathlib.Path(folder, "pgark.prom")
        subprocess.run([PGARK, "status", "--rpo", "5000w", "--backup-dir", place, "--metrics-file", metrics],
                       stdout=subprocess.DEVNULL, check=True)
        return set(re.findall(r"^(pgark_\w+)", metrics.read_text(encoding="utf-8"), re.MULTILINE))


class ExamplesTest(unittest.TestCase):
    def test_every_command_line_is_accepted(self):
        seen = 0
        for name, script in shell_scripts():
            for words in command_lines(script):
                seen += 1
                self.assertEqual(unknown_options(PGARK, words), [], f"{name}: {' '.join(words)}")
        self.assertGreaterEqual(seen, 12)

    def test_a_command_line_that_is_wrong_is_noticed(self):
        (words,) = command_lines("pgark backup --no-such-option | tee log")
        self.assertEqual(words, ["pgark", "backup", "--no-such-option"])
        self.assertNotIn("--no-such-option", options_of(PGARK, "backup"))

    def test_shell_scripts_are_clean(self):
        for name, script in shell_scripts():
            checked = subprocess.run(["shellcheck", "-s", "sh", "-"], input=script, text=True, stdout=subprocess.PIPE,
                                     check=False)
            self.assertEqual(checked.stdout, "", name)

    def test_systemd_units(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in ("pgark-backup.service", "pgark-backup.timer"):
                text = read(f"systemd/{unit}").replace("/usr/bin/pgark", PGARK).replace("User=pgark\nGroup=pgark\n", "")
                pathlib.Path(folder, unit).write_text(text, encoding="utf-8")
            checked = subprocess.run(["systemd-analyze", "verify", "--man=no", f"{folder}/pgark-backup.service",
                                      f"{folder}/pgark-backup.timer"], stderr=subprocess.PIPE, text=True, check=False)
            complaints = [line for line in checked.stderr.splitlines() if "pgark-backup" in line]
            self.assertEqual(complaints, [])
            self.assertEqual(checked.returncode, 0, checked.stderr)
            calendar = re.search(r"OnCalendar=(.*)", read("systemd/pgark-backup.timer")).group(1)
            subprocess.run(["systemd-analyze", "calendar", calendar], check=True, stdout=subprocess.DEVNULL)

    def test_workflow(self):
        text = workflow()
        self.assertEqual([entry["cron"] for entry in text[True]["schedule"]], ["0 2 * * *", "0 3 * * 0"])
        steps = text["jobs"]["backup"]["steps"]
        (kept,) = [step for step in steps if str(step.get("uses", "")).startswith("actions/upload-artifact@")]
        self.assertEqual(kept["with"]["retention-days"], 30)
        self.assertEqual(kept["with"]["path"], text["env"]["BACKUP_DIR"])
        for job in text["jobs"].values():
            self.assertEqual(job["steps"][-1]["if"], "failure()")
            conditions = {"0 3 * * 0"} & set(re.findall(r"'([^']*)'", job["if"]))
            self.assertTrue(conditions)
        # A secret comes by the environment, never by a command line.
        for name, script in shell_scripts():
            self.assertNotIn("secrets.", script, name)

    def test_cronjob(self):
        cronjob = yaml.safe_load(read("kubernetes/cronjob.yaml"))
        self.assertEqual((cronjob["apiVersion"], cronjob["kind"]), ("batch/v1", "CronJob"))
        self.assertEqual(cronjob["spec"]["concurrencyPolicy"], "Forbid")
        pod = cronjob["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        self.assertEqual(pod["restartPolicy"], "Never")
        self.assertTrue(pod["securityContext"]["runAsNonRoot"])
        self.assertIn(f"USER {pod['securityContext']['runAsUser']}:", read("docker/Dockerfile"))
        # The first process of each is pgark: a shell there would not hear that the pod is to end.
        self.assertRegex(read("docker/Dockerfile"), r'(?m)^ENTRYPOINT \["[^"]*pgark"\]$')
        for container in pod["initContainers"] + pod["containers"]:
            self.assertNotIn("command", container)

    def test_alerts_of_prometheus(self):
        (group,) = yaml.safe_load(read("prometheus/pgark-alerts.yml"))["groups"]
        names = set()
        for rule in group["rules"]:
            names.add(rule["alert"])
            self.assertLessEqual(set(rule), {"alert", "expr", "for", "labels", "annotations"})
            self.assertIn(rule["labels"]["severity"], ("warning", "critical"))
            self.assertTrue(rule["annotations"]["summary"] and rule["annotations"]["description"])
            self.assertRegex(rule.get("for", "0m"), r"^\d+[smhd]$")
            used = re.findall(r"pgark_\w+", rule["expr"])
            self.assertTrue(used)
            # What is asked for is written.
            self.assertEqual([metric for metric in used if metric not in metrics_written()], [], rule["alert"])
            labels = re.findall(r"\$labels\.(\w+)", str(rule["annotations"]))
            self.assertLessEqual(set(labels), {"database", "place", "command"}, rule["alert"])
        self.assertEqual(len(names), len(group["rules"]))


if __name__ == "__main__":
    unittest.main()
