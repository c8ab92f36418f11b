// For commands without a runtime (runtime.hpp): notices SIGINT, SIGTERM and SIGHUP, so that they can stop and
// say so. A signal that was ignored when the program started stays ignored. One at a time.
#pragma once

namespace pgark::cli {

class InterruptFlag {
 public:
  InterruptFlag();
  InterruptFlag(const InterruptFlag&) = delete;
  InterruptFlag& operator=(const InterruptFlag&) = delete;
  ~InterruptFlag();  // signals do what they did by default

  // From any thread.
  static bool raised();
  // Throws Exception (interrupted).
  static void check();
};

}  // namespace pgark::cli
