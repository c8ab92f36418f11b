#include "protocol/query.hpp"

namespace pgark::protocol {

asio::awaitable<QueryOutcome> run_query(Session& session, std::string sql,
                                        wire::SimpleQueryMachine::Rows rows) {
  wire::SimpleQueryMachine machine(std::move(sql), session.state(), rows);
  MachineStep step(machine);
  QueryOutcome outcome;
  outcome.action = co_await session.drive(step);
  if (outcome.action.kind == wire::Action::Kind::done) outcome.results = machine.take_results();
  co_return outcome;
}

}  // namespace pgark::protocol
