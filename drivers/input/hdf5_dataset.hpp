#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scalelaw::driver {

/// The location of a dataset: "FILE:/path/in/file".
struct DatasetName {
  std::string file;
  std::string path;
};

/// The datasets in `text`: "FILE:/A" or "FILE:/A,/B", exactly `count` of them.  If one is expected,
/// commas have no meaning; if several are, "\," stands for a comma inside a name.
/// Errors: throws Error when the text has another form.
std::vector<DatasetName> parse_dataset_names(std::string_view text, std::size_t count);

/// The extent of a dataset of floating-point numbers of `bytes_per_element` (4 or 8) in `rank`
/// dimensions.
/// Errors: throws Error naming the file or dataset when it is missing, unreadable, truncated, of
/// another rank or of another type.
std::vector<std::int64_t> dataset_shape(const DatasetName& name, std::size_t rank,
                                        std::size_t bytes_per_element);

/// Reads the hyperslab [offset, offset + count) of a dataset into `out`, row-major, in the
/// machine's byte order.  In an MPI program with parallel HDF5, each rank reads its own part
/// through MPI-IO, independently of the others.
/// Errors: throws Error naming the dataset.
void read_hyperslab(const DatasetName& name, const std::vector<std::int64_t>& offset,
                    const std::vector<std::int64_t>& count, std::size_t bytes_per_element,
                    std::byte* out);

}  // namespace scalelaw::driver
