"""Shows that no way of making an error's message escapes the check against the page of troubleshooting."""
import os
import tempfile
import unittest

import check_messages
import error_messages


class MessagesTest(unittest.TestCase):
    def read(self, **files):
        """Messages as "code: text", and how many are not understood; a file's name has _ for /."""
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                path = os.path.join(root, name.replace("_", "/") + ".cpp")
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            messages, unknown = error_messages.read(root)
        return sorted({f"{one.code}: {one.text}" for one in messages}), len(unknown)

    def expect(self, source, *texts):
        self.assertEqual(self.read(cli_x=source), (sorted(texts), 0))

    def test_literals_and_what_stands_between(self):
        self.expect('void f() { return fail(ErrorCode::usage, "is a directory", path, "hint"); }', "usage: is a directory")
        self.expect('void f() { fail(ErrorCode::io, "a \\"b\\""\n  " c; (d"); }', 'io: a "b" c; (d')
        self.expect('void f() { fail(ErrorCode::io, fmt::format("{} of {:.2f} {{s}}", a, b(c, d)), x); }', "io: … of … {s}")
        self.expect('void f() { fail(ErrorCode::io, "cannot " + a + "; b"); }', "io: cannot …; b")
        self.expect('void f() { fail(ErrorCode::io, std::string("cannot ") + (is ? "x" : "y")); }', "io: cannot x", "io: cannot y")
        self.expect('void f() { fail(ErrorCode::io, a::b ? "x" : c ? "y" : "z"); }', "io: x", "io: y", "io: z")
        self.expect('constexpr const char* kGone =\n  "is gone";\nvoid f() { fail(ErrorCode::io, kGone); }', "io: is gone")

    def test_members_and_aggregates(self):
        self.expect('void f() { error.code = ErrorCode::mismatch;\n error.message = "differs"; }', "mismatch: differs")
        self.expect('Fault f() { return {ErrorCode::io, "short"}; }', "io: short")
        self.expect('Fault f() { return Error{.code = ErrorCode::io, .message = "short", .hint = "x"}; }', "io: short")
        self.expect('void f() { return errno_fail(errno, "cannot open", path); }', "io: cannot open")
        self.expect('void f() { found.push_back({"is a standby", "remedy"}); }', "mismatch: is a standby")

    def test_functions_that_make_an_error_of_a_text(self):
        self.expect('Error bad(std::string what, int x) { return fail(ErrorCode::usage, std::move(what)); }\n'
                    'void f() { bad("one", 1); bad("two " + n, 2); }', "usage: one", "usage: two …")
        self.expect('void f() { const auto refuse = [&](const char* message) { fail(ErrorCode::io, message); };\n'
                    'if (x) refuse("no"); }', "io: no")
        self.expect('Error bad(const std::string& what) { return fail(ErrorCode::usage, what); }\n'
                    'Error worse(std::string_view part) { return bad(part); }\nvoid f() { worse("deep"); }', "usage: deep")

    def test_variables(self):
        self.expect('void f() { const char* what = a ? "x" : "y"; fail(ErrorCode::io, what); }', "io: x", "io: y")
        self.expect('const char* fault(int x) { if (x) return "odd"; return "even"; }\n'
                    'void f() { if (auto wrong = fault(1)) fail(ErrorCode::io, *wrong); }', "io: even", "io: odd")

    def test_what_is_no_message(self):
        self.expect('void f() { if (error.code == ErrorCode::io) throw; /* fail(ErrorCode::io, "x") */ }')
        self.expect('void f() { result.message = other.message; }')
        self.assertEqual(self.read(tests_x='void f() { fail(ErrorCode::io, "x"); }'), ([], 0))

    def test_what_is_not_understood_is_told(self):
        self.assertEqual(self.read(cli_x='void f() { fail(ErrorCode::io, text_of(1)); }'), ([], 1))

    def test_the_page(self):
        page = "\n".join((
            "## 8: io", "| message | what to do |", "|---|---|",
            "| `cannot open …`, `is gone` | look |", "| others <!-- from storage/s3 io --> | look |",
            "| `Disk full` <!-- not ours --> | look |",
            "## 10: archive damaged", "| any <!-- status archive_damaged --> | look |"))
        message = lambda text, code, path="cli/x.cpp": error_messages.Message(text, code, path, 1)
        good = [message("cannot open …", "io"), message("x", "io", "storage/s3/y.cpp"), message("y", "archive_damaged")]
        self.assertEqual(check_messages.check(good, page), [])
        for wrong in (message("is gone too", "io"), message("x", "io", "storage/az/y.cpp"), message("is gone", "usage"),
                      message("y", "")):
            self.assertEqual(len(check_messages.check(good + [wrong], page)), 1, wrong)
        self.assertEqual(len(check_messages.check(good[1:], page)), 1, "a line that explains nothing")
        self.assertEqual(len(check_messages.check(good[:1] + good[2:], page)), 1, "a line that explains nothing")


if __name__ == "__main__":
    unittest.main()
