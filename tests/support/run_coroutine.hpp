// Runs a coroutine to its end on an io_context of its own, and rethrows what it throws.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"

namespace pgark::test {

// The callable is kept alive until the coroutine has ended, so that a capturing lambda is safe.
void run_coroutine(const std::function<boost::asio::awaitable<void>()>& body);

// As run_coroutine(), but cancels the coroutine (asio, terminal) once it waits for something behind the point
// where `reached` becomes true. `reached` is called on the same thread, now and then.
void run_and_cancel(const std::function<boost::asio::awaitable<void>()>& body,
                    const std::function<bool()>& reached);

// The pgark::Error with which the coroutine ends; a test failure when it ends without.
Error error_of(const std::function<boost::asio::awaitable<void>()>& body);

// Resolved without the environment of the test program: no PG* variables, no home directory.
params::ConnectParams params_of(const std::string& conninfo);

}  // namespace pgark::test
