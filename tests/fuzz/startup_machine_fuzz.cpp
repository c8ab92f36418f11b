// Every machine against a server that says anything in any cuts. The first byte of the input chooses the
// machine and its options, the second the cut; the rest is what the server sends. A machine ends or asks for
// more, and never claims success without the message that grants it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/wire/copy_in_machine.hpp"
#include "protocol/wire/copy_out_machine.hpp"
#include "protocol/wire/pipeline_machine.hpp"
#include "protocol/wire/simple_query_machine.hpp"
#include "protocol/wire/startup_machine.hpp"

using namespace pgark;
using namespace pgark::wire;

namespace {

using Kind = Action::Kind;

void require(bool condition) {
  if (!condition) std::abort();
}

class Server {
 public:
  Server(ByteSpan stream, std::size_t cut, bool is_trusted) : stream_(stream), cut_(cut) {
    if (is_trusted) reader_.set_trusted();
  }
  FrameReader& reader() { return reader_; }
  bool send() {
    if (stream_.empty()) return false;
    const std::size_t count = std::min(cut_, stream_.size());
    std::memcpy(reader_.prepare(count).data(), stream_.data(), count);
    reader_.commit(count);
    stream_ = stream_.subspan(count);
    return true;
  }

 private:
  FrameReader reader_{64};
  ByteSpan stream_;
  std::size_t cut_;
};

// Runs until the machine ends or the server has nothing more to say. `resume` deals with data actions.
template <class Resume, class Machine>
Kind run(Server& server, const Machine& machine, const Resume& resume) {
  std::vector<std::byte> out;
  for (;;) {
    const Action action = resume(server.reader(), out);
    if (action.kind == Kind::failed || action.kind == Kind::broken)
      require(!action.error.message.empty() || action.error.server);
    if (action.kind != Kind::need_read && action.kind != Kind::start_tls) return action.kind;
    if (action.kind == Kind::need_read && !server.send()) {
      require(!machine.on_eof().message.empty() || machine.on_eof().server);
      return Kind::need_read;
    }
    out.clear();
  }
}

// A server that forges its own start can be trusted only where nothing was asked to be proved.
void run_startup(Server& server, std::uint8_t choice, std::string_view stream) {
  // Each iteration of a hostile count costs time that is better spent on other inputs.
  if (const std::size_t at = stream.find(",i="); at != std::string_view::npos) {
    const std::size_t digits = stream.find_first_not_of("0123456789", at + 3);
    if (std::min(digits, stream.size()) - at > 7) return;
  }
  StartupOptions options;
  options.user = "u";
  options.password = "secret";
  options.tls = static_cast<TlsPolicy>(choice % 3);
  options.direct_tls = options.tls == TlsPolicy::required && (choice & 16) != 0;
  options.channel_binding = static_cast<ChannelBindingPolicy>(choice / 3 % 3);
  options.protocol_version = (choice & 32) != 0 ? kProtocol32 : kProtocol30;
  options.scram_nonce = "n";
  const bool wants_proof = (choice & 64) != 0;
  if (wants_proof) options.auth_methods = 1u << static_cast<unsigned>(AuthMethod::scram_sha_256);
  SessionState session;
  StartupMachine machine(std::move(options), session);
  const Kind end = run(server, machine, [&](FrameReader& in, std::vector<std::byte>& out) {
    Action action = machine.resume(in, out);
    if (action.kind == Kind::start_tls) machine.tls_started(std::vector<std::byte>(32));
    require(action.error.to_string().find("secret") == std::string::npos);
    return action;
  });
  require(end != Kind::failed && end != Kind::data);
  // Nobody knows the password, and the fuzzer does not compute HMACs.
  if (wants_proof) require(end != Kind::done);
}

void run_pipeline(Server& server, std::uint8_t choice) {
  SessionState session;
  std::vector<PipelineStatement> statements(choice % 4u, {"SELECT $1", {"x"}});
  // Two of these do not fit the window together.
  if ((choice & 16) != 0) statements.assign(3, {std::string(40'000, 'x'), {}});
  const std::size_t count = statements.size();
  PipelineMachine machine(std::move(statements), session);
  const Kind end = run(server, machine, [&](FrameReader& in, auto& out) { return machine.resume(in, out); });
  require(end != Kind::data);
  if (end == Kind::done) require(machine.take_results().size() == count);
}

void run_copy_out(Server& server, std::uint8_t choice) {
  SessionState session;
  CopyOutMachine machine("COPY t TO STDOUT", session);
  bool is_open = false;
  ByteBuffer buffer;
  const std::size_t limit = std::size_t{choice} + 1;
  run(server, machine, [&](FrameReader& in, std::vector<std::byte>& out) {
    if (!is_open) {
      Action action = machine.resume(in, out);
      if (action.kind != Kind::data) return action;
      is_open = true;
    }
    for (;;) {
      Action action = machine.read(in, buffer, limit);
      if (action.kind != Kind::data) return action;
      require(buffer.size() >= limit);
      buffer.clear();
    }
  });
}

void run_copy_in(Server& server, std::uint8_t choice) {
  SessionState session;
  CopyInMachine machine("COPY t FROM STDIN", session);
  bool is_open = false;
  int reads_left = choice & 3;
  const Kind end = run(server, machine, [&](FrameReader& in, std::vector<std::byte>& out) {
    Action action = machine.resume(in, out);
    if (action.kind == Kind::data) {
      is_open = true;
      action = Action::need_read();
    }
    if (is_open && action.kind == Kind::need_read && reads_left-- == 0) {
      if ((choice & 16) != 0) {
        machine.end(out);
      } else {
        machine.abort("stop", out);
      }
    }
    return action;
  });
  if (end == Kind::done) require(is_open && !(machine.server_failed() && (choice & 16) != 0));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::uint8_t choice = data[1];
  const ByteSpan stream{reinterpret_cast<const std::byte*>(data) + 3, size - 3};
  Server server(stream, std::size_t{data[2]} + 1, data[0] % 5 != 0);
  switch (data[0] % 5) {
    case 0: run_startup(server, choice, as_text(stream)); break;
    case 1: {
      SessionState session;
      SimpleQueryMachine machine("SELECT 1", session, static_cast<SimpleQueryMachine::Rows>(choice % 2));
      const Kind end =
          run(server, machine, [&](FrameReader& in, auto& out) { return machine.resume(in, out); });
      require(end != Kind::data);
      break;
    }
    case 2: run_pipeline(server, choice); break;
    case 3: run_copy_out(server, choice); break;
    default: run_copy_in(server, choice); break;
  }
  return 0;
}
