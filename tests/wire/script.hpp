// Plays a recorded session against a protocol machine: what the server sends, what the client must answer.
//
//   Script script;
//   script.writes(query("SELECT 1")).reads(msg('C', zs("SELECT 1"))).reads(ready());
//   play(script, resume, {})           in one piece per read
//   for_each_cut(script, make)         cut at every byte, and a byte at a time
//   for_each_fault(script, make)       end of file, garbage and FATAL instead of each read
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "protocol/wire/frame_reader.hpp"
#include "protocol/wire/machine.hpp"

namespace pgark::wire::testing {

// String literals with embedded zeros.
template <std::size_t N>
std::string lit(const char (&text)[N]) {
  return std::string(text, N - 1);
}
// Zero-terminated.
inline std::string zs(std::string_view text) {
  return std::string(text) + '\0';
}

inline std::string be32(std::uint32_t value) {
  std::string text;
  for (const int shift : {24, 16, 8, 0}) text += static_cast<char>(value >> shift & 0xff);
  return text;
}
inline std::string be16(std::uint16_t value) {
  return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}
inline std::string msg(char type, std::string_view payload) {
  return type + be32(static_cast<std::uint32_t>(payload.size() + 4)) + std::string(payload);
}
inline std::string ready(char status = 'I') {
  return msg('Z', std::string(1, status));
}
inline std::string error_response(std::string_view severity, std::string_view sqlstate,
                                  std::string_view text) {
  return msg('E', zs("S" + std::string(severity)) + zs("V" + std::string(severity)) +
                      zs("C" + std::string(sqlstate)) + zs("M" + std::string(text)) + '\0');
}
inline std::string query(std::string_view sql) {
  return msg('Q', zs(sql));
}

inline std::string to_text(const std::vector<std::byte>& bytes) {
  return std::string(as_text(bytes));
}

struct Step {
  enum class Kind : std::uint8_t { read, write, tls } kind;
  std::string bytes;
};

struct Script {
  std::vector<Step> steps;
  Script& reads(std::string bytes) { return add(Step::Kind::read, std::move(bytes)); }
  Script& writes(std::string bytes) { return add(Step::Kind::write, std::move(bytes)); }
  Script& tls() { return add(Step::Kind::tls, {}); }
  Script& add(Step::Kind kind, std::string bytes) {
    steps.push_back({kind, std::move(bytes)});
    return *this;
  }
};

// A machine as the player sees it; data actions are dealt with inside of `resume`.
struct Player {
  std::function<Action(FrameReader&, std::vector<std::byte>&)> resume;
  std::function<Error()> on_eof;
  std::function<void()> on_tls = [] {};
};

struct Delivery {
  std::size_t piece_bytes_max = SIZE_MAX;  // per receive
  std::size_t cut_at = SIZE_MAX;           // no receive crosses this offset of all bytes read
};

class Stage {
 public:
  Stage(const Script& script, const Player& player, Delivery delivery)
      : script_(script), player_(player), delivery_(delivery) {}

  // The last action; at the end of the script, and at a read step with no bytes, the connection ends.
  Action play() {
    FrameReader reader(64);
    for (;;) {
      std::vector<std::byte> out;
      Action action = player_.resume(reader, out);
      check_written(to_text(out));
      switch (action.kind) {
        case Action::Kind::need_read:
          if (!receive(reader)) return Action::broken(player_.on_eof());
          break;
        case Action::Kind::start_tls: check_tls(); break;
        default: return action;
      }
      if (::testing::Test::HasFatalFailure()) return action;
    }
  }
  // Every step was used, up to the end of file at most.
  bool finished() const { return step_ == script_.steps.size(); }

 private:
  void check_written(const std::string& written) {
    std::string expected;
    while (step_ < script_.steps.size() && at_ == 0 && script_.steps[step_].kind == Step::Kind::write &&
           expected.size() < written.size()) {
      expected += script_.steps[step_++].bytes;
    }
    ASSERT_EQ(written, expected);
  }
  void check_tls() {
    ASSERT_TRUE(step_ < script_.steps.size() && script_.steps[step_].kind == Step::Kind::tls);
    ++step_;
    player_.on_tls();
  }
  bool receive(FrameReader& reader) {
    if (step_ == script_.steps.size() || script_.steps[step_].kind != Step::Kind::read) return false;
    const std::string& bytes = script_.steps[step_].bytes;
    if (bytes.empty()) return false;
    std::size_t count = std::min(bytes.size() - at_, delivery_.piece_bytes_max);
    if (total_ < delivery_.cut_at) count = std::min(count, delivery_.cut_at - total_);
    const MutableByteSpan space = reader.prepare(count);
    std::memcpy(space.data(), bytes.data() + at_, count);
    reader.commit(count);
    at_ += count;
    total_ += count;
    if (at_ == bytes.size()) {
      at_ = 0;
      ++step_;
    }
    return true;
  }

  const Script& script_;
  const Player& player_;
  const Delivery delivery_;
  std::size_t step_ = 0;
  std::size_t at_ = 0;     // within the current read step
  std::size_t total_ = 0;  // bytes received
};

inline Action play(const Script& script, const Player& player, Delivery delivery = {}) {
  Stage stage(script, player, delivery);
  Action action = stage.play();
  EXPECT_TRUE(stage.finished()) << "the machine stopped before the end of the script";
  return action;
}

// `make` gives a fresh player; `check` looks at the outcome of each delivery, which must all be the same.
inline void for_each_cut(const Script& script, const std::function<Player()>& make,
                         const std::function<void(const Action&)>& check) {
  std::size_t total = 0;
  for (const Step& step : script.steps) total += step.kind == Step::Kind::read ? step.bytes.size() : 0;
  for (std::size_t cut = 0; cut <= total; ++cut) {
    SCOPED_TRACE("cut at " + std::to_string(cut));
    check(play(script, make(), {.piece_bytes_max = SIZE_MAX, .cut_at = cut}));
    if (::testing::Test::HasFailure()) return;
  }
  for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}}) {
    SCOPED_TRACE("pieces of " + std::to_string(piece));
    check(play(script, make(), {.piece_bytes_max = piece, .cut_at = SIZE_MAX}));
  }
}

// Replaces each read step by end of file, by garbage, and by a FATAL error with end of file, and cuts each
// read step in its middle. The outcome is never success. `fatal_code` is how the FATAL must surface.
inline void for_each_fault(const Script& script, const std::function<Player()>& make, ErrorCode fatal_code,
                           ErrorCode eof_code) {
  const std::string fatal = error_response("FATAL", "57P01", "terminating connection");
  for (std::size_t i = 0; i < script.steps.size(); ++i) {
    if (script.steps[i].kind != Step::Kind::read) continue;
    SCOPED_TRACE("fault at step " + std::to_string(i));
    Script prefix{{script.steps.begin(), script.steps.begin() + static_cast<std::ptrdiff_t>(i)}};
    const bool is_message = script.steps[i].bytes.size() > 1;  // not the answer to an SSLRequest

    const Player eof_player = make();
    const Action eof = Stage(prefix, eof_player, {}).play();
    EXPECT_EQ(eof.kind, Action::Kind::broken);
    EXPECT_EQ(eof.error.code, eof_code) << eof.error.to_string();

    Script torn = prefix;
    torn.reads(script.steps[i].bytes.substr(0, script.steps[i].bytes.size() / 2));
    const Player torn_player = make();
    EXPECT_EQ(Stage(torn, torn_player, {}).play().error.code, eof_code);

    Script garbage = prefix;
    garbage.reads("HTTP/1.1 400 Bad Request\r\n\r\n");
    const Player garbage_player = make();
    const Action bad = Stage(garbage, garbage_player, {}).play();
    EXPECT_EQ(bad.kind, Action::Kind::broken);
    EXPECT_EQ(bad.error.code, ErrorCode::protocol) << bad.error.to_string();

    if (!is_message) continue;
    Script shutdown = prefix;
    shutdown.reads(fatal);
    const Player shutdown_player = make();
    const Action last = Stage(shutdown, shutdown_player, {}).play();
    EXPECT_EQ(last.kind, Action::Kind::broken);
    EXPECT_EQ(last.error.code, fatal_code);
    EXPECT_EQ(last.error.message, "terminating connection");
    ASSERT_TRUE(last.error.server.has_value());
    EXPECT_EQ(last.error.server->sqlstate, "57P01");
  }
}

}  // namespace pgark::wire::testing
