// What the role that makes the backup may not read, found out before anything is locked or copied: all of it
// at once, each with the statement that helps (SCHEMA_COVERAGE A4). A missing privilege would fail the backup
// half-way with the first one only, and row-level security must never shorten a table in silence. PostgreSQL
// documentation, "Privileges" and "Row Security Policies".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "dumper/catalog/model.hpp"
#include "protocol/connection.hpp"

namespace pgark::dumper {

struct Unreadable {
  std::string object;  // "TABLE public.t", for messages
  std::string cause;   // "SELECT is not granted"
  std::string remedy;  // a statement: "GRANT SELECT ON TABLE public.t TO backup"
};

// Of the relations whose components are wanted in `catalog`; empty when everything may be read. Runs on the
// connection's executor, with one statement. `row_security`: what policies show is wanted, not all rows.
boost::asio::awaitable<std::vector<Unreadable>> find_unreadable(protocol::Connection& connection,
                                                                const Catalog& catalog, bool row_security);

}  // namespace pgark::dumper
