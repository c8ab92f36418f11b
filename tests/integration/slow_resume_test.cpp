// The same as resume_test, at as many moments as it takes to meet the rare ones, on the oldest and the newest
// server.
#include "resume_cases.hpp"
#include "support/servers.hpp"

namespace pgark::test {
namespace {

class SlowResumeTest : public testing::TestWithParam<int> {};

TEST_P(SlowResumeTest, thirty_clients_and_ten_servers) {
  ResumeCases cases(start_server(GetParam()));
  cases.kill_clients(30, std::random_device()());
  cases.stop_servers(10, std::random_device()());
}

INSTANTIATE_TEST_SUITE_P(majors, SlowResumeTest, testing::Values(13, 15, 18),
                         [](const auto& parameter) { return std::to_string(parameter.param); });

}  // namespace
}  // namespace pgark::test
