// The one translation unit with Asio's compiled parts (BOOST_ASIO_SEPARATE_COMPILATION).
#include <boost/asio/impl/src.hpp>

#if defined(__SANITIZE_THREAD__)
// An executor's last owner deletes it behind atomic_thread_fence(acquire), which the thread sanitizer does
// not model; it then reports the deletion as a race with the owner before. The name must be this one, and
// stand in an object that every program with Asio links.
extern "C" const char* __tsan_default_suppressions();   // NOLINT(bugprone-reserved-identifier)
extern "C" const char* __tsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "race:boost::asio::execution::detail::shared_target_executor\n";
}
#endif
