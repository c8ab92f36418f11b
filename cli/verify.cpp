// pgark verify: reads a whole archive and proves every byte of it.
#include <fmt/format.h>

#include <cerrno>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command.hpp"
#include "cli/connection_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/interrupt_flag.hpp"
#include "cli/proof_text.hpp"
#include "cli/runtime.hpp"
#include "cli/text.hpp"
#include "format/reader.hpp"
#include "format/verifier.hpp"
#include "restore/proof/proof.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

struct VerifyCommandOptions {
  std::string archive;
  int jobs = 0;  // 0 = one per processor
  params::CommandLineParams database;
  bool compares() const { return !database.dbname.empty(); }
};

std::string damaged_name(const format::ChunkDamage& damage) {
  const std::string name = damage.schema.empty() ? damage.name : damage.schema + "." + damage.name;
  return fmt::format("{} {}, part {} chunk {}", damage.kind, name, damage.part, damage.sequence);
}

format::VerifyReport read_all(const format::ArchiveReader& archive, const VerifyCommandOptions& options,
                              Console& console) {
  const InterruptFlag interrupts;
  console.phase("verifying");
  format::VerifyOptions verify;
  verify.threads = options.jobs > 0 ? static_cast<unsigned>(options.jobs) : cpu_thread_count();
  verify.on_progress = [&console](const format::VerifyProgress& at) {
    console.progress.bytes_done = at.raw_bytes_done;
    console.progress.bytes_total = at.raw_bytes_total;
    console.progress.steps_done = at.chunks_done;
    console.progress.steps_total = at.chunks_total;
    return !InterruptFlag::raised();
  };
  return value_or_throw(format::verify_archive(archive, verify));
}

using Proof = std::optional<restore::ProofReport>;

// The database that -d names, against everything in the archive.
Proof compare(const format::ArchiveReader& archive, const VerifyCommandOptions& options, Console& console) {
  if (!options.compares()) return std::nullopt;
  const params::ConnectParams database = connect_params(options.database, console);
  restore::RestoreOptions choice;
  choice.jobs = options.jobs > 0 ? options.jobs : static_cast<int>(cpu_thread_count());
  Proof proof;
  run_to_completion(choice.jobs, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    proof = co_await restore::prove(tools.executor, tools.cpu, database, choice, archive, {}, console);
  });
  return proof;
}

void show_json(const format::ArchiveReader& archive, const format::VerifyReport& report, const Proof& proof,
               Console& console) {
  nlohmann::json damages = nlohmann::json::array();
  for (const auto& damage : report.damages) {
    damages.push_back(
        {{"entry", damage.entry},
         {"kind", damage.kind},
         {"schema", damage.schema},
         {"name", damage.name},
         {"part", damage.part},
         {"sequence", damage.sequence},
         {"rows", damage.rows},
         {"offset", damage.error.offset ? nlohmann::json(*damage.error.offset) : nlohmann::json()},
         {"message", damage.error.message}});
  }
  console.result({{"command", "verify"},
                  {"archive", archive.name()},
                  {"sound", report.sound()},
                  {"file_bytes", report.file_bytes},
                  {"chunks", report.chunks},
                  {"rows", report.rows},
                  {"raw_bytes", report.raw_bytes},
                  {"damaged_chunks", report.damaged_chunks},
                  {"damages", damages},
                  {"database", proof ? proof_json(*proof) : nlohmann::json()}});
}

void show_text(const format::ArchiveReader& archive, const format::VerifyReport& report,
               const Console& console) {
  if (console.options().json || console.options().quiet) return;
  const std::size_t tables = archive.toc().data.size();
  std::cout << "ok    header, contents and index, and that they agree\n";
  if (report.sound()) {
    std::cout << fmt::format("ok    {} chunks: checksums, lengths, {} rows and their digests in {} tables\n",
                             human_count(report.chunks), human_count(report.rows), human_count(tables))
              << fmt::format("{} is sound: {} on disk, {} uncompressed\n", printable(archive.name()),
                             human_bytes(report.file_bytes), human_bytes(report.raw_bytes));
  } else {
    std::cout << fmt::format("FAIL  {} of {} chunks are damaged\n", human_count(report.damaged_chunks),
                             human_count(report.chunks));
  }
  std::cout.flush();
}

void show_proof(const restore::ProofReport& proof, Console& console) {
  if (!console.options().json && !console.options().quiet) {
    for (const std::string& line : proof_lines(proof)) std::cout << line << '\n';
    std::cout.flush();
  }
  show_differences(console, proof);
}

int finish(const format::ArchiveReader& archive, const format::VerifyReport& report, Console& console) {
  if (report.sound()) return kExitOk;
  for (const auto& damage : report.damages) {
    console.message(Severity::error, damage.error.to_string(), damaged_name(damage));
  }
  Error error;
  error.code = ErrorCode::archive_damaged;
  error.object = archive.name();
  error.message = fmt::format("{} of {} chunks are damaged", report.damaged_chunks, report.chunks);
  error.hint =
      "take another copy of this archive; tables that are not named above can still be restored with -t";
  console.error(error);
  return exit_code(error.code);
}

int run_verify(const VerifyCommandOptions& options, Console& console) {
  const auto archive = value_or_throw(storage::open_archive(options.archive));
  const format::VerifyReport report = read_all(*archive, options, console);
  const Proof proof = report.sound() ? compare(*archive, options, console) : std::nullopt;
  console.stop_progress();
  show_text(*archive, report, console);
  if (proof) show_proof(*proof, console);
  show_json(*archive, report, proof, console);
  if (!std::cout.flush()) throw Exception(errno_error(errno, "cannot write", "standard output"));
  const int status = finish(*archive, report, console);
  const std::optional<Error> difference = proof ? proof_error(*proof) : std::nullopt;
  if (!difference) return status;
  console.error(*difference);
  return exit_code(difference->code);
}

}  // namespace

void add_verify_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<VerifyCommandOptions>();
  CLI::App* command = program.add_subcommand("verify", "Check every byte and every row of an archive");
  command->set_help_flag("--help", "show this page");
  command->add_option("archive", options->archive, "archive to verify")->type_name("ARCHIVE")->required();
  command
      ->add_option("-j,--jobs", options->jobs,
                   "threads, and connections to a database (default: one per processor)")
      ->type_name("N")
      ->check(CLI::Range(1, 256));
  add_connection_options(*command, options->database,
                         "compare this database with the archive as well: rows, sequences, objects");
  for (const char* name : {"--host", "--port", "--username"})
    command->get_option(name)->needs(command->get_option("--dbname"));
  add_console_options(*command, invocation.console);
  command->footer(
      "Every checksum is recomputed, every chunk decoded, and row counts and digests are compared with the "
      "table of\n"
      "contents. With -d, the tables of that database are read too and compared by row count and digest, "
      "sequences by\n"
      "value, large objects by their bytes, other objects by kind and name only: not their definitions, "
      "owners or\n"
      "privileges. Exit status 0: sound, and nothing of that differs; 10: damaged, each damaged chunk is "
      "named; 11: "
      "not\n"
      "an archive of this format; 13: the database differs, each difference is named.");
  command->callback([options, &invocation] {
    invocation.run = [options](Console& console) { return run_verify(*options, console); };
  });
}

}  // namespace pgark::cli
