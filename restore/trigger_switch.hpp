// Turns a table's triggers off while rows are loaded into it (--disable-triggers), those of foreign keys too,
// and back to exactly what each was. In the transaction of the load: a failure leaves nothing switched off.
// Source: PostgreSQL documentation, ALTER TABLE, "DISABLE TRIGGER".
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "protocol/connection.hpp"

namespace pgark::restore {

// "ALTER TABLE s.t DISABLE TRIGGER ALL"; on a partitioned table the partitions' too.
std::string disable_triggers_sql(const std::string& relation_sql);
std::string enable_triggers_sql(const std::string& relation_sql);

// Turns them off. Returns the statements that bring every trigger's state back. REQUIRES: in a transaction.
boost::asio::awaitable<std::vector<std::string>> disable_triggers(protocol::Connection& connection,
                                                                  std::string relation_sql);

}  // namespace pgark::restore
