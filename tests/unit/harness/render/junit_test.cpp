#include "harness/render/junit.hpp"

#include <gtest/gtest.h>

#include "harness/render/xml.hpp"
#include "support/synthetic.hpp"

namespace scalelaw::harness {
namespace {

Results campaign(double factor) {
  SyntheticCampaign out(1, 8, 0.01);
  for (const std::int64_t p : {1, 2, 4, 8}) {
    out.add(0, "k", models::openmp, {1, 1, p}, {.compute_s = factor / static_cast<double>(p)});
  }
  return out.results();
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(RunJunit, MapsStatesToVerdicts) {
  Results results = campaign(1);
  results.points[0].state = State::crashed;
  results.points[0].reason = "it said \"no\" & <died>";
  results.points[1].state = State::not_converged;
  results.points[2].state = State::skipped;
  results.points[2].reason = "no driver";
  results.points[3].state = State::pending;
  results.launches[0].state = State::crashed;
  results.launches[0].log_tail = "Segmentation fault \x1b[0m";
  const std::string xml = run_junit(results);
  EXPECT_TRUE(has(xml, "tests=\"4\" failures=\"1\" errors=\"1\" skipped=\"1\"")) << xml;
  EXPECT_TRUE(has(xml,
                  "<failure type=\"crashed\" message=\"it said &quot;no&quot; &amp; "
                  "&lt;died&gt;\">"))
      << xml;
  EXPECT_TRUE(has(xml, "Segmentation fault \\x1b[0m")) << xml;
  EXPECT_TRUE(has(xml, "marks: not_converged")) << xml;
  EXPECT_TRUE(has(xml, "<skipped message=\"no driver\"/>")) << xml;
  EXPECT_TRUE(has(xml, "<error type=\"pending\"")) << xml;
  EXPECT_TRUE(has(xml, "timestamp=\"2026-01-01T00:00:00\"")) << xml;
}

TEST(CompareJunit, FailsWhatTheExitStatusIsAbout) {
  const Results base = campaign(1);
  Results slow = campaign(1.2), same = campaign(1);
  slow.points[0].state = State::crashed;
  slow.points[1].id = "another";
  std::vector<ComparedFile> files;
  for (const Results* now : {&slow, &same}) {
    files.push_back({"new.h5", now, compare(base, *now, 0.05)});
  }
  const std::string xml = compare_junit(files, base);
  EXPECT_TRUE(has(xml,
                  "<testsuites name=\"scalelaw compare\" tests=\"9\" failures=\"2\" "
                  "errors=\"1\" skipped=\"2\""))
      << xml;
  EXPECT_TRUE(has(xml, "<failure type=\"slower\" message=\"1.2")) << xml;
  EXPECT_TRUE(has(xml, "<error type=\"crashed\" message=\"had a time before: ")) << xml;
  EXPECT_TRUE(has(xml, "<skipped message=\"only in the old file\"/>")) << xml;
  EXPECT_TRUE(has(xml, "<skipped message=\"only in the new file\"/>")) << xml;
}

TEST(XmlWriter, WritesAnyText) {
  XmlWriter xml;
  xml.begin("a", {{"b", "1\n\"2\"\t<&>"}});
  xml.element("c", {}, std::string("\0\x01 \xFF ü \xEF\xBF\xBF ]]>\r\n", 17));
  xml.element("d", {});
  xml.end();
  EXPECT_EQ(xml.text(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<a b=\"1&#10;&quot;2&quot;&#9;&lt;&amp;&gt;\">\n"
            "  <c>\\x00\\x01 \\xff ü \\xef\\xbf\\xbf ]]&gt;&#13;\n</c>\n"
            "  <d/>\n</a>\n");
}

}  // namespace
}  // namespace scalelaw::harness
