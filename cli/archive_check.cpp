#include "cli/archive_check.hpp"

#include <fmt/format.h>

#include "cli/interrupt_flag.hpp"
#include "cli/runtime.hpp"

namespace pgark::cli {

format::VerifyReport read_whole_archive(const format::ArchiveReader& archive, unsigned threads,
                                        Console& console, bool decode) {
  const InterruptFlag interrupts;
  console.phase("verifying the archive");
  format::VerifyOptions verify;
  verify.threads = threads;
  verify.decode = decode;
  verify.on_progress = [&console](const format::VerifyProgress& at) {
    console.progress.bytes_done = at.raw_bytes_done;
    console.progress.bytes_total = at.raw_bytes_total;
    console.progress.steps_done = at.chunks_done;
    console.progress.steps_total = at.chunks_total;
    return !InterruptFlag::raised();
  };
  return value_or_throw(format::verify_archive(archive, verify));
}

Error damage_error(const format::ArchiveReader& archive, const format::VerifyReport& report) {
  Error error;
  error.code = ErrorCode::archive_damaged;
  error.object = archive.name();
  error.message = fmt::format("{} of {} chunks are damaged", report.damaged_chunks, report.chunks);
  return error;
}

void reset_progress(Console& console) {
  Progress& progress = console.progress;
  for (auto* counter : {&progress.bytes_done, &progress.bytes_total, &progress.rows_done,
                        &progress.stored_bytes, &progress.steps_done, &progress.steps_total})
    *counter = 0;
}

void require_sound(const format::ArchiveReader& archive, Console& console) {
  const format::VerifyReport report = read_whole_archive(archive, cpu_thread_count(), console);
  reset_progress(console);
  if (report.sound()) return;
  Error error = damage_error(archive, report);
  error.hint = "nothing has been changed; pgark verify names each of them; take another copy of this archive";
  throw Exception(std::move(error));
}

}  // namespace pgark::cli
