#include "harness/launch/choose.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/error.hpp"
#include "harness/launch/direct.hpp"
#include "harness/launch/fake.hpp"
#include "harness/launch/mpirun.hpp"
#include "harness/launch/srun.hpp"

namespace scalelaw::harness {
namespace {

template <class Kind>
bool is(const std::unique_ptr<Launcher>& launcher) {
  return dynamic_cast<const Kind*>(launcher.get()) != nullptr;
}

std::unique_ptr<Launcher> make(const std::string& name, const LauncherSetup& setup) {
  return find_launcher(name).make(setup);
}

TEST(FindLauncher, MakesTheOneThatIsNamed) {
  const Campaign campaign;
  const LauncherSetup setup{
      .campaign = campaign, .hosts = {}, .first_core = "0", .allocation = Allocation{}};
  EXPECT_TRUE(is<MpirunLauncher>(make("mpirun", setup)));
  EXPECT_TRUE(is<DirectLauncher>(make("direct", setup)));
  EXPECT_TRUE(is<FakeLauncher>(make("fake", setup)));
  EXPECT_TRUE(is<SrunLauncher>(make("srun", setup)));
  EXPECT_THROW((void)find_launcher("rsh"), Error);
}

TEST(FindLauncher, NeedsAnAllocationForSrun) {
  const Campaign campaign;
  const LauncherSetup setup{.campaign = campaign, .hosts = {}, .first_core = "0", .allocation = {}};
  EXPECT_ANY_THROW((void)make("srun", setup));
}

TEST(FindLauncher, PassesOnTheHostsAndTheCore) {
  const Campaign campaign;
  const LauncherSetup setup{
      .campaign = campaign, .hosts = {"alpha", "beta"}, .first_core = "3", .allocation = {}};
  Job one;
  one.driver = {"driver"};
  EXPECT_EQ(make("direct", setup)->command(one).cpus, "3");
  Job two = one;
  two.placement = {2, 1, 1};
  const auto words = make("mpirun", setup)->command(two).argv;
  EXPECT_NE(std::find(words.begin(), words.end(), "alpha:1,beta:1"), words.end());
}

TEST(Launchers, HaveNamesOfTheirOwnAndOneInventsItsTimes) {
  std::set<std::string> names;
  for (const LauncherType& type : launcher_types()) {
    EXPECT_TRUE(names.insert(type.name).second) << type.name;
    EXPECT_EQ(clock_of(type.traits), type.name == "fake"       ? TimeSource::pretended
                                     : type.name == "simulate" ? TimeSource::simulated
                                                               : TimeSource::measured);
  }
  EXPECT_EQ(names.size(), launcher_types().size());
}

}  // namespace
}  // namespace scalelaw::harness
