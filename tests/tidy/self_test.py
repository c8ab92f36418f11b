"""Shows that every check fails on a bad sample and passes on a good one."""
import os
import subprocess
import tempfile
import unittest

import check_format
import check_headers
import check_includes
import check_length
import check_words
import source_tree


class IncludeTest(unittest.TestCase):
    def complaints(self, path, *lines):
        return check_includes.check(path, "\n".join(lines))

    def test_allowed_directions(self):
        for path, header in (
                ("protocol/wire/scram.cpp", "base/error.hpp"),
                ("protocol/connection.cpp", "protocol/wire/result_set.hpp"),
                ("storage/file_sink.cpp", "format/io.hpp"),
                ("dumper/dump.cpp", "format/writer.hpp"),
                ("dumper/ddl/table.cpp", "dumper/catalog/model.hpp"),
                ("restore/loader.cpp", "protocol/connection.hpp"),
                ("cli/main.cpp", "restore/restore.hpp"),
                ("tests/integration/x_test.cpp", "support/cluster.hpp"),
                ("tests/cli/text_test.cpp", "cli/text.hpp")):
            self.assertEqual(self.complaints(path, f'#include "{header}"'), [], path)

    def test_coroutines_are_started_in_one_place(self):
        line = "#include <boost/asio/co_spawn.hpp>"
        self.assertEqual(self.complaints("base/async/spawned.cpp", line), [])
        self.assertEqual(self.complaints("tests/base/async_test.cpp", line), [])
        for path in ("base/async/task_group.cpp", "restore/scheduler.cpp", "cli/runtime.cpp"):
            self.assertEqual(len(self.complaints(path, line)), 1, path)

    def test_forbidden_directions(self):
        for path, header in (
                ("base/error.cpp", "base/async/task_group.hpp"),
                ("base/error.cpp", "format/io.hpp"),
                ("protocol/wire/scram.cpp", "protocol/connection.hpp"),
                ("protocol/wire/scram.cpp", "protocol/params/connect_params.hpp"),
                ("protocol/wire/scram.cpp", "base/async/task_group.hpp"),
                ("protocol/params/uri.cpp", "protocol/wire/result_set.hpp"),
                ("protocol/connection.cpp", "format/io.hpp"),
                ("format/writer.cpp", "protocol/connection.hpp"),
                ("format/writer.cpp", "storage/file_sink.hpp"),
                ("storage/file_sink.cpp", "dumper/dump.hpp"),
                ("dumper/dump.cpp", "restore/restore.hpp"),
                ("restore/restore.cpp", "dumper/dump.hpp"),
                ("restore/restore.cpp", "dumper/catalog/model.hpp"),
                ("dumper/ddl/table.cpp", "protocol/connection.hpp"),
                ("restore/restore.cpp", "cli/text.hpp"),
                ("bench/codec_bench.cpp", "cli/text.hpp"),
                ("dumper/dump.cpp", "support/cluster.hpp"),
                ("tests/format/toc_test.cpp", "cli/text.hpp")):
            self.assertEqual(len(self.complaints(path, f'#include "{header}"')), 1, path + " <- " + header)

    def test_asio_stays_out_of_the_pure_layers(self):
        for path in ("base/error.hpp", "protocol/wire/a.cpp", "protocol/params/a.cpp", "format/a.cpp", "dumper/ddl/a.cpp",
                     "dumper/graph/a.cpp"):
            self.assertEqual(len(self.complaints(path, "#include <boost/asio/awaitable.hpp>")), 1, path)
            self.assertEqual(len(self.complaints(path, "  boost::asio::awaitable<void> f();")), 1, path)
        self.assertEqual(self.complaints("format/a.cpp", "// not for asio::awaitable"), [])
        self.assertEqual(self.complaints("protocol/tcp.cpp", "#include <boost/asio/ip/tcp.hpp>"), [])

    def test_asio_reached_through_other_headers(self):
        texts = {"dumper/ddl/a.cpp": '#include "dumper/x.hpp"', "dumper/x.hpp": '#include "dumper/y.hpp"',
                 "dumper/y.hpp": "#include <boost/asio/awaitable.hpp>", "format/a.cpp": '#include "format/a.hpp"',
                 "format/a.hpp": "#include <string>"}
        self.assertEqual(check_includes.check_reach(texts),
                         ["dumper/ddl/a.cpp:1: reaches Asio through dumper/x.hpp -> dumper/y.hpp"])

    def test_heavy_asio_in_a_header(self):
        self.assertEqual(len(self.complaints("protocol/a.hpp", "#include <boost/asio/co_spawn.hpp>")), 1)
        self.assertEqual(len(self.complaints("protocol/a.hpp", "#include <boost/asio.hpp>")), 1)
        self.assertEqual(self.complaints("protocol/a.hpp", "#include <boost/asio/awaitable.hpp>"), [])

    def test_foreign_headers(self):
        for line in ("#include <string>", "#include <sys/stat.h>", "#include <gtest/gtest.h>", "#include <fmt/format.h>"):
            self.assertEqual(self.complaints("format/a.hpp", line), [])

    def test_spelling(self):
        self.assertEqual(len(self.complaints("cli/main.cpp", "#include <base/error.hpp>")), 1)
        self.assertEqual(len(self.complaints("cli/main.cpp", '  #  include "tests/support/cluster.hpp"')), 1)
        self.assertEqual(len(self.complaints("misc/a.cpp", "int x;")), 1)


class LengthTest(unittest.TestCase):
    def test_limit(self):
        self.assertEqual(check_length.check("base/a.cpp", "x\n" * 600), [])
        self.assertEqual(len(check_length.check("base/a.cpp", "x\n" * 601)), 1)


class WordsTest(unittest.TestCase):
    def test_bad_lines(self):
        for path, line in (
                ("docs/a.md", "TODO: write this"),
                ("base/a.cpp", "// FIXME"),
                ("base/a.cpp", "<<<<<<< ours"),
                ("README.md", "cd /home/anna/pgark"),
                ("scripts/test", "cd /root/x"),
                ("base/a.cpp", "int x; "),
                ("base/a.cpp", "int x;\r"),
                ("tests/base/a_test.cpp", "using namespace std;"),
                ("format/a.cpp", 'std::cerr << "x";'),
                ("dumper/a.cpp", 'printf("x");'),
                ("restore/a.cpp", 'fmt::print("x");'),
                ("protocol/a.cpp", "#include <libpq-fe.h>"),
                ("restore/a.cpp", 'std::system("pg_restore");'),
                ("cli/a.cpp", "strcpy(a, b);")):
            self.assertEqual(len(check_words.check(path, line)), 1, line)

    def test_good_lines(self):
        for path, line in (
                ("cli/a.cpp", 'fmt::print("x");'),
                ("base/a.cpp", "snprintf(buffer, size, text);"),
                ("docs/a.md", "a framework/home page, ./wo" "rk/x, https://example.org/work"),
                ("base/a.cpp", "std::error_code::system_category();")):
            self.assertEqual(check_words.check(path, line), [], line)

    def test_binary_files_are_left_alone(self):
        self.assertEqual(check_words.check("docs/picture.png", "\0 \r"), [])


class TreeTest(unittest.TestCase):
    """Checks that need files on disk."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = self.folder.name

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def headers(self, text):
        path = self.write("base/sample.hpp", text)
        return check_headers.check(self.root, os.path.join(self.root, "work"), ["c++"], [path])

    def test_headers(self):
        self.assertEqual(self.headers("#pragma once\n#include <string>\nstruct A { std::string s; };\n"), [])
        self.assertEqual(len(self.headers("#pragma once\nstruct A { std::string s; };\n")), 1)  # needs <string>
        self.assertEqual(len(self.headers("struct A {};\n")), 1)  # no include guard

    def test_format(self):
        self.write(".clang-format", "BasedOnStyle: Google\n")
        good = self.write("base/good.cpp", "int f(int x) { return x; }\n")
        bad = self.write("base/bad.cpp", "int f( int x ) {return x;}\n")
        self.assertEqual(check_format.check(self.root, [good]), [])
        complaints = check_format.check(self.root, [good, bad])
        self.assertEqual(len(complaints), 1)
        self.assertTrue(complaints[0].startswith("base/bad.cpp:1"), complaints)

    def clang_tidy(self, text):
        path = self.write("base/sample.cpp", text)
        configuration = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.clang-tidy")
        return subprocess.run(["clang-tidy-19", "--quiet", f"--config-file={configuration}",
                               os.path.join(self.root, path), "--", "-std=c++20"], capture_output=True, check=False)

    def test_clang_tidy_configuration(self):
        good = "#include <memory>\nint f(std::unique_ptr<int> p) { return *p; }\n"
        self.assertEqual(self.clang_tidy(good).returncode, 0)
        bad = "#include <memory>\nint f(std::unique_ptr<int> p) { auto q = std::move(p); return *p + *q; }\n"
        result = self.clang_tidy(bad)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn(b"bugprone-use-after-move", result.stdout)

    def test_files_without_git(self):
        self.write("base/a.hpp", "")
        self.write("build/b.hpp", "")
        self.write("other/c.hpp", "")
        self.assertEqual(source_tree.cpp_files(self.root), ["base/a.hpp"])

    def test_an_empty_tree_is_a_failure(self):
        self.assertEqual(source_tree.report([], 0), 1)
        self.assertEqual(source_tree.report(["x"], 1), 1)
        self.assertEqual(source_tree.report([], 1), 0)


if __name__ == "__main__":
    unittest.main()
