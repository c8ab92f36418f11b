// What an answer without success means: to be tried again, or which error it is. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "storage/http/message.hpp"
#include "storage/object/xml.hpp"

namespace pgark::storage::object {

enum class Remedy : std::uint8_t {
  none,
  wait,      // the server is busy, or something has gone wrong on the way
  set_time,  // our clock is wrong: sign with the server's time
  new_keys,  // the keys have expired
};

struct Refusal {
  int status = 0;
  ErrorAnswer answer;  // HEAD has none
};

Refusal refusal_of(const http::Response& response);
Remedy remedy_for(const Refusal& refusal);

// `name`: of the object, as a person names it.
Error to_error(const Refusal& refusal, std::string_view action, const std::string& name);
Error to_error(const http::Failure& failure, std::string_view action, const std::string& name,
               const std::string& server);

}  // namespace pgark::storage::object
