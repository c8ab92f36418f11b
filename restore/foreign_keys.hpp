// Foreign keys of the target that are dropped while rows are loaded into their tables, and made again with
// their exact definitions (--drop-foreign-keys): what a role that may not disable the triggers of foreign
// keys does instead. They are recorded in the transaction that drops them (pgark_restore.foreign_keys), so
// that a restore that is cut off loses none: --resume makes them again.
//
// Thread rule: that of the connection given; a ForeignKey is constant but for its state.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/events.hpp"
#include "protocol/connection.hpp"

namespace pgark::restore {

enum class KeyState : std::uint8_t {
  dropped,
  added,  // is there, NOT VALID yet
  done,
};

struct ForeignKey {
  std::int64_t number = 0;   // of the record
  std::string table, name;   // as SQL
  std::string definition;    // all that makes it again, for a person: statements with "; " between them
  std::string add_sql;       // the same without the long look at all rows
  std::string validate_sql;  // that look; empty: `add_sql` does it, or it never was valid
  KeyState state = KeyState::dropped;

  std::string drop_sql() const { return "ALTER TABLE " + table + " DROP CONSTRAINT " + name; }
  std::string describe() const { return "FK CONSTRAINT " + table + " " + name; }
};
using ForeignKeys = std::vector<ForeignKey>;

// Those that rows of the tables (SQL names) would be checked against; of a partition's the one of the table
// that it is inherited from. Throws mismatch where one could not come back as it is.
boost::asio::awaitable<ForeignKeys> find_foreign_keys(protocol::Connection& connection,
                                                      std::vector<std::string> tables);

// Drops them in one transaction, in which it has shown before that each can be made again. Otherwise throws
// and nothing has changed. `recorded`: there is a record; else the caller's transaction is open and stays so.
boost::asio::awaitable<void> drop_foreign_keys(protocol::Connection& connection, const ForeignKeys& keys,
                                               bool recorded);
// Of an earlier attempt; empty when it has dropped none.
boost::asio::awaitable<ForeignKeys> recorded_foreign_keys(protocol::Connection& connection);

// One step: dropped to added or done, added to done. The error is the server's and the key as it was. What
// somebody else has made again is done.
boost::asio::awaitable<std::optional<Error>> restore_foreign_key(protocol::Connection& connection,
                                                                 ForeignKey& key, bool recorded);

// One warning for each that is not done, with the SQL that makes it again.
void tell_of_foreign_keys(const ForeignKeys& keys, EventSink& events);

}  // namespace pgark::restore
