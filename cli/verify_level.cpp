#include "cli/verify_level.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "cli/archive_check.hpp"
#include "cli/interrupt_flag.hpp"
#include "cli/proof_text.hpp"
#include "cli/restore_result.hpp"
#include "cli/runtime.hpp"
#include "cli/scratch_restore.hpp"
#include "cli/text.hpp"
#include "storage/catalogue/stream_hash.hpp"

namespace pgark::cli {
namespace {

using storage::VerifyLevel;

// Of the archive itself; all else ends the command.
bool is_fault_of_archive(const Error& error) {
  return error.code == ErrorCode::archive_damaged || error.code == ErrorCode::archive_unsupported;
}

class LevelCheck {
 public:
  LevelCheck(ChosenArchive& archive, const VerifyRequest& request, Console& console)
      : archive_(archive), request_(request), console_(console) {}

  VerifyOutcome run() {
    const auto start = std::chrono::steady_clock::now();
    storage::Verification& verification = outcome_.verification;
    verification.at = storage::time_now();
    verification.level = request_.level;
    verification.sample = request_.sample;
    verification.drill = request_.drill;
    verification.passed = all_checks();
    if (outcome_.error) verification.message = outcome_.error->to_string();
    if (verification.seconds == 0) {
      verification.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    return std::move(outcome_);
  }

 private:
  bool all_checks() {
    if (!open()) return false;
    if (request_.level == VerifyLevel::index) return true;
    if (request_.drill) return restore();
    const bool same = compare_sha256();
    if (!read_chunks()) return false;  // says more than that a file is another one
    if (!same) {
      outcome_.error->hint =
          "its chunks are sound all the same: it is another archive, or the side file is wrong";
      return false;
    }
    return request_.level != VerifyLevel::restore || restore();
  }

  void pass(const char* name, std::string text) { outcome_.checks.push_back({true, name, std::move(text)}); }
  bool wrong(const char* name, Error error) {
    outcome_.checks.push_back({false, name, error.message});
    outcome_.error = std::move(error);
    return false;
  }

  bool open() {
    try {
      open_found(archive_);
    } catch (const Exception& exception) {
      if (!is_fault_of_archive(exception.error())) throw;
      return wrong("index", exception.error());
    }
    pass("index", "header, contents and index, and that they agree");
    return true;
  }

  // Against the side file: the files are those that were written.
  bool compare_sha256() {
    if (!archive_.backup() || !archive_.backup()->metadata) return true;
    const InterruptFlag interrupts;
    console_.phase("computing SHA-256");
    const auto keep_going = [] { return !InterruptFlag::raised(); };
    const auto& files = archive_.backup()->metadata->files;
    for (const storage::FileFacts& file : files) {
      const auto source = archive_.catalogue()->store().open(file.name);
      if (!source) throw Exception(source.error());
      const auto digest = storage::sha256_of(**source, +keep_going);
      if (!digest && !is_fault_of_archive(digest.error())) throw Exception(digest.error());
      if (!digest) return wrong("sha256", digest.error());
      if (*digest == file.sha256) continue;
      return wrong("sha256",
                   fail(ErrorCode::archive_damaged, "the SHA-256 is not the one that its side file has",
                        archive_.catalogue()->store().name(file.name), "take another copy of this archive")
                       .value());
    }
    pass("sha256", fmt::format("the SHA-256 of {}, as the side file has it",
                               files.size() == 1 ? "the file" : human_count(files.size()) + " files"));
    return true;
  }

  bool read_chunks() {
    const bool decode = request_.level >= VerifyLevel::decode;
    outcome_.report = read_whole_archive(*archive_, verify_threads(request_), console_, decode);
    reset_progress(console_);
    const format::VerifyReport& report = outcome_.report;
    if (!report.sound()) {
      Error error = damage_error(*archive_, report);
      error.hint =
          "take another copy of this archive; tables that are not named above can still be restored with -t";
      return wrong("chunks", std::move(error));
    }
    const auto& data = archive_->toc().data;
    const auto large = static_cast<std::size_t>(std::ranges::count_if(data, [this](const auto& one) {
      return archive_->toc().find(one.entry)->kind == "LARGE OBJECT DATA";
    }));
    const std::string tables = tables_text(data.size() - large, large != 0);
    pass("chunks",
         decode ? fmt::format("{} chunks: checksums, lengths, {} rows and their digests in {}",
                              human_count(report.chunks), human_count(report.rows), tables)
                : fmt::format("{} chunks: checksums and lengths, of {}", human_count(report.chunks), tables));
    return true;
  }

  bool restore() {
    ScratchResult result =
        restore_to_scratch(*archive_, static_cast<int>(verify_threads(request_)), console_);
    outcome_.verification.seconds = result.restore.seconds;
    outcome_.verification.timeline = std::move(result.restore.timeline);
    outcome_.proof = std::move(result.restore.proof);
    for (const auto& failed : result.restore.outcome.failed)
      console_.message(Severity::error, failed.error.to_string(), failed.kind + " " + failed.name);
    if (!result.restore.outcome.failed.empty()) {
      return wrong("restore",
                   fail(ErrorCode::incomplete,
                        fmt::format("{} of the archive's entries were not restored",
                                    result.restore.outcome.failed.size()),
                        archive_.name(), "each is named above; may the scratch server lack something?")
                       .value());
    }
    if (const auto difference = outcome_.proof ? proof_error(*outcome_.proof) : std::nullopt)
      return wrong("restore", *difference);
    pass("restore", fmt::format("restored into {} in {}, read again and found equal: {} rows in {} tables",
                                result.where, human_duration(result.restore.seconds),
                                human_count(outcome_.proof->rows), human_count(outcome_.proof->tables)));
    return true;
  }

  ChosenArchive& archive_;
  const VerifyRequest& request_;
  Console& console_;
  VerifyOutcome outcome_;
};

}  // namespace

unsigned verify_threads(const VerifyRequest& request) {
  return request.jobs > 0 ? static_cast<unsigned>(request.jobs) : cpu_thread_count();
}

VerifyOutcome verify_to_level(ChosenArchive& archive, const VerifyRequest& request, Console& console) {
  return LevelCheck(archive, request, console).run();
}

// That an entry could not be restored may be the scratch server's fault: it says nothing about the archive.
std::optional<Error> record_outcome(const ChosenArchive& archive, const VerifyOutcome& outcome) {
  if (!archive.backup()) return std::nullopt;
  const bool failed_to_restore = outcome.error && outcome.error->code == ErrorCode::incomplete;
  if (failed_to_restore && !outcome.verification.drill) return std::nullopt;
  const auto recorded = archive.catalogue()->record(*archive.backup(), outcome.verification);
  if (recorded) return std::nullopt;
  Error error = recorded.error();
  error.hint =
      "what was found is shown above, and is not in the side file: list, status and report do not know it";
  return error;
}

std::optional<Error> error_to_end_with(const std::optional<Error>& wrong,
                                       const std::optional<Error>& unrecorded, Console& console) {
  if (!wrong) return unrecorded;
  if (unrecorded)
    console.message(Severity::warning, "what was found is not in the side file: " + unrecorded->message,
                    unrecorded->object);
  return wrong;
}

std::vector<std::string> outcome_lines(const VerifyOutcome& outcome) {
  std::vector<std::string> lines;
  for (const VerifyCheck& check : outcome.checks)
    lines.push_back((check.passed ? "ok    " : "FAIL  ") + printable(check.text));
  return lines;
}

nlohmann::json outcome_json(const VerifyOutcome& outcome) {
  nlohmann::json checks = nlohmann::json::array();
  for (const VerifyCheck& check : outcome.checks)
    checks.push_back({{"check", check.name}, {"passed", check.passed}, {"text", check.text}});
  return {{"level", storage::level_name(outcome.verification.level)},
          {"sound", !outcome.error.has_value()},
          {"seconds", outcome.verification.seconds},
          {"sample", outcome.verification.sample},
          {"checks", checks}};
}

}  // namespace pgark::cli
