// Terminate (X): the orderly end of a session.
#pragma once

#include <cstddef>
#include <vector>

namespace pgark::wire {

void append_terminate(std::vector<std::byte>& out);

}  // namespace pgark::wire
