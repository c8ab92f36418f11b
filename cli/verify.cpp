// pgark verify: reads a whole archive and proves every byte of it.
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/archive_choice.hpp"
#include "cli/command.hpp"
#include "cli/connection_options.hpp"
#include "cli/exit_code.hpp"
#include "cli/proof_text.hpp"
#include "cli/runtime.hpp"
#include "cli/stdout_text.hpp"
#include "cli/text.hpp"
#include "cli/verify_level.hpp"
#include "format/reader.hpp"
#include "format/verifier.hpp"
#include "restore/proof/proof.hpp"
#include "storage/storage.hpp"

namespace pgark::cli {

namespace {

struct VerifyCommandOptions {
  ArchiveChoice archive;
  bool all = false;
  std::string level = "decode";
  std::string sample;
  VerifyRequest request;
  params::CommandLineParams database;
  bool compares() const { return !database.dbname.empty(); }
};

std::string damaged_name(const format::ChunkDamage& damage) {
  const std::string name = damage.schema.empty() ? damage.name : damage.schema + "." + damage.name;
  return fmt::format("{} {}, part {} chunk {}", damage.kind, name, damage.part, damage.sequence);
}

using Proof = std::optional<restore::ProofReport>;

// The database that -d names, against everything in the archive.
Proof compare(const format::ArchiveReader& archive, const VerifyCommandOptions& options, Console& console) {
  if (!options.compares()) return std::nullopt;
  const params::ConnectParams database = connect_params(options.database, console);
  restore::RestoreOptions choice;
  choice.jobs = static_cast<int>(verify_threads(options.request));
  Proof proof;
  run_to_completion(choice.jobs, console, [&](RuntimeTools tools) -> boost::asio::awaitable<void> {
    const restore::ProofSource source{archive.toc(), &archive, nullptr};
    proof = co_await restore::prove(tools.executor, tools.cpu, database, choice, source, {}, console);
  });
  return proof;
}

nlohmann::json damages_json(const format::VerifyReport& report) {
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
  return damages;
}

// Of one archive that could be opened; `proof`: against a database of -d, or the level restore's.
nlohmann::json archive_json(const ChosenArchive& archive, const VerifyOutcome& outcome, const Proof& proof) {
  const format::VerifyReport& report = outcome.report;
  nlohmann::json fields = {
      {"archive", archive.name()},       {"file_bytes", report.file_bytes},
      {"chunks", report.chunks},         {"rows", report.rows},
      {"raw_bytes", report.raw_bytes},   {"damaged_chunks", report.damaged_chunks},
      {"damages", damages_json(report)}, {"database", proof ? proof_json(*proof) : nlohmann::json()}};
  fields.update(outcome_json(outcome));
  return fields;
}

bool shows_text(const Console& console) {
  return !console.options().json && !console.options().quiet;
}

void show_outcome(const ChosenArchive& archive, const VerifyOutcome& outcome, Console& console) {
  for (const auto& damage : outcome.report.damages)
    console.message(Severity::error, damage.error.to_string(), damaged_name(damage));
  if (!shows_text(console)) return;
  std::string text;
  for (const std::string& line : outcome_lines(outcome)) text += line + "\n";
  if (!outcome.error && outcome.verification.level >= storage::VerifyLevel::bytes) {
    text += fmt::format("{} is sound: {} on disk, {} uncompressed\n", printable(archive.name()),
                        human_bytes(outcome.report.file_bytes), human_bytes(outcome.report.raw_bytes));
  }
  write_stdout(text);
}

void show_proof(const restore::ProofReport& proof, Console& console) {
  if (shows_text(console)) {
    std::string text;
    for (const std::string& line : proof_lines(proof)) text += line + "\n";
    write_stdout(text);
  }
  show_differences(console, proof);
}

int end_with(const std::optional<Error>& error, Console& console) {
  if (!error) return kExitOk;
  console.error(*error);
  return exit_code(error->code);
}

int verify_one(const VerifyCommandOptions& options, Console& console) {
  console.about(subject_of(options.archive));
  ChosenArchive archive = find_archive(options.archive, console);
  console.about(subject_of(archive));
  const VerifyOutcome outcome = verify_to_level(archive, options.request, console);
  const Proof compared = outcome.error ? std::nullopt : compare(*archive, options, console);
  console.stop_progress();
  const std::optional<Error> unrecorded = record_outcome(archive, outcome);
  show_outcome(archive, outcome, console);
  if (outcome.proof) show_differences(console, *outcome.proof);
  if (compared) show_proof(*compared, console);
  nlohmann::json fields = archive_json(archive, outcome, compared ? compared : outcome.proof);
  fields["command"] = "verify";
  console.result(fields);
  const std::optional<Error> found =
      outcome.error ? outcome.error : (compared ? proof_error(*compared) : std::nullopt);
  return end_with(error_to_end_with(found, unrecorded, console), console);
}

struct Sample {
  std::uint64_t number = 1, of = 1;
};

// "2/7".
std::optional<Sample> parse_sample(std::string_view text) {
  Sample sample;
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, sample.number);
  if (number.ec != std::errc() || number.ptr == end || *number.ptr != '/') return std::nullopt;
  const auto of = std::from_chars(number.ptr + 1, end, sample.of);
  if (of.ec != std::errc() || of.ptr != end) return std::nullopt;
  return sample.number >= 1 && sample.number <= sample.of ? std::optional(sample) : std::nullopt;
}

// By its name, not by its place in the list: what comes or goes meanwhile moves no other. FNV-1a.
bool is_in(const Sample& sample, const std::string& name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash % sample.of == sample.number - 1;
}

// What has an archive, whether or not it is complete.
bool has_archive(const storage::Backup& backup) {
  return backup.state != storage::BackupState::unfinished && backup.state != storage::BackupState::orphaned;
}

struct AllSums {
  std::uint64_t sound = 0, wrong = 0, passed_over = 0;
  nlohmann::json archives = nlohmann::json::array();
  std::optional<Error> first;
  std::optional<Error> unrecorded;
};

// Somebody prunes meanwhile.
bool is_gone(const std::string& name, const VerifyCommandOptions& options) {
  const auto store = open_place(options.archive.place);
  const auto found = storage::Catalogue(*store).find(name);
  return !found && found.error().code == ErrorCode::usage;
}

// One of many: whatever is wrong with it, the others are looked at too.
void verify_next(const VerifyCommandOptions& options, const std::string& name, AllSums& sums,
                 Console& console) {
  ArchiveChoice choice = options.archive;
  choice.archive = name;
  std::optional<Error> error;
  try {
    ChosenArchive archive = find_archive(choice, console);
    const VerifyOutcome outcome = verify_to_level(archive, options.request, console);
    const std::optional<Error> unrecorded = record_outcome(archive, outcome);
    if (shows_text(console)) write_stdout(printable(archive.name()) + "\n");
    show_outcome(archive, outcome, console);
    sums.archives.push_back(archive_json(archive, outcome, outcome.proof));
    error = outcome.error;
    if (unrecorded) {
      console.message(Severity::error, unrecorded->to_string(), printable(name));
      if (!sums.unrecorded) sums.unrecorded = unrecorded;
    }
  } catch (const Exception& exception) {
    if (exception.error().code == ErrorCode::interrupted) throw;
    if (is_gone(name, options)) return;
    error = exception.error();
    sums.archives.push_back({{"archive", name}, {"sound", false}, {"message", error->to_string()}});
  }
  ++(error ? sums.wrong : sums.sound);
  if (!error) return;
  console.message(Severity::error, error->to_string(), printable(name));
  if (!sums.first) sums.first = error;
}

int verify_all(const VerifyCommandOptions& options, Console& console) {
  console.about(subject_of(options.archive));
  const auto store = open_place(options.archive.place);
  const storage::Catalogue catalogue(*store);
  const Sample sample = options.sample.empty() ? Sample() : parse_sample(options.sample).value_or(Sample());
  AllSums sums;
  for (const storage::Backup& backup : value_or_throw(catalogue.list(options.archive.of))) {
    if (!has_archive(backup)) continue;
    if (is_in(sample, backup.text())) {
      verify_next(options, backup.text(), sums, console);
    } else {
      ++sums.passed_over;
    }
  }
  console.stop_progress();
  if (sums.sound + sums.wrong + sums.passed_over == 0) {
    const std::string& of = options.archive.of;
    throw Exception(fail(ErrorCode::usage,
                         "there is no backup to verify" + (of.empty() ? "" : " of database \"" + of + "\""),
                         store->name({}),
                         "pgark list shows the backups; --backup-dir or BACKUP_DIR names where they are")
                        .value());
  }
  console.line(
      fmt::format("verified to level {}: {} sound, {} NOT sound{}", options.level, human_count(sums.sound),
                  human_count(sums.wrong),
                  sums.passed_over == 0 ? "" : fmt::format(", {} in other samples", sums.passed_over)));
  console.result({{"command", "verify"},
                  {"level", options.level},
                  {"sample", options.sample},
                  {"sound", sums.sound},
                  {"not_sound", sums.wrong},
                  {"passed_over", sums.passed_over},
                  {"archives", sums.archives}});
  if (!sums.first) return end_with(sums.unrecorded, console);
  Error error = *sums.first;
  error.message = fmt::format("{} of {} backups are not sound, or could not be verified; the first: {}",
                              sums.wrong, sums.sound + sums.wrong, error.message);
  return end_with(error, console);
}

void add_level_options(CLI::App& command, VerifyCommandOptions& options) {
  command
      .add_option(
          "--level", options.level,
          "index: header, contents and index; bytes: every checksum too, and the SHA-256 of the side file; "
          "decode: and every row; restore: and restored into a scratch database, and read again")
      ->type_name("LEVEL")
      ->check(CLI::IsMember({"index", "bytes", "decode", "restore"}).description(""))
      ->capture_default_str();
  CLI::Option* all = command.add_flag("--all", options.all, "all backups of the place, one after the other");
  for (const char* name : {"archive", "--latest"}) all->excludes(command.get_option(name));
  command
      .add_option("--sample", options.sample,
                  "with --all: the N-th of T parts of the backups; T such runs look at each once")
      ->type_name("N/T")
      ->needs(all)
      ->check(CLI::Validator(
          [](const std::string& text) {
            return parse_sample(text) ? std::string()
                                      : std::string("must be like 2/7, and not more than its whole");
          },
          ""));
}

}  // namespace

void add_verify_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<VerifyCommandOptions>();
  CLI::App* command =
      program.add_subcommand("verify", "Check every byte and every row of an archive, or of all backups");
  command->set_help_flag("--help", "show this page");
  add_archive_choice(*command, options->archive,
                     "archive to verify: a path, s3://BUCKET/KEY, gs://, az://, or the name of a backup");
  command
      ->add_option("-j,--jobs", options->request.jobs,
                   "threads, and connections to a database (default: one per processor)")
      ->type_name("N")
      ->check(CLI::Range(1, 256));
  add_connection_options(*command, options->database,
                         "compare this database with the archive as well: rows, sequences, objects");
  add_level_options(*command, *options);
  command->get_option("--dbname")->excludes("--all");
  for (const char* name : {"--host", "--port", "--username"})
    command->get_option(name)->needs(command->get_option("--dbname"));
  add_notify_options(*command, invocation.notify);
  add_metrics_option(*command, invocation.metrics);
  add_console_options(*command, invocation.console);
  command->footer(
      "Without --level every checksum is recomputed, every chunk decoded, and row counts and digests are "
      "compared with the\ntable of contents. What was verified of a backup, how and when goes to its side "
      "file. "
      "--level restore makes a scratch\ndatabase on the server of TEST_DATABASE_URL and drops it, or starts "
      "a "
      "server of its own from the programs in\nPGARK_SERVER_BIN or /usr/lib/postgresql.\n\n"
      "With -d, the tables of that database are read too and compared by row count and digest, sequences by "
      "value, large\nobjects by their bytes, other objects by kind and name only: not their definitions, "
      "owners "
      "or privileges. Exit status\n0: sound, and nothing of that differs; 10: damaged, each damaged chunk is "
      "named; 11: not an archive of this format; 13:\nthe database differs, each difference is named; 14: an "
      "entry could not be restored.\n\n"
      "Examples:\n"
      "  pgark verify shop.pgark\n"
      "  pgark verify --latest --of shop --level restore\n"
      "  pgark verify --all --level bytes --sample 3/7");
  command->callback([options, &invocation] {
    if (!options->all) check_archive_choice(options->archive);
    options->request.level = storage::parse_level(options->level).value();
    options->request.sample = options->sample;
    invocation.run = [options](Console& console) {
      return options->all ? verify_all(*options, console) : verify_one(*options, console);
    };
  });
}

}  // namespace pgark::cli
