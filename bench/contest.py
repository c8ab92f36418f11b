"""What the contests of whole programs share: a throw-away server with a data set, and measuring what a command costs."""
import argparse
import contextlib
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
SETTINGS = {"shared_buffers": "2GB", "max_wal_size": "8GB", "fsync": "off", "jit": "off", "autovacuum": "off",
            "listen_addresses": "'127.0.0.1'", "max_connections": "30", "max_locks_per_transaction": "2000"}


class Server:
    """A cluster of its own, run by somebody who is not root."""

    def __init__(self, server_bin, folder):
        self.bin = pathlib.Path(server_bin)
        self.folder = folder
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            shutil.chown(folder, self.user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def run(self, program, *arguments, **more):
        return subprocess.run([self.bin / program, *map(str, arguments)], check=True, user=self.user,
                              cwd=self.folder, **more)

    def __enter__(self):
        data = self.folder / "data"
        self.run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", stdout=subprocess.DEVNULL)
        with open(data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write("".join(f"{name} = {value}\n" for name, value in SETTINGS.items()))
            file.write(f"port = {self.port}\nunix_socket_directories = '{self.folder}'\n")
        self.run("pg_ctl", "-D", data, "-w", "-l", self.folder / "server.log", "start", stdout=subprocess.DEVNULL)
        self.pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        return self

    def __exit__(self, *_):
        self.run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop", stdout=subprocess.DEVNULL)

    def sql(self, database, *statements, variables=()):
        command = []
        for variable in variables:
            command += ["-v", variable]
        for statement in statements:
            command += ["-c", statement] if not isinstance(statement, pathlib.Path) else ["-f", statement]
        return self.run("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo(database), *command,
                        stdout=subprocess.PIPE, text=True).stdout.strip()

    def conninfo(self, database):
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    def processor_seconds(self):
        """Of all backends that have ended: the postmaster has waited for them."""
        time.sleep(0.2)
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICKS


    def make_data_set(self, database, scale):
        """The tables of data_set.sql in a new database."""
        self.sql("postgres", f"CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
        self.run_script(database, (HERE / "data_set.sql").read_text(encoding="utf-8"), f"scale={scale}")

    def run_script(self, database, text, *variables):
        script = self.folder / "script.sql"
        script.write_text(text, encoding="utf-8")
        self.sql(database, script, variables=variables)


def size_of(path):
    if path.is_dir():
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return path.stat().st_size if path.exists() else 0


def remove(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def run(command):
    subprocess.run(list(map(str, command)), check=True)


def measure(server, command, output=None):
    """Runs one command, or several at the same time, and returns its figures."""
    commands = command if isinstance(command[0], list) else [command]
    server_before, begin = server.processor_seconds(), time.monotonic()
    children = [subprocess.Popen(list(map(str, one)), stdout=subprocess.DEVNULL) for one in commands]
    client, peak = 0.0, 0
    for child in children:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise SystemExit(f"exit status {child.returncode}: {' '.join(map(str, child.args))}")
        client += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss * 1024)
    wall = time.monotonic() - begin
    return {"wall": wall, "client": client, "server": server.processor_seconds() - server_before, "peak": peak,
            "size": size_of(output) if output else 0}


def medians(results):
    """Of name -> runs, each a dictionary of figures."""
    return {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in results.items()}


def conclude(options, title, facts, results, table):
    """Prints the table of the medians and writes every figure where --json says."""
    middle = medians(results)
    print(f"{title}, medians of {options.rounds} rounds\n")
    print(table(middle))
    if options.json:
        document = {**facts, "medians": middle, "runs": results}
        pathlib.Path(options.json).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def parser(description):
    """With what every contest is asked for."""
    result = argparse.ArgumentParser(description=description)
    result.add_argument("pgark")
    result.add_argument("--scale", type=float, default=0.1)
    result.add_argument("--rounds", type=int, default=3)
    result.add_argument("--jobs", type=int, default=2)
    result.add_argument("--tables", type=int, default=0)
    result.add_argument("--server-bin", default="/usr/lib/postgresql/15/bin")
    result.add_argument("--folder", help="for the server and the dumps; a disk that holds both")
    result.add_argument("--only", metavar="NAME,...")
    result.add_argument("--json", metavar="FILE")
    return result


@contextlib.contextmanager
def server_of(options):
    """A server in a folder that is removed with it."""
    with tempfile.TemporaryDirectory(prefix="pgark-bench-", dir=options.folder) as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        with Server(options.server_bin, folder) as server:
            yield server
