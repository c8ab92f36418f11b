// CopyData (d), CopyDone (c), CopyFail (f), client to server.
// The server accepts any cut of the stream into CopyData messages.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace pgark::wire {

// Type and length; the payload is sent from where it lies.
void append_copy_data_header(std::size_t payload_bytes, std::vector<std::byte>& out);
void append_copy_done(std::vector<std::byte>& out);
void append_copy_fail(std::string_view reason, std::vector<std::byte>& out);

}  // namespace pgark::wire
