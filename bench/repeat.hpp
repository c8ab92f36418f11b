// The loop of a micro benchmark.
#pragma once

#include <benchmark/benchmark.h>
#include <valgrind/callgrind.h>

#include <cstddef>
#include <cstdint>

namespace pgark::bench {

// Does `work`, which returns whether it went well, once to grow what it keeps and then as often as the
// benchmark asks. Under callgrind (--instr-atstart=no) the latter is what counts, and nothing else; the
// counter `bytes` is what one turn goes through.
template <class Work>
void repeat(benchmark::State& state, std::size_t bytes, Work&& work) {
  bool good = work();
  while (state.KeepRunning()) {
    CALLGRIND_START_INSTRUMENTATION;
    good = work() && good;
    CALLGRIND_STOP_INSTRUMENTATION;
  }
  if (!good) state.SkipWithError("failed");
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
  state.counters["bytes"] = static_cast<double>(bytes);
}

}  // namespace pgark::bench
