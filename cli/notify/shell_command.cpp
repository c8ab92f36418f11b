#include "cli/notify/shell_command.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>

#include "cli/child_program.hpp"
#include "storage/file_descriptor.hpp"

namespace pgark::cli {
namespace {

constexpr std::chrono::milliseconds kAfterTerm{2'000};
constexpr std::chrono::milliseconds kAfterKill{5'000};
constexpr int kNotFound = 127;

std::vector<std::string> environment_of(const ShellCommand& command) {
  const auto left_out = [&command](std::string_view text) {
    const bool replaced = std::ranges::any_of(command.variables, [text](const auto& variable) {
      return text.starts_with(variable.first) && text.substr(variable.first.size()).starts_with('=');
    });
    return replaced || std::ranges::any_of(command.without, [text](const std::string& prefix) {
             return text.starts_with(prefix);
           });
  };
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!left_out(*entry)) environment.emplace_back(*entry);
  }
  for (const auto& [name, value] : command.variables) {
    std::string text = name + "=" + value;
    std::erase(text, '\0');
    environment.push_back(std::move(text));
  }
  return environment;
}

// A file in memory: nobody has to write while the command reads, or does not.
Result<storage::FileDescriptor> file_of(const std::string& text) {
  storage::FileDescriptor file(::memfd_create("pgark notification", MFD_CLOEXEC));
  if (file.get() < 0) return tl::unexpected<Error>(errno_error(errno, "cannot make a file", "memory"));
  const int problem = storage::write_all_at(file.get(), 0, as_bytes(text));
  if (problem != 0) return tl::unexpected<Error>(errno_error(problem, "cannot write", "memory"));
  return file;
}

tl::unexpected<Error> failed(const std::string& how) {
  return fail(ErrorCode::io, "the command of a notification " + how, "--notify-command");
}

}  // namespace

Result<> run_shell(const ShellCommand& command) {
  auto input = file_of(command.input);
  if (!input) return tl::unexpected<Error>(std::move(input).error());
  ChildProgram program;
  program.words = {"/bin/sh", "-c", command.command};
  program.environment = environment_of(command);
  program.input = input->get();
  program.output = STDERR_FILENO;
  program.death_signal = SIGTERM;
  const pid_t child = start_child(program);
  if (child < 0) return tl::unexpected<Error>(errno_error(errno, "cannot start", "/bin/sh"));
  auto status = wait_for_child(child, command.time);
  if (!status) {
    // The session is its own: all that is in it ends.
    ::kill(-child, SIGTERM);
    if (!wait_for_child(child, kAfterTerm)) {
      ::kill(-child, SIGKILL);
      static_cast<void>(wait_for_child(child, kAfterKill));
    } else {
      ::kill(-child, SIGKILL);  // of what the shell has left
    }
    return failed(fmt::format("took more than {} s and was ended", command.time.count() / 1000));
  }
  if (WIFSIGNALED(*status)) return failed(fmt::format("was ended by signal {}", WTERMSIG(*status)));
  if (WEXITSTATUS(*status) == 0) return {};
  return failed(fmt::format("ended with status {}{}", WEXITSTATUS(*status),
                            WEXITSTATUS(*status) == kNotFound ? ": was it found?" : ""));
}

}  // namespace pgark::cli
