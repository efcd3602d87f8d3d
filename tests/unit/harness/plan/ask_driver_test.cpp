// Why a driver cannot be used, in words that name the remedy; and that only wanted ones are
// started.
#include "harness/plan/ask_driver.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "harness/plan/driver_facts.hpp"
#include "support/described.hpp"
#include "support/temporary_folder.hpp"

namespace scalelaw::harness {
namespace {

namespace fs = std::filesystem;

class AskDriver : public testing::Test {
 protected:
  fs::path put(const std::string& name, const std::string& text) const {
    const fs::path path = folder_.path() / name;
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }

  /// What is said of a driver with this text.
  [[nodiscard]] Unusable refusal(const std::string& text) const {
    const fs::path path = put("scalelaw-x", text);
    try {
      return {"answered: " + ask_driver(path, {"--describe"}, 1), ""};
    } catch (const Error& error) {
      return {error.what(), error.hint()};
    }
  }

  /// A script that describes itself as a model's driver of one kernel.
  static std::string described(const Model& model, const std::string& first = "") {
    return "#!/bin/sh\n" + first + "echo '" +
           described_driver(model, {{"k", described_kernel("n", nlohmann::json::array())}}).dump() +
           "'\n";
  }

  TemporaryFolder folder_;
};

TEST_F(AskDriver, GivesWhatTheDriverPrints) {
  EXPECT_EQ(ask_driver(put("d", "#!/bin/sh\necho \"$@\"; echo noise >&2\n"), {"a b", "c"}),
            "a b c\n");
}

TEST_F(AskDriver, SaysWhyAProgramCannotStart) {
  const std::string path = folder_ / "scalelaw-x";
  const Unusable script = refusal("#! /no/such/python -u\n");
  EXPECT_EQ(script.why,
            "cannot start " + path + ", a script for /no/such/python: No such file or directory");
  EXPECT_NE(script.remedy.find("scripts/setup"), std::string::npos) << script.remedy;
  EXPECT_EQ(refusal("\x7f"
                    "ELF")
                .why.substr(0, 13),
            "cannot start ");
  const Unusable library = refusal(
      "#!/bin/sh\necho 'x: error while loading shared libraries: libmpi.so.40: cannot open' >&2\n"
      "exit 127\n");
  EXPECT_EQ(library.why, "error while loading shared libraries: libmpi.so.40: cannot open");
  EXPECT_NE(library.remedy.find("the MPI module"), std::string::npos) << library.remedy;
}

TEST_F(AskDriver, GivesTheDriversOwnWords) {
  const Unusable own = refusal(
      "#!/bin/sh\nprintf 'scalelaw-x: no length\\n  hint: give --length\\n' "
      ">&2; exit 1\n");
  EXPECT_EQ(own.why, "no length");
  EXPECT_EQ(own.remedy, "give --length");
  const Unusable python = refusal(
      "#!/bin/sh\nprintf 'Traceback (most recent call last):\\n  x\\n"
      "ImportError: no numpy\\n' >&2; exit 1\n");
  EXPECT_EQ(python.why, "ImportError: no numpy");
  EXPECT_NE(python.remedy.find("scripts/setup"), std::string::npos) << python.remedy;
}

TEST_F(AskDriver, SaysThatAProgramCrashesHangsOrIsSilent) {
  EXPECT_NE(refusal("#!/bin/sh\nkill -SEGV $$\n").why.find("killed by signal 11"),
            std::string::npos);
  EXPECT_NE(refusal("#!/bin/sh\nexit 9\n").why.find("ended with exit code 9"), std::string::npos);
  EXPECT_NE(refusal("#!/bin/sh\nsleep 1000\n").why.find("gave no answer in 1 s"),
            std::string::npos);
  for (const char* text : {"kill -SEGV $$", "exit 9", "sleep 1000"}) {
    EXPECT_FALSE(refusal(std::string("#!/bin/sh\n") + text + "\n").remedy.empty()) << text;
  }
}

TEST_F(AskDriver, StartsOnlyWhatIsWanted) {
  const std::string tell = "#!/bin/sh\ntouch $0.started\n";
  for (const char* name : {"scalelaw-mpi", "scalelaw-peer-a", "scalelaw-peer-b"}) put(name, tell);
  put("scalelaw-serial", described(models::serial, "touch $0.started\n"));
  put("scalelaw-serial.bak", tell);
  const auto started = [&](const std::string& name) {
    return fs::exists(folder_.path() / (name + ".started"));
  };
  const DriverFacts facts = ask_drivers(folder_.path(), {.models = {"serial"}, .peers = {"a"}});
  EXPECT_TRUE(facts.find("serial") != nullptr);
  EXPECT_TRUE(facts.unusable.contains("scalelaw-peer-a"));
  EXPECT_EQ(facts.peer_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(facts.model_names, (std::vector<std::string>{"mpi", "serial"}));
  EXPECT_TRUE(started("scalelaw-serial") && started("scalelaw-peer-a"));
  EXPECT_FALSE(started("scalelaw-mpi") || started("scalelaw-peer-b"));
  // Planning needs the work of a kernel, which a model that is not wanted can tell.
  const DriverFacts planned = ask_drivers(folder_.path(), {.models = {"mpi"}});
  EXPECT_TRUE(planned.unusable.contains("scalelaw-mpi"));
  EXPECT_TRUE(planned.find("serial") != nullptr);
  require_a_model(folder_.path(), {}, planned);
  fs::remove(folder_.path() / "scalelaw-serial");
  EXPECT_THROW(
      require_a_model(folder_.path(), {}, ask_drivers(folder_.path(), {.models = {"mpi"}})), Error);
}

TEST_F(AskDriver, RefusesADescriptionThatLacksWhatAPlanNeeds) {
  for (const char* described_work : {"{}", "[]", "nonsense", "{\"params\": {}, \"work\": 3}",
                                     "{\"params\": {}, \"work\": {\"operations\": \"many\"}}",
                                     "{\"params\": {}, \"work\": {\"operations\": 1, "
                                     "\"resident_bytes\": 1, \"memory_bound\": true, "
                                     "\"exchange\": \"telepathy\"}}",
                                     "{\"params\": {}, \"work\": {\"operations\": 1, "
                                     "\"resident_bytes\": 1, \"memory_bound\": true, "
                                     "\"demands\": [3]}}",
                                     "{\"params\": {}, \"work\": {\"operations\": 1, "
                                     "\"resident_bytes\": 1, \"memory_bound\": true, "
                                     "\"demands\": {\"add\": \"many\"}}}",
                                     "{\"params\": {}, \"work\": {\"operations\": 1, "
                                     "\"resident_bytes\": 1, \"memory_bound\": true, "
                                     "\"demands\": {\"add\": -1}}}"}) {
    put("scalelaw-serial", described(models::serial, std::string("case $1 in k) echo '") +
                                                         described_work + "'; exit;; esac\n"));
    const DriverFacts facts = ask_drivers(folder_.path(), {.models = {"serial"}});
    try {
      (void)facts.describe(facts.models[0], "k", nlohmann::json::object(), nlohmann::json::object(),
                           1);
      ADD_FAILURE() << described_work << " was taken";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("does not describe 'k'"), std::string::npos);
      EXPECT_EQ(std::string(error.what()).find("json.exception"), std::string::npos);
    }
  }
}

TEST_F(AskDriver, AsksEachQuestionOnce) {
  put("scalelaw-serial",
      described(
          models::serial,
          "case $1 in k) echo \"$@\" >> $0.asked; echo '{\"params\": {}, \"work\": "
          "{\"operations\": 1, \"resident_bytes\": 1, \"memory_bound\": true}}'; exit;; esac\n"));
  const DriverFacts facts = ask_drivers(folder_.path(), {.models = {}, .all_models = true});
  for (int i = 0; i < 2; ++i) {
    for (const nlohmann::json& options :
         {nlohmann::json::object(), nlohmann::json{{"rank_chunk", 3}, {"overlap", true}}}) {
      (void)facts.describe(facts.models.at(0), "k", {{"n", 5}}, options, 7);
    }
  }
  std::ifstream asked(folder_ / "scalelaw-serial.asked");
  std::string text(std::istreambuf_iterator<char>(asked), {});
  EXPECT_EQ(text,
            "k --describe --seed 7 --n 5\n"
            "k --describe --seed 7 --n 5 --overlap --rank-chunk 3\n");
}

}  // namespace
}  // namespace scalelaw::harness
