#include "harness/mpi/family.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/process/find_program.hpp"
#include "harness/process/process.hpp"

namespace scalelaw::harness {
namespace {

/// A text that only programs and libraries of one family print.
struct FamilySign {
  std::string_view text;
  MpiFamily family;
};

// Intel MPI comes first: it is made from MPICH, and may say so.
constexpr std::array<FamilySign, 5> library_signs{{{"Intel(R) MPI", MpiFamily::intel},
                                                   {"Open MPI", MpiFamily::open_mpi},
                                                   {"Spectrum MPI", MpiFamily::open_mpi},
                                                   {"MVAPICH", MpiFamily::mpich},
                                                   {"MPICH", MpiFamily::mpich}}};
constexpr std::array<FamilySign, 5> mpirun_signs{{{"Intel(R) MPI", MpiFamily::intel},
                                                  {"(Open MPI)", MpiFamily::open_mpi},
                                                  {"Spectrum MPI", MpiFamily::open_mpi},
                                                  {"(PRRTE)", MpiFamily::open_mpi},
                                                  {"HYDRA build details", MpiFamily::mpich}}};

std::optional<MpiFamily> family_in(std::string_view text, const std::array<FamilySign, 5>& signs) {
  const auto found = std::ranges::find_if(signs, [&](const FamilySign& sign) {
    return text.find(sign.text) != std::string_view::npos;
  });
  return found == signs.end() ? std::nullopt : std::optional(found->family);
}

/// The first word of digits and dots in `text`, such as "4.0.2"; empty: there is none.
std::string first_version(std::string_view text) {
  constexpr std::string_view digits = "0123456789", parts = "0123456789.";
  for (std::size_t at = text.find_first_of(digits); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_not_of(parts, at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (word.find('.') != std::string_view::npos) return std::string(word);
    at = text.find_first_of(digits, end);
  }
  return {};
}

}  // namespace

std::optional<MpiFamily> family_of_library(std::string_view library) {
  return family_in(library, library_signs);
}

bool can_start(MpiFamily mpirun, MpiFamily library) {
  return (mpirun == MpiFamily::open_mpi) == (library == MpiFamily::open_mpi);
}

std::optional<Mpirun> parse_mpirun(std::string_view printed) {
  const std::optional<MpiFamily> family = family_in(printed, mpirun_signs);
  if (!family) return std::nullopt;
  const std::string version = first_version(printed);
  return Mpirun{*family,
                fmt::format("{}{}{}", to_string(*family), version.empty() ? "" : " ", version)};
}

std::optional<Mpirun> ask_mpirun(const std::string& program) {
  constexpr double patience_s = 10;
  if (find_program(program).empty()) return std::nullopt;
  const Printed printed = read_process({{program, "--version"}, {}, {}}, patience_s);
  if (printed.timed_out) return std::nullopt;
  // A site's own script may say it on standard error, and fail.
  const std::optional<Mpirun> found = parse_mpirun(printed.out);
  return found ? found : parse_mpirun(printed.err);
}

}  // namespace scalelaw::harness
