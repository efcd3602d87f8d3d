#include "drivers/input/hdf5_dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "common/error.hpp"
#include "drivers/input/hdf5_reader.hpp"
#include "drivers/input/module.hpp"

namespace scalelaw::driver {
namespace {

const Hdf5Reader& reader() {
  static const auto* const loaded = static_cast<const Hdf5Reader*>(
      module_symbol(hdf5_reader_module(), "scalelaw_hdf5_reader", "cannot read HDF5"));
  return *loaded;
}

/// The position of the ':' between file and dataset.  File and dataset names may contain ":/" too,
/// so take the last one after the name of an existing file, or else the last one.
std::size_t end_of_file_name(std::string_view text) {
  std::size_t last = std::string_view::npos;
  for (std::size_t at = text.rfind(":/"); at != std::string_view::npos && at > 0;
       at = text.rfind(":/", at - 1)) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(text.substr(0, at), ignored)) return at;
    if (last == std::string_view::npos) last = at;
  }
  return last;
}

/// The parts of `text` between commas; "\," is a comma and "\\" a backslash inside a part.
std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escapes =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ',' || text[i + 1] == '\\');
    if (escapes) {
      parts.back() += text[++i];
    } else if (text[i] == ',') {
      parts.emplace_back();
    } else {
      parts.back() += text[i];
    }
  }
  return parts;
}

}  // namespace

std::vector<DatasetName> parse_dataset_names(std::string_view text, std::size_t count) {
  const std::string form = count == 1 ? "FILE:/DATASET" : "FILE:/X,/Y";
  const std::size_t colon = end_of_file_name(text);
  if (colon == std::string_view::npos) {
    throw Error("the input '" + std::string(text) + "' names no dataset", "write it as " + form);
  }
  const std::string file(text.substr(0, colon));
  const std::string_view paths = text.substr(colon + 1);
  if (count == 1) return {{file, std::string(paths)}};
  std::vector<DatasetName> names;
  for (std::string& path : split_at_commas(paths)) names.push_back({file, std::move(path)});
  const bool has_empty =
      std::ranges::any_of(names, [](const DatasetName& name) { return name.path.empty(); });
  if (names.size() != count || has_empty) {
    throw Error(has_empty ? fmt::format("the input '{}' has a dataset without a name", text)
                          : fmt::format("the input '{}' names {} dataset{}, not {}", text,
                                        names.size(), names.size() == 1 ? "" : "s", count),
                "write it as " + form + R"(, with '\,' for a comma inside a name)");
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

}  // namespace scalelaw::driver
