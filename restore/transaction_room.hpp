// Whether one transaction can make everything that is selected: each object that it makes stays locked to its
// end, and the server's lock table is not large.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/events.hpp"
#include "format/toc.hpp"
#include "protocol/connection.hpp"
#include "restore/selection.hpp"

namespace pgark::restore {

// Throws snapshot when the server promises no room and `must_fit`; otherwise that is a warning, because it
// may find some more.
boost::asio::awaitable<void> check_transaction_room(protocol::Connection& connection, const format::Toc& toc,
                                                    const Selection& selection, bool must_fit,
                                                    EventSink& events);

}  // namespace pgark::restore
