#include "restore/replace/aside_names.hpp"

#include <gtest/gtest.h>

namespace pgark::restore {
namespace {

using namespace std::chrono_literals;

const std::chrono::sys_seconds kWhen =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 15) + 14h + 30min + 5s;

TEST(AsideNames, AreReadBack) {
  EXPECT_EQ(aside_name("shop", Aside::old, kWhen), "shop_pgark_old_20260115T143005Z");
  for (const Aside role : {Aside::fresh, Aside::old, Aside::undone}) {
    for (const std::string name : {"shop", "My \"Shop\"", "x_pgark_old_20260115T143005Z"}) {
      const auto parsed = parse_aside_name(aside_name(name, role, kWhen), name);
      ASSERT_TRUE(parsed) << name;
      EXPECT_EQ(parsed->role, role);
      EXPECT_EQ(parsed->stamp, "20260115T143005Z");
    }
  }
}

TEST(AsideNames, OthersAreNotTaken) {
  for (const char* name :
       {"shop", "shop_pgark_old_", "shop_pgark_old_20260115T143005", "shop_pgark_old_x0260115T143005Z",
        "shop2_pgark_old_20260115T143005Z", "shop_pgark_older_20260115T143005Z",
        "shop_pgark_old_20260115T143005Zz", "sho_pgark_old_20260115T143005Z"})
    EXPECT_FALSE(parse_aside_name(name, "shop")) << name;
}

TEST(AsideNames, OfLongNamesFitAndDiffer) {
  const std::string same(40, 'a');
  const std::string one = same + "1234567890", other = same + "1234567891";
  for (const Aside role : {Aside::fresh, Aside::old, Aside::undone}) {
    const std::string name = aside_name(one, role, kWhen);
    EXPECT_LE(name.size(), 63u);
    EXPECT_TRUE(parse_aside_name(name, one));
    EXPECT_FALSE(parse_aside_name(name, other));
  }
  // Characters of several bytes are not cut.
  std::string wide;
  for (int i = 0; i < 30; ++i) wide += "\xc3\xa4";
  for (const std::string& name : {wide, "x" + wide}) {
    const std::string aside = aside_name(name, Aside::undone, kWhen);
    EXPECT_LE(aside.size(), 63u);
    EXPECT_EQ(aside.substr(0, aside.find('~')).size() % 2, name.front() == 'x' ? 1u : 0u);
    EXPECT_TRUE(parse_aside_name(aside, name));
  }
}

TEST(AsideNames, ASecondThatIsTakenIsPassedOver) {
  EXPECT_EQ(unused_second({}, kWhen), kWhen);
  EXPECT_EQ(unused_second({"20260115T143005Z", "20260115T143006Z", "20260115T143008Z"}, kWhen), kWhen + 2s);
}

}  // namespace
}  // namespace pgark::restore
