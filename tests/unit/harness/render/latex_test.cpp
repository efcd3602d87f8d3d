#include <gtest/gtest.h>

#include <algorithm>

#include "harness/render/layout.hpp"

namespace scalelaw::harness {
namespace {

Section section() {
  return {
      2,
      "dot_product, strong scaling",
      {"baseline: 5 ms (the best of a & b)"},
      {{"model", "empty", "eff_%"}, {{"a_1", "-", "10 %"}, {"[b]", "", "±2"}, {"c", "", "-"}}, {0}},
      {"after"}};
}

TEST(Latex, ATableHasTheRulesOfBooktabsACaptionAndALabel) {
  EXPECT_EQ(as_latex({section()}),
            R"(% For \input; it needs \usepackage{booktabs} and \usepackage[T1]{fontenc}.

\begin{table}
  \centering\small
  \caption{dot\_product, strong scaling; baseline: 5 ms (the best of a \& b).}
  \label{tab:dot-product-strong-scaling}
  \begin{tabular}{lr}
    \toprule
    model & eff\_\% \\
    \midrule
    a\_1 & 10 \% \\
    {[}b{]} & $\pm$2 \\
    c & -- \\
    \bottomrule
  \end{tabular}
\end{table}
after\par
)");
}

TEST(Latex, WhatLatexWouldInterpretIsEscaped) {
  const std::string text = as_latex({Section{.level = 2,
                                             .heading = "",
                                             .before = {R"(\ { } $ & # _ % ~ ^ < > | " [ ])"},
                                             .table = {},
                                             .after = {"µ × ≥ 10⁹ ¹², a\nb\x01"}}});
  EXPECT_NE(
      text.find(R"(\textbackslash{} \{ \} \$ \& \# \_ \% \textasciitilde{} \textasciicircum{} )"
                R"(\textless{} \textgreater{} \textbar{} \textquotedbl{} {[} {]}\par)"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("\\textmu{} $\\times$ $\\geq$ 10\\textsuperscript{9} \\textsuperscript{12}, "
                      "a b\\par"),
            std::string::npos)
      << text;
}

TEST(Latex, EqualHeadingsHaveDifferentLabels) {
  Section inside = section();
  inside.level = 3;
  inside.heading = "laws";
  const std::string text = as_latex({section(), inside, section()});
  EXPECT_NE(text.find("{tab:dot-product-strong-scaling}"), std::string::npos);
  EXPECT_NE(text.find("{tab:dot-product-strong-scaling-laws}"), std::string::npos);
  EXPECT_NE(text.find("{tab:dot-product-strong-scaling-2}"), std::string::npos);
}

TEST(Latex, EnvironmentsAndBracesAreClosed) {
  Section all = section();
  all.list = {"{item", "other}"};
  all.verbatim = {"run \\end{table} $x"};
  const std::string text = as_latex(
      {all, Section{.level = 2, .heading = "words", .before = {}, .table = {}, .after = {}}});
  const auto count = [&](const std::string& what) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++found;
    return found;
  };
  EXPECT_EQ(count("\\begin{"), count("\\end{"));
  EXPECT_EQ(count("\\item "), 2U);
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
      continue;
    }
    depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
    EXPECT_GE(depth, 0) << text.substr(0, i);
  }
  EXPECT_EQ(depth, 0);
  EXPECT_NE(text.find("\\paragraph{words}"), std::string::npos);
}

}  // namespace
}  // namespace scalelaw::harness
