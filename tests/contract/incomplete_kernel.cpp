// A kernel that is complete, but for the member that WITHOUT_<Member> takes away.
#include "kernels/kernel.hpp"

namespace scalelaw {

struct Nothing {
  static constexpr std::string_view name = "nothing";
  static constexpr std::string_view summary = "does nothing";
  static constexpr std::string_view size_parameter = "size";
  static constexpr bool ordered = false;
  static constexpr Schedule schedule{};

  struct Params {
    std::int64_t size = 1;
    static constexpr auto fields() {
      return std::tuple{Field<Params, std::int64_t>{"size", &Params::size, "how much"}};
    }
  };
  struct Storage {};
  struct Shared {};
  struct Workspace {};
  struct Partial {};
  struct Result {};

  static void check(const Params&) {}
#ifndef WITHOUT_Items
  static std::int64_t items(const Params& params) {
    return params.size;
  }
#endif
  static Work work(const Params&) {
    return {};
  }
  static Storage allocate(const Params&, Range) {
    return {};
  }
  static void fill(const Params&, Storage&, Range) {}
  static std::vector<Piece> pieces(const Params&, Storage&, Range) {
    return {};
  }
  static Shared prepare(const Params&) {
    return {};
  }
#ifndef WITHOUT_Compute
  static void compute(const Params&, const Shared&, const Storage&, Range, Workspace&, Partial&) {}
#endif
  static void merge(Partial&, Partial&&) {}
  static Result finish(const Params&, Partial&&) {
    return {};
  }
  static std::vector<Fact> facts(const Params&, const Result&) {
    return {};
  }
#ifndef WITHOUT_Verify
  static std::string verify(const Params&, const Result&) {
    return {};
  }
#endif
};

static_assert(Kernel<Nothing>);

}  // namespace scalelaw
