// Globals of the server that is installed.
#include "globals_cases.hpp"

namespace pgark::test {
namespace {

INSTANTIATE_TEST_SUITE_P(majors, GlobalsTest, testing::Values(15),
                         [](const auto& parameter) { return std::to_string(parameter.param); });

}  // namespace
}  // namespace pgark::test
