// target_session_attrs: is the server that answered of the kind that was asked for?
// Source: PostgreSQL documentation, "Database Connection Control Functions", target_session_attrs.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/error.hpp"
#include "protocol/params/connect_params.hpp"
#include "protocol/session.hpp"

namespace pgark::protocol {

// Servers since 14 report what is needed; older ones are asked, within `timeout_s` (0 = no limit).
// prefer_standby counts as any: it is the caller who makes two passes.
asio::awaitable<Result<>> check_session_kind(Session& session, params::TargetSessionAttrs attrs,
                                             int timeout_s);

}  // namespace pgark::protocol
