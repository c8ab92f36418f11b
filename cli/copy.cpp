// pgark copy: a live database into another one, without a file between them.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "cli/backup_options.hpp"
#include "cli/command.hpp"
#include "cli/connection_options.hpp"
#include "cli/feed_output.hpp"
#include "cli/live_restore.hpp"
#include "cli/option_group.hpp"
#include "cli/replace.hpp"
#include "cli/report_text.hpp"
#include "cli/restore_choice.hpp"
#include "cli/runtime.hpp"
#include "cli/same_database.hpp"
#include "cli/text.hpp"
#include "dumper/dump.hpp"
#include "restore/replace/replace.hpp"
#include "restore/selection.hpp"

namespace pgark::cli {

namespace {

namespace asio = boost::asio;

struct CopyOptions {
  std::string from, to;
  BackupChoice choice;
  RestoreChoice restore;
  int jobs = 1;
  bool globals = false, no_role_passwords = false;
  bool verify = false;
  bool force = false;  // ask nobody
  std::int64_t lock_budget = 0;
};

constexpr std::size_t kBufferBytes = (std::size_t{4} << 20) + (std::size_t{128} << 10);

// The dump's side of the one display: its words are shown; of its figures only how much there is to copy.
class SourceEvents final : public EventSink {
 public:
  explicit SourceEvents(Console& console) : console_(console) {}
  void phase(std::string_view name) override {
    if (!begun_) console_.phase(name);
  }
  void message(Severity severity, std::string_view text, std::string_view object) override {
    console_.message(severity, text, object);
  }
  // The restore has taken over.
  void begin() { begun_ = true; }
  void show_total() { console_.progress.bytes_total = progress.bytes_total.load(); }

 private:
  Console& console_;
  std::atomic<bool> begun_{false};
};

struct CopyPlan {
  dumper::DumpOptions dump;
  restore::RestoreOptions restore;
};

CopyPlan copy_plan(const CopyOptions& options) {
  BackupPlan plan = value_or_throw(backup_plan(options.choice));
  CopyPlan copy;
  copy.dump.selection = std::move(plan.selection);
  copy.dump.session = std::move(plan.session);
  copy.dump.jobs = options.jobs;
  copy.dump.lock_budget = options.lock_budget;
  copy.dump.codec = {format::Codec::none, 0};
  copy.dump.globals = options.globals;
  copy.dump.role_passwords = !options.no_role_passwords;
  copy.dump.pgark_version = PGARK_VERSION;
  copy.restore = restore_options(options.restore);
  static_cast<ContentChoice&>(copy.restore) = copy.dump.selection;
  copy.restore.enable_row_security = copy.dump.session.enable_row_security;
  copy.restore.globals = options.globals;
  copy.restore.no_role_passwords = options.no_role_passwords;
  copy.restore.jobs = options.jobs;
  value_or_throw(restore::check_options(copy.restore));
  return copy;
}

// --clean: a person at the terminal is asked, when there is something to lose.
void ask_before_clean(const CopyOptions& options, const CopyPlan& plan, const params::ConnectParams& source,
                      params::ConnectParams target, Console& console) {
  if (!plan.restore.clean || options.force || !has_terminal()) return;
  if (plan.restore.create) target.database = source.database;
  restore::LiveDatabase live;
  try {
    run_to_completion(1, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
      restore::ReplaceTools replace{tools.executor, console, target, plan.restore.role};
      live = co_await restore::look_at_target(std::move(replace));
    });
  } catch (const Exception& exception) {
    // There is nothing yet that could be lost; all else the copy itself will meet and tell.
    if (exception.error().code == ErrorCode::connect) return;
    throw;
  }
  if (live.objects == 0) return;
  confirm_with_word(
      "COPY",
      fmt::format("This replaces what database \"{}\" on {} holds.\n"
                  "  now: {}, {} tables, {} other sessions\n"
                  "  by:  a copy of \"{}\"; there is no backup of what is dropped, and a copy that is cut "
                  "off cannot be resumed",
                  printable(live.name), printable(live.where), human_bytes(live.bytes),
                  human_count(live.tables), human_count(live.sessions), printable(source.database)));
}

int run_copy(const CopyOptions& options, Console& console) {
  const CopyPlan plan = copy_plan(options);
  const params::ConnectParams source = connect_params({options.from, {}, {}, {}}, console);
  const params::ConnectParams target = connect_params({options.to, {}, {}, {}}, console);
  const std::string& copied = plan.restore.create ? source.database : target.database;
  console.about({copied, {}, {}, copied});
  restore::RowFeed feed(static_cast<std::size_t>(options.jobs) + live_buffer_count(options.jobs),
                        kBufferBytes);
  if (options.verify) feed.digest_large_objects();
  SourceEvents source_events(console);
  dumper::DumpOutcome dumped;
  RestoreResult restored;
  console.phase("connecting");
  run_to_completion(1, console, [&](RuntimeTools tools) {
    return refuse_same_database(tools.executor, source, target, plan.restore.create, console);
  });
  ask_before_clean(options, plan, source, target, console);
  run_to_completion(2 * options.jobs, console, [&](RuntimeTools tools) -> asio::awaitable<void> {
    async::Task dumping = [&]() -> asio::awaitable<void> {
      std::unique_ptr<dumper::DumpOutput> output =
          std::make_unique<FeedOutput>(feed, [&source_events] { source_events.show_total(); });
      dumped = co_await dumper::dump(tools.executor, tools.cpu, source, plan.dump, std::move(output),
                                     source_events);
    };
    LiveRestore live{target, plan.restore, options.verify, [&source_events] { source_events.begin(); }};
    restored = co_await restore_beside(tools, std::move(dumping), feed, std::move(live), console);
  });
  show_restore(console, {}, *feed.final_toc(), restored, {{"command", "copy"}});
  const int status = finish_restore(console, restored);
  return status != 0 ? status : backup_status(console, dumped.report);
}

void add_target_options(CLI::App& command, CopyOptions& options) {
  constexpr const char* kGroup = "How to restore";
  add_restore_choice(command, options.restore, kGroup);
  OptionGroup group(command, kGroup);
  restore::RestoreOptions& restore = options.restore.restore;
  group.flag("--exit-on-error", restore.exit_on_error, "stop at the first statement that fails");
  group.flag("--append", restore.append, "without definitions: add rows to tables that hold some already");
  group.flag("--force", options.force, "with --clean, do not ask before data is replaced");
  group.value("--target-role", restore.role, "ROLE", "become this role before restoring (SET ROLE)");
  group
      .flag("--verify", options.verify,
            "afterwards read every table again and compare counts and digests, sequences and objects")
      ->excludes(command.get_option("--append"));
}

}  // namespace

void add_copy_command(CLI::App& program, Invocation& invocation) {
  auto options = std::make_shared<CopyOptions>();
  CLI::App* command = program.add_subcommand("copy", "Copy a live database into another one");
  command->set_help_flag("--help", "show this page");
  constexpr const char* kConnectionGroup = "Connection";
  command
      ->add_option("--from", options->from,
                   "database to copy: a name, \"host=... dbname=...\" or postgresql://...")
      ->type_name("CONNINFO")
      ->required()
      ->group(kConnectionGroup);
  command
      ->add_option("--to", options->to,
                   "database to copy into; with --create one to connect to while it is made")
      ->type_name("CONNINFO")
      ->required()
      ->group(kConnectionGroup);
  add_jobs_option(*command, options->jobs,
                  "connections that read rows, and as many that load them and build indexes");
  add_backup_choice(*command, options->choice);
  command
      ->add_option("--lock-budget", options->lock_budget,
                   "lock at most N tables at once, with a weaker guarantee (docs/locks.md)")
      ->type_name("N")
      ->check(CLI::PositiveNumber);
  add_target_options(*command, *options);
  add_globals_options(*command, options->globals, options->no_role_passwords, "copy");
  add_notify_options(*command, invocation.notify);
  add_console_options(*command, invocation.console);
  command->footer(
      "Rows go from the one server to the other as they are read, through memory of bounded size. All come "
      "from\none snapshot. A copy that is cut off cannot be resumed: the target keeps a mark until a copy or "
      "restore with\n--clean begins anew.\n\n"
      "Examples:\n"
      "  createdb -h new shop && pgark copy --from \"host=old dbname=shop\" --to \"host=new dbname=shop\" -j "
      "4\n"
      "  pgark copy --from postgresql://old/shop --to postgresql://new/postgres --create -j 4 --verify");
  command->callback([options, &invocation] {
    invocation.run = [options](Console& console) { return run_copy(*options, console); };
  });
}

}  // namespace pgark::cli
