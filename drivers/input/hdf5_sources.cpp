#include "drivers/input/hdf5_sources.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "common/error.hpp"

namespace scalelaw::driver {
namespace {

namespace fs = std::filesystem;

Handle creation_of(const Handle& dataset) {
  return {H5Dget_create_plist(dataset.get()), H5Pclose};
}

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// The path at which HDF5 finds the source file `name` of a virtual dataset in `file`, if any.
std::optional<fs::path> find_source(const fs::path& name, const fs::path& file) {
  std::error_code ignored;
  const fs::path real = fs::canonical(file, ignored);
  std::vector<fs::path> candidates{name, file.parent_path() / name, real.parent_path() / name,
                                   file.parent_path() / name.filename()};
  if (const char* prefix = std::getenv("HDF5_VDS_PREFIX")) {
    candidates.push_back(fs::path(prefix) / name);
  }
  for (const fs::path& candidate : candidates) {
    if (is_file(candidate)) return candidate;
  }
  return std::nullopt;
}

/// A string from an HDF5 function that writes into a buffer of a given size.
template <class Get>
std::string text_by(const Get& get) {
  const auto size = get(nullptr, 0);
  if (size <= 0) return {};
  std::string text(static_cast<std::size_t>(size) + 1, '\0');
  get(text.data(), text.size());
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void check_source(const std::string& name, const std::string& path, const std::string& file,
                  const std::string& text) {
  const std::string kept_in = name == "." ? file : name;
  const std::optional<fs::path> found = name == "." ? file : find_source(name, file);
  if (!found) {
    throw Error(fmt::format("{} is virtual, and its source file '{}' is missing", text, kept_in),
                "put it next to the file, or set HDF5_VDS_PREFIX to its folder");
  }
  const Handle source(H5Fopen(found->c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const Handle dataset(source.valid() ? H5Dopen2(source.get(), path.c_str(), H5P_DEFAULT) : -1,
                       H5Dclose);
  if (dataset.valid()) return;
  throw Error(fmt::format("{} is virtual, and its source {}:{} cannot be opened", text,
                          found->string(), path),
              "list that file's contents with h5ls -r " + found->string());
}

void check_virtual(const Handle& creation, const std::string& file, const std::string& text) {
  std::size_t count = 0;
  H5Pget_virtual_count(creation.get(), &count);
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = text_by([&](char* to, std::size_t size) {
      return H5Pget_virtual_filename(creation.get(), i, to, size);
    });
    const std::string path = text_by([&](char* to, std::size_t size) {
      return H5Pget_virtual_dsetname(creation.get(), i, to, size);
    });
    const bool is_pattern = name.find('%') != std::string::npos || path.find('%') != path.npos;
    if (is_pattern || !seen.insert({name, path}).second) continue;
    check_source(name, path, file, text);
  }
}

void check_external(const Handle& creation, const std::string& text) {
  if (std::getenv("HDF5_EXTFILE_PREFIX") != nullptr) return;  // only HDF5 can find them then
  const int count = H5Pget_external_count(creation.get());
  for (int i = 0; i < count; ++i) {
    std::array<char, 4096> name{};
    off_t offset = 0;
    hsize_t size = 0;
    H5Pget_external(creation.get(), static_cast<unsigned>(i), name.size() - 1, name.data(), &offset,
                    &size);
    std::error_code error;
    const std::uintmax_t length = fs::file_size(name.data(), error);
    if (error) {
      throw Error(
          fmt::format("{} stores its data in the external file '{}': {}", text, name.data(),
                      error.message()),
          "start in the folder that this name is relative to, or set HDF5_EXTFILE_PREFIX to it");
    }
    if (size != H5F_UNLIMITED && length < static_cast<std::uintmax_t>(offset) + size) {
      throw Error(
          fmt::format("the external file '{}' has {} bytes, fewer than the {} that {} "
                      "stores in it",
                      name.data(), length, static_cast<std::uintmax_t>(offset) + size, text),
          "copy or write it again");
    }
  }
}

}  // namespace

bool is_virtual(const Handle& dataset) {
  return H5Pget_layout(creation_of(dataset).get()) == H5D_VIRTUAL;
}

void check_sources(const Handle& dataset, const std::string& file, const std::string& text) {
  const Handle creation = creation_of(dataset);
  check_external(creation, text);
  if (is_virtual(dataset)) check_virtual(creation, file, text);
}

}  // namespace scalelaw::driver
