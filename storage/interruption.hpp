// The wish to end, of the whole process: a signal, which is of the whole process as well. Work over the
// network that waits sees it within a moment and fails with ErrorCode::interrupted; what it has begun is
// still removed. From any thread and from signal handlers.
#pragma once

namespace pgark::storage {

void interrupt_network();
void resume_network();  // a new run begins
bool is_network_interrupted();

// While one exists, small reads of this thread go on although the process is to end, but not for long: what
// somebody else must not find any more is looked at before it is removed.
class CleanUp {
 public:
  CleanUp();
  CleanUp(const CleanUp&) = delete;
  CleanUp& operator=(const CleanUp&) = delete;
  ~CleanUp();
  static bool is_under_way();  // in this thread
};

}  // namespace pgark::storage
