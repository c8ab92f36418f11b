// A PostgreSQL server that lives as long as its object, from the server programs of this machine.
//
// It listens on a Unix socket in a folder that only its account may enter, and nowhere else. Started by root
// it runs as `postgres`, else as whoever runs pgark. When pgark dies, the kernel stops it; its folder, under
// a name that begins with "pgark-scratch-", then stays until the next one is started beside it, a minute
// later or more. Not thread safe.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "base/events.hpp"
#include "storage/file_descriptor.hpp"

namespace pgark::cli {

// The folder of the newest server programs: PGARK_SERVER_BIN, else below /usr/lib/postgresql.
std::optional<std::string> find_server_programs();

class ScratchServer {
 public:
  // Throws Exception when it does not start. `folder`: where its own folder is made.
  static std::unique_ptr<ScratchServer> start(const std::string& programs, const std::string& folder,
                                              EventSink& events);
  ~ScratchServer();
  ScratchServer(const ScratchServer&) = delete;
  ScratchServer& operator=(const ScratchServer&) = delete;

  // A superuser in the database postgres.
  std::string conninfo() const;

 private:
  explicit ScratchServer(std::string folder) : folder_(std::move(folder)) {}
  void initialise(const std::string& programs);
  void run(const std::string& programs);
  bool is_ready() const;

  const std::string folder_;
  storage::FileDescriptor lock_;  // says that the folder is in use
  pid_t pid_ = -1;
};

}  // namespace pgark::cli
