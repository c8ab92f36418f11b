#include "storage/interruption.hpp"

#include <atomic>

namespace pgark::storage {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

thread_local int clean_ups = 0;

}  // namespace

CleanUp::CleanUp() {
  ++clean_ups;
}
CleanUp::~CleanUp() {
  --clean_ups;
}
bool CleanUp::is_under_way() {
  return clean_ups > 0;
}

void interrupt_network() {
  interrupted.store(true);
}
void resume_network() {
  interrupted.store(false);
}
bool is_network_interrupted() {
  return interrupted.load();
}

}  // namespace pgark::storage
