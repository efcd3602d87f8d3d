// A module of its own, compiled twice: against the serial HDF5 for the serial and OpenMP drivers,
// and, with SCALELAW_PARALLEL_HDF5, against the one with MPI for the MPI drivers.
#include "drivers/input/hdf5_reader.hpp"

#ifdef SCALELAW_PARALLEL_HDF5
#include <mpi.h>
#endif
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <hdf5.h>

#include <filesystem>
#include <utility>

#include "common/error.hpp"

namespace scalelaw {
namespace {

/// An HDF5 identifier that closes itself.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  [[nodiscard]] bool valid() const { return id_ >= 0; }
  [[nodiscard]] hid_t get() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

std::string text_of(const DatasetName& name) {
  return name.file + ":" + name.path;
}

Handle open_file(const std::string& file) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // failures become Errors, not text on stderr
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(file, error);
  if (!std::filesystem::is_regular_file(status)) {
    const char* const fault = !std::filesystem::exists(status)        ? "does not exist"
                              : std::filesystem::is_directory(status) ? "is a folder"
                                                                      : "is no regular file";
    throw Error(fmt::format("input file '{}' {}", file, fault), "give --input FILE:/DATASET");
  }
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
#ifdef SCALELAW_PARALLEL_HDF5
  int initialized = 0;
  MPI_Initialized(&initialized);
  if (initialized) H5Pset_fapl_mpio(access.get(), MPI_COMM_SELF, MPI_INFO_NULL);
#endif
  Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
  if (!opened.valid()) {
    throw Error("input file '" + file + "' cannot be opened as HDF5",
                "check that it is complete and readable, e.g. with h5dump -H");
  }
  return opened;
}

Handle open_dataset(const Handle& file, const DatasetName& name) {
  Handle dataset(H5Dopen2(file.get(), name.path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.valid()) {
    throw Error("there is no dataset " + text_of(name),
                "list what the file holds with h5ls -r " + name.file);
  }
  return dataset;
}

hid_t memory_type(std::size_t bytes_per_element) {
  return bytes_per_element == 8 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
}

/// What a dataset of another class than floating point holds.
std::string kind_of(H5T_class_t type) {
  switch (type) {
    case H5T_INTEGER:
      return "integers";
    case H5T_STRING:
      return "text";
    case H5T_COMPOUND:
      return "compound values (complex numbers, records)";
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

std::vector<std::int64_t> shape_of(const DatasetName& name, std::size_t rank,
                                   std::size_t bytes_per_element) {
  const Handle file = open_file(name.file);
  const Handle dataset = open_dataset(file, name);
  const Handle space(H5Dget_space(dataset.get()), H5Sclose);
  const int found = H5Sget_simple_extent_ndims(space.get());
  if (found != static_cast<int>(rank)) {
    throw Error(fmt::format("{} has {} dimension{}, not {}", text_of(name), found,
                            found == 1 ? "" : "s", rank),
                "choose a dataset of the right shape; h5ls -r lists them");
  }
  check_type(dataset, name, bytes_per_element);
  std::vector<hsize_t> extent(rank);
  H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr);
  return {extent.begin(), extent.end()};
}

void read_slab(const DatasetName& name, const std::vector<std::int64_t>& offset,
               const std::vector<std::int64_t>& count, std::size_t bytes_per_element,
               std::byte* out) {
  const Handle file = open_file(name.file);
  const Handle dataset = open_dataset(file, name);
  const Handle space(H5Dget_space(dataset.get()), H5Sclose);
  const std::vector<hsize_t> start(offset.begin(), offset.end());
  const std::vector<hsize_t> extent(count.begin(), count.end());
  const Handle memory(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                      H5Sclose);
  const bool read = H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr,
                                        extent.data(), nullptr) >= 0 &&
                    H5Dread(dataset.get(), memory_type(bytes_per_element), memory.get(),
                            space.get(), H5P_DEFAULT, out) >= 0;
  if (!read) {
    throw Error(fmt::format("cannot read {} at [{}], {} elements", text_of(name),
                            fmt::join(offset, ", "), fmt::join(count, " x ")),
                "the file may be truncated; check it with h5dump");
  }
}

}  // namespace
}  // namespace scalelaw

const scalelaw::Hdf5Reader scalelaw_hdf5_reader{scalelaw::shape_of, scalelaw::read_slab};
