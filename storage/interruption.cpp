#include "storage/interruption.hpp"

#include <atomic>

namespace pgark::storage {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

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
