// Whether a copy would go into the database that it comes from.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "base/events.hpp"
#include "protocol/params/connect_params.hpp"

namespace pgark::cli {

// Connects to both, which are compared by what the servers say of themselves, and throws usage when they are
// one. `creates`: the database is made in the server of `target`, under the name that it has at the source.
boost::asio::awaitable<void> refuse_same_database(boost::asio::any_io_executor executor,
                                                  params::ConnectParams source, params::ConnectParams target,
                                                  bool creates, EventSink& events);

}  // namespace pgark::cli
