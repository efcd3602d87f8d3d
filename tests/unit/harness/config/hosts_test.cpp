#include "harness/config/hosts.hpp"

#include <gtest/gtest.h>

#include "common/error.hpp"

namespace scalelaw::harness {
namespace {

using Names = std::vector<std::string>;

TEST(Hosts, OfOneTextAreSeparatedByCommasAndBlanks) {
  EXPECT_EQ(split_hosts("n1"), Names{"n1"});
  EXPECT_EQ(split_hosts("n1,n2"), (Names{"n1", "n2"}));
  EXPECT_EQ(split_hosts(" n1 , n2:4\tn3.example.org,"), (Names{"n1", "n2:4", "n3.example.org"}));
  EXPECT_EQ(host_name("n2:4"), "n2");
  EXPECT_EQ(host_name("10.0.0.1"), "10.0.0.1");
}

TEST(Hosts, AreRefusedByNameWhenTheyAreNone) {
  for (const char* word : {"me@n1", "fe80::1", "[fe80::1]:2", "::1", "n[1-4]", "n1:", "n1:x", ":2",
                           "n1;n2", "-n1", "^n1", "+n0", "4", "n1/2", "n\"1", "\xFFn1"}) {
    try {
      (void)split_hosts(std::string("good ") + word);
      ADD_FAILURE() << word << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.what(), "'" + std::string(word) + "' is not a host name");
      EXPECT_FALSE(error.hint().empty()) << word;
    }
  }
  EXPECT_THROW((void)split_hosts(" , "), Error);
}

TEST(Hostfile, IsReadAsOpenMpiMpichAndPbsWriteIt) {
  EXPECT_EQ(parse_hostfile("n1 slots=4 max_slots=8\nn2:4\nn3   # the third\n\n# none\n", "h"),
            (Names{"n1", "n2", "n3"}));
  EXPECT_EQ(parse_hostfile("n1 slots = 4\nn2 max-slots= 8 slots =2\n", "h"), (Names{"n1", "n2"}));
  EXPECT_EQ(parse_hostfile("\xEF\xBB\xBFn1\r\nn2\r\n", "h"), (Names{"n1", "n2"}));
  EXPECT_EQ(parse_hostfile("n1,n2\nn3 n4", "h"), (Names{"n1", "n2", "n3", "n4"}));
  EXPECT_EQ(each_once(parse_hostfile("n1\nn1\nn2\nN1\nn2\n", "h")), (Names{"n1", "n2"}));
  EXPECT_TRUE(parse_hostfile("# nobody\n\r\n", "h").empty());
}

TEST(Hostfile, NamesTheLineOfWhatItCannotUse) {
  const auto refusal = [](const char* text) {
    try {
      (void)parse_hostfile(text, "h.txt");
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("taken");
  };
  EXPECT_EQ(refusal("n1\nme@n2\n"), "h.txt:2: 'me@n2' is not a host name");
  EXPECT_EQ(refusal("n1 username=me\n"), "h.txt:1: 'username=me' is not a host name");
  EXPECT_EQ(refusal("n1 4\n"), "h.txt:1: '4' is not a host name");
  EXPECT_EQ(refusal("slots=4\n"), "h.txt:1: 'slots=4' is not a host name");
}

}  // namespace
}  // namespace scalelaw::harness
