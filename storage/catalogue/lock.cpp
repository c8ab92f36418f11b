#include "storage/catalogue/lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "storage/catalogue/backup_name.hpp"
#include "storage/catalogue/time_text.hpp"
#include "storage/file_descriptor.hpp"
#include "storage/interruption.hpp"

namespace pgark::storage {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kRenewal{60};
constexpr std::uint64_t kLockBytesMax = 64 << 10;
// Each needs that somebody takes or gives back the lock between two of our steps.
constexpr int kAttemptsMax = 40;
constexpr std::chrono::milliseconds kPause{25};

// A file of /proc, which has no size; empty when it is not there.
std::string read_proc(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t got = 0;
  while (file && (got = ::read(file.get(), buffer.data(), buffer.size())) > 0)
    text.append(buffer.data(), static_cast<std::size_t>(got));
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

// proc(5): field 22 of stat, behind the command in parentheses, which may hold anything. Field 3 is Z or X of
// one that is dead and that its parent has not waited for: nothing.
std::string start_of_process(std::int64_t pid) {
  const std::string stat = read_proc(fmt::format("/proc/{}/stat", pid));
  std::size_t at = stat.rfind(')');
  if (at == std::string::npos) return {};
  const std::string_view state = std::string_view(stat).substr(at + 1, 2);
  if (state == " Z" || state == " X") return {};
  constexpr int kFieldsBetween = 20;
  for (int field = 0; field < kFieldsBetween && at != std::string::npos; ++field) at = stat.find(' ', at + 1);
  if (at == std::string::npos) return {};
  return stat.substr(at + 1, stat.find(' ', at + 1) - at - 1);
}

std::string pid_namespace() {
  std::array<char, 256> target{};
  const ssize_t size = ::readlink("/proc/self/ns/pid", target.data(), target.size());
  return size < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string random_token() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

struct Held {
  std::uint64_t number = 0;
  std::string key;
  LockOwner owner;
  bool alive = false;
};

std::string lock_prefix(const std::string& database) {
  return escape_database(database) + ".lock-";
}

std::optional<std::uint64_t> number_of(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

// What cannot be read as a lock counts by its age alone: it may be one of a later version.
Result<std::vector<Held>> list_locks(const Store& store, const std::string& database) {
  const std::string prefix = lock_prefix(database);
  const auto objects = store.list(prefix);
  if (!objects) return tl::unexpected<Error>(objects.error());
  std::vector<Held> held;
  for (const ObjectInfo& object : *objects) {
    const auto number = number_of(std::string_view(object.key).substr(prefix.size()));
    if (!number) continue;
    const auto text = store.read_small(object.key, kLockBytesMax);
    if (!text) continue;  // given back meanwhile
    const auto owner = decode_lock_owner(*text);
    const bool renewed = std::chrono::system_clock::now() - object.modified < kLeaseTime;
    const Liveness liveness = owner ? owner->liveness() : Liveness::unknown;
    const bool alive = liveness == Liveness::unknown ? renewed : liveness == Liveness::alive;
    held.push_back({*number, object.key, owner ? *owner : LockOwner(), alive});
  }
  std::ranges::sort(held, {}, &Held::number);
  return held;
}

tl::unexpected<Error> is_held(const Store& store, const std::string& database, const Held& held) {
  return fail(
      ErrorCode::usage,
      fmt::format("the backups of database \"{}\" are in use by {}", database, held.owner.to_string()),
      store.name({}),
      fmt::format("wait until that has finished; should it be dead on another machine, its lock ends "
                  "after {} minutes",
                  kLeaseTime.count()));
}

Result<> create_lock(Store& store, const std::string& key, const LockOwner& owner) {
  const auto sink = store.create(key, /*overwrite=*/false);
  if (!sink) return tl::unexpected<Error>(sink.error());
  const std::string text = encode_lock_owner(owner);
  if (auto written = (*sink)->write_at(0, as_bytes(text)); !written) return written;
  return (*sink)->commit();
}

}  // namespace

LockOwner LockOwner::this_process(std::string purpose) {
  LockOwner owner;
  owner.host = host_name();
  owner.boot = read_proc("/proc/sys/kernel/random/boot_id");
  owner.pid_namespace = pgark::storage::pid_namespace();
  owner.pid = ::getpid();
  owner.process_start = start_of_process(owner.pid);
  owner.token = random_token();
  owner.purpose = std::move(purpose);
  owner.since = time_text(time_now());
  return owner;
}

Liveness LockOwner::liveness() const {
  const std::string boot_here = read_proc("/proc/sys/kernel/random/boot_id");
  if (host != host_name() || boot_here.empty()) return Liveness::unknown;
  if (boot != boot_here) return Liveness::dead;  // the machine was started again
  if (pid_namespace != pgark::storage::pid_namespace()) return Liveness::unknown;
  return start_of_process(pid) == process_start ? Liveness::alive : Liveness::dead;
}

std::string LockOwner::to_string() const {
  if (pid == 0) return "somebody whose lock cannot be read";
  return fmt::format("pgark {}, process {} on {}, since {}", purpose, pid, host, since);
}

std::string encode_lock_owner(const LockOwner& owner) {
  const json document = {{"schema", "pgark-lock"},
                         {"version", 1},
                         {"host", owner.host},
                         {"boot", owner.boot},
                         {"pid_namespace", owner.pid_namespace},
                         {"pid", owner.pid},
                         {"process_start", owner.process_start},
                         {"token", owner.token},
                         {"purpose", owner.purpose},
                         {"since", owner.since}};
  return document.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<LockOwner> decode_lock_owner(const std::string& text) {
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const auto wrong = [] { return fail(ErrorCode::archive_damaged, "is not a lock of pgark"); };
  if (!document.is_object() || document.value("schema", json()) != "pgark-lock") return wrong();
  const auto pid = document.find("pid");
  if (pid == document.end() || !pid->is_number_integer()) return wrong();
  LockOwner owner;
  owner.pid = pid->get<std::int64_t>();
  for (const auto& [name, field] :
       std::initializer_list<std::pair<const char*, std::string*>>{{"host", &owner.host},
                                                                   {"boot", &owner.boot},
                                                                   {"pid_namespace", &owner.pid_namespace},
                                                                   {"process_start", &owner.process_start},
                                                                   {"token", &owner.token},
                                                                   {"purpose", &owner.purpose},
                                                                   {"since", &owner.since}}) {
    const auto member = document.find(name);
    if (member == document.end() || !member->is_string()) return wrong();
    *field = member->get<std::string>();
  }
  return owner;
}

Lock::Lock(Store& store, std::string key, LockOwner owner)
    : store_(store), key_(std::move(key)), owner_(std::move(owner)) {
  renewal_ = std::jthread([this](const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      if (!wake_up_.wait_for(lock, stop, kRenewal, [&stop] { return stop.stop_requested(); })) renew();
    }
  });
}

// One that cannot be renewed just now may be in a minute.
void Lock::renew() {
  static_cast<void>(store_.write_small(key_, encode_lock_owner(owner_)));
}

Lock::~Lock() {
  renewal_.request_stop();
  renewal_.join();
  const CleanUp clean_up;
  const auto text = store_.read_small(key_, kLockBytesMax);
  if (!text) return;
  const auto owner = decode_lock_owner(*text);
  if (owner && owner->token == owner_.token) static_cast<void>(store_.remove(key_));
}

// Making the object is the step that only one can win. Whoever has won looks again: a run that gave back its
// lock meanwhile may have let in another one, under a smaller number. Then both go.
Result<std::unique_ptr<Lock>> Lock::acquire(Store& store, const std::string& database, std::string purpose) {
  const LockOwner owner = LockOwner::this_process(std::move(purpose));
  for (int attempt = 1;; ++attempt) {
    const auto held = list_locks(store, database);
    if (!held) return tl::unexpected<Error>(held.error());
    for (const Held& other : *held) {
      if (other.alive) return is_held(store, database, other);
    }
    const std::uint64_t number = held->empty() ? 1 : held->back().number + 1;
    const std::string key = lock_prefix(database) + std::to_string(number);
    if (auto created = create_lock(store, key, owner); !created) {
      if (attempt == kAttemptsMax) return tl::unexpected<Error>(created.error());
      std::this_thread::sleep_for(kPause);
      continue;
    }
    std::unique_ptr<Lock> lock(new Lock(store, key, owner));
    const auto all = list_locks(store, database);
    if (!all) return tl::unexpected<Error>(all.error());
    for (const Held& other : *all) {
      if (other.alive && other.key != key) return is_held(store, database, other);
    }
    for (const Held& dead : *all) {
      if (!dead.alive && dead.key != key) static_cast<void>(store.remove(dead.key));
    }
    return lock;
  }
}

}  // namespace pgark::storage
