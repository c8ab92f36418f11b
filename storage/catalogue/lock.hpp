// Keeps two runs from changing one database's backups at a time: an object "<database>.lock-<n>" in the place
// itself, which holds wherever the runs are started.
//
// Its owner renews it every minute. It is dead, and the next run takes over by making n + 1, when its process
// is gone (seen from the same machine) or when it was not renewed for kLeaseTime (seen from another one; the
// clocks of machine and place may differ by less than that).
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/error.hpp"
#include "storage/store.hpp"

namespace pgark::storage {

inline constexpr std::chrono::minutes kLeaseTime{15};

// Of a process: what can be known of it from here.
enum class Liveness : std::uint8_t { alive, dead, unknown };

// Who holds a lock. All but `since` and `purpose` tell whether the process still runs.
struct LockOwner {
  std::string host, boot;     // the machine, and its run since it was started
  std::string pid_namespace;  // a container's processes are not seen from outside
  std::int64_t pid = 0;
  std::string process_start;  // a pid is used again
  std::string token;          // of this one lock
  std::string purpose;        // "backup"
  std::string since;          // RFC 3339

  static LockOwner this_process(std::string purpose);
  // Unknown of a process of another machine or container.
  Liveness liveness() const;
  // "pgark backup, process 4711 on db1, since 2026-01-15T14:30:00.000Z".
  std::string to_string() const;
};

std::string encode_lock_owner(const LockOwner& owner);
Result<LockOwner> decode_lock_owner(const std::string& text);

class Lock {
 public:
  // Errors: usage, naming the owner, when somebody has it; those of the store. The store outlives the lock.
  static Result<std::unique_ptr<Lock>> acquire(Store& store, const std::string& database,
                                               std::string purpose);
  ~Lock();  // gives it back

 private:
  Lock(Store& store, std::string key, LockOwner owner);
  void renew();

  Store& store_;
  const std::string key_;
  const LockOwner owner_;
  std::mutex mutex_;
  std::condition_variable_any wake_up_;
  std::jthread renewal_;  // last: uses the members above
};

}  // namespace pgark::storage
