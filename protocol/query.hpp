// Whole statements over a session: the simple and the extended protocol.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "protocol/session.hpp"
#include "protocol/wire/simple_query_machine.hpp"

namespace pgark::protocol {

// The outcome of one operation: its last action, and its results when that is `done`.
struct QueryOutcome {
  wire::Action action;
  std::vector<wire::ResultSet> results;
};

asio::awaitable<QueryOutcome> run_query(Session& session, std::string sql,
                                        wire::SimpleQueryMachine::Rows rows);

}  // namespace pgark::protocol
