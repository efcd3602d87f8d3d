#include "drivers/input/hdf5_dataset.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include "common/error.hpp"
#include "drivers/input/hdf5_reader.hpp"

namespace scalelaw {
namespace {

/// The reader's module, found by the executable's run path and kept until the process ends.
const Hdf5Reader& reader() {
  static const Hdf5Reader& loaded = []() -> const Hdf5Reader& {
    void* const module = dlopen(hdf5_reader_module(), RTLD_NOW);
    const void* const symbol = module ? dlsym(module, "scalelaw_hdf5_reader") : nullptr;
    if (symbol == nullptr) {
      throw Error(fmt::format("cannot read HDF5: {}", dlerror()),
                  "build again, and leave lib/ beside bin/");
    }
    return *static_cast<const Hdf5Reader*>(symbol);
  }();
  return loaded;
}

}  // namespace

std::vector<DatasetName> parse_dataset_names(std::string_view text, std::size_t count) {
  const std::string form = count == 1 ? "FILE:/DATASET" : "FILE:/X,/Y";
  const std::size_t colon = text.rfind(":/");
  if (colon == std::string_view::npos || colon == 0) {
    throw Error("the input '" + std::string(text) + "' names no dataset", "write it as " + form);
  }
  std::vector<DatasetName> names;
  std::string_view rest = text.substr(colon + 1);
  while (true) {
    const std::size_t comma = rest.find(',');
    names.push_back({std::string(text.substr(0, colon)), std::string(rest.substr(0, comma))});
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  if (names.size() != count) {
    throw Error(fmt::format("the input '{}' names {} datasets, not {}", text, names.size(), count),
                "write it as " + form);
  }
  return names;
}

std::vector<std::int64_t> dataset_shape(const DatasetName& name, std::size_t rank,
                                        std::size_t bytes_per_element) {
  return reader().shape(name, rank, bytes_per_element);
}

void read_hyperslab(const DatasetName& name, const std::vector<std::int64_t>& offset,
                    const std::vector<std::int64_t>& count, std::size_t bytes_per_element,
                    std::byte* out) {
  reader().read(name, offset, count, bytes_per_element, out);
}

}  // namespace scalelaw
