// A module that is compiled twice: with the serial HDF5 for the serial and OpenMP drivers, and, if
// SCALELAW_PARALLEL_HDF5 is set, with the MPI version for the MPI drivers.
#include "drivers/input/hdf5_reader.hpp"

#ifdef SCALELAW_PARALLEL_HDF5
#include <mpi.h>
#endif
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/error.hpp"
#include "common/looked_in.hpp"
#include "drivers/input/hdf5_failure.hpp"
#include "drivers/input/hdf5_handle.hpp"
#include "drivers/input/hdf5_sources.hpp"

namespace scalelaw::driver {
namespace {

std::string text_of(const DatasetName& name) {
  return name.file + ":" + name.path;
}

/// Errors: throws Error when `file` cannot be read, whatever its content.
void check_readable(const std::string& file) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  std::string fault;
  if (status.type() == std::filesystem::file_type::not_found) {
    fault = "does not exist" + looked_in(file);
  } else if (error) {
    fault = "cannot be read: " + error.message();
  } else if (std::filesystem::is_directory(status)) {
    fault = "is a folder";
  } else if (!std::filesystem::is_regular_file(status)) {
    fault = "is not a regular file";
  } else if (access(file.c_str(), R_OK) != 0) {
    fault = std::string("cannot be read: ") + std::strerror(errno);
  }
  if (fault.empty()) return;
  throw Error(fmt::format("input file '{}' {}", file, fault),
              fault.find("cannot") == std::string::npos
                  ? "check the path; write an input as FILE:/DATASET"
                  : "check its permissions: ls -l " + file);
}

/// Opens the file through MPI-IO if `by_mpi` and both the program and HDF5 support it.
Handle open_file(const std::string& file, [[maybe_unused]] bool by_mpi) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures become Errors, not text on stderr
  check_readable(file);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
#ifdef SCALELAW_PARALLEL_HDF5
  int initialized = 0;
  MPI_Initialized(&initialized);
  if (initialized && by_mpi) H5Pset_fapl_mpio(access.get(), MPI_COMM_SELF, MPI_INFO_NULL);
#endif
  Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (!opened.valid()) {
    throw hdf5_error("input file '" + file + "' cannot be opened", hdf5_cause(), file);
  }
  return opened;
}

/// The first part of a path that does not exist; empty when all of it exists.
std::string missing_part(const Handle& file, const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    const bool is_end = part.empty() || part.back() == '/';
    if (!is_end && (H5Lexists(file.get(), part.c_str(), H5P_DEFAULT) <= 0 ||
                    H5Oexists_by_name(file.get(), part.c_str(), H5P_DEFAULT) <= 0)) {
      return part;
    }
    if (end == std::string::npos) return {};
  }
}

/// Reports why a dataset could not be opened; `cause` is HDF5's description.
[[noreturn]] void fail_to_open(const Handle& file, const DatasetName& name,
                               const std::string& cause) {
  const std::string list = "list the file's contents with h5ls -r " + name.file;
  const std::string missing = missing_part(file, name.path);
  if (!missing.empty() && H5Lexists(file.get(), missing.c_str(), H5P_DEFAULT) > 0) {
    throw Error(fmt::format("there is no dataset {}: the link '{}' is broken ({})", text_of(name),
                            missing, cause),
                list);
  }
  if (!missing.empty()) {
    const bool is_whole = missing == name.path;
    throw Error(fmt::format("there is no dataset {}{}", text_of(name),
                            is_whole ? "" : fmt::format(": the file has no '{}'", missing)),
                list);
  }
  if (cause == "not a dataset") throw Error(text_of(name) + " is not a dataset", list);
  throw hdf5_error("the dataset " + text_of(name) + " cannot be opened", cause, name.file);
}

Handle open_dataset(const Handle& file, const DatasetName& name) {
  Handle dataset(H5Dopen2(file.get(), name.path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.valid()) fail_to_open(file, name, hdf5_cause());
  return dataset;
}

/// A dataset and the file that it is in.
struct Opened {
  Handle file;
  Handle dataset;
};

Opened open_by_posix(const DatasetName& name) {
  Handle file = open_file(name.file, false);
  Handle dataset = open_dataset(file, name);
  return {std::move(file), std::move(dataset)};
}

/// HDF5 cannot read virtual datasets through MPI-IO.
Opened open_by_mpi(const DatasetName& name) {
  Handle file = open_file(name.file, true);
  Handle dataset = open_dataset(file, name);
  if (is_virtual(dataset)) return open_by_posix(name);
  return {std::move(file), std::move(dataset)};
}

hid_t memory_type(std::size_t bytes_per_element) {
  return bytes_per_element == 8 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
}

/// What a dataset of a class other than floating point contains.
std::string kind_of(H5T_class_t type) {
  switch (type) {
    case H5T_INTEGER:
      return "integers";
    case H5T_STRING:
      return "text";
    case H5T_COMPOUND:
      return "compound values (complex numbers, records)";
    case H5T_ENUM:
      return "booleans or other named values";
    case H5T_ARRAY:
    case H5T_VLEN:
      return "arrays";
    default:
      return "neither numbers nor text";
  }
}

void check_type(const Handle& dataset, const DatasetName& name, std::size_t bytes_per_element) {
  const Handle type(H5Dget_type(dataset.get()), H5Tclose);
  const bool is_float = H5Tget_class(type.get()) == H5T_FLOAT;
  const std::size_t size = H5Tget_size(type.get());
  if (is_float && size == bytes_per_element) return;
  const std::string found = is_float ? fmt::format("{}-bit floating-point numbers", 8 * size)
                                     : kind_of(H5Tget_class(type.get()));
  throw Error(fmt::format("{} holds {}, not f{}", text_of(name), found, 8 * bytes_per_element),
              is_float && (size == 4 || size == 8) ? fmt::format("add --type f{}", 8 * size)
                                                   : "store it as 32-bit or 64-bit floats");
}

void read_part(const Opened& opened, const DatasetName& name, const std::vector<hsize_t>& start,
               const std::vector<hsize_t>& extent, std::size_t bytes_per_element, std::byte* out) {
  const hid_t dataset = opened.dataset.get();
  const Handle space(H5Dget_space(dataset), H5Sclose);
  const Handle memory(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                      H5Sclose);
  const bool read = H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr,
                                        extent.data(), nullptr) >= 0 &&
                    H5Dread(dataset, memory_type(bytes_per_element), memory.get(), space.get(),
                            H5P_DEFAULT, out) >= 0;
  if (read) return;
  const std::string cause = hdf5_cause();
  throw hdf5_error(fmt::format("cannot read {} at [{}], {} elements", text_of(name),
                               fmt::join(start, ", "), fmt::join(extent, " x ")),
                   cause, name.file);
}

/// Reads one element, so that a missing filter or file is found before anything is timed.
void probe(const Opened& opened, const DatasetName& name, const std::vector<hsize_t>& extent,
           std::size_t bytes_per_element) {
  if (std::find(extent.begin(), extent.end(), 0) != extent.end()) return;
  std::array<std::byte, sizeof(double)> element{};
  read_part(opened, name, std::vector<hsize_t>(extent.size(), 0),
            std::vector<hsize_t>(extent.size(), 1), bytes_per_element, element.data());
}

std::vector<std::int64_t> shape_of(const DatasetName& name, std::size_t rank,
                                   std::size_t bytes_per_element) {
  // MPI-IO would neither take a lock nor notice that another program has the file open for writing.
  const Opened opened = open_by_posix(name);
  const Handle space(H5Dget_space(opened.dataset.get()), H5Sclose);
  const int found = H5Sget_simple_extent_ndims(space.get());
  if (found != static_cast<int>(rank)) {
    throw Error(fmt::format("{} has {} dimension{}, not {}", text_of(name), found,
                            found == 1 ? "" : "s", rank),
                "choose a dataset of the right shape; h5ls -r lists them");
  }
  check_type(opened.dataset, name, bytes_per_element);
  check_sources(opened.dataset, name.file, text_of(name));
  std::vector<hsize_t> extent(rank);
  H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
  probe(opened, name, extent, bytes_per_element);
  return {extent.begin(), extent.end()};
}

void read_slab(const DatasetName& name, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, std::size_t bytes_per_element,
               std::byte* out) {
  read_part(open_by_mpi(name), name, {offset.begin(), offset.end()}, {count.begin(), count.end()},
            bytes_per_element, out);
}

}  // namespace
}  // namespace scalelaw::driver

const scalelaw::driver::Hdf5Reader scalelaw_hdf5_reader{scalelaw::driver::shape_of,
                                                        scalelaw::driver::read_slab};
