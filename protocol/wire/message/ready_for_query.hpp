// ReadyForQuery (Z): the reply is over; state of the transaction.
//
//   | 'I' idle, 'T' in a transaction, 'E' in a failed transaction, u8 |
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

namespace pgark::wire {

// The transaction status byte.
Result<char> decode_ready_for_query(ByteSpan payload);

}  // namespace pgark::wire
