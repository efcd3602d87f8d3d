#include "drivers/input/hdf5_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "drivers/input/faults.hpp"
#include "drivers/input/hdf5_dataset.hpp"

namespace scalelaw::driver {
namespace {

/// Reads each slab of `range` into its piece of the storage.
template <class K>
void read_slabs(const typename K::Params& params, typename K::Storage& storage, Range range,
                std::size_t datasets, std::size_t rank) {
  const std::vector<DatasetName> names = parse_dataset_names(params.input, datasets);
  const auto element = static_cast<std::size_t>(size_of(params.type));
  const std::vector<Slab> slabs = K::slabs(params, range);
  const std::vector<Piece> pieces = K::pieces(params, storage, range);
  for (std::size_t i = 0; i < slabs.size(); ++i) {
    const Slab& slab = slabs[i];
    std::vector<std::int64_t> offset{slab.row, slab.column};
    std::vector<std::int64_t> count{slab.rows, slab.columns};
    offset.resize(rank);
    count.resize(rank);
    const DatasetName& name = names.at(static_cast<std::size_t>(slab.dataset));
    read_hyperslab(name, offset, count, element, pieces.at(i).data());
  }
}

/// Reads the first and the last element of each dataset, which tests everything that reading needs:
/// the shape, the type and the filters.
/// Errors: throws one Error naming all datasets that cannot be read.
void check_datasets(const std::string& input, std::size_t datasets, std::size_t rank,
                    std::size_t bytes_per_element) {
  Faults faults;
  for (const DatasetName& name : parse_dataset_names(input, datasets)) {
    faults.look([&] {
      std::vector<std::int64_t> last = dataset_shape(name, rank, bytes_per_element);
      if (std::ranges::count(last, 0) > 0) return;
      for (std::int64_t& extent : last) --extent;
      const std::vector<std::int64_t> first(rank, 0);
      const std::vector<std::int64_t> one(rank, 1);
      std::array<std::byte, 8> element{};
      read_hyperslab(name, first, one, bytes_per_element, element.data());
      read_hyperslab(name, last, one, bytes_per_element, element.data());
    });
  }
  faults.raise(fmt::format("datasets of '{}' cannot be used", input));
}

}  // namespace

void Files<DotProduct>::check_input(Params& params) {
  if (!given(params)) return;
  check_datasets(params.input, 2, 1, static_cast<std::size_t>(size_of(params.type)));
  open(params);
}

void Files<DotProduct>::open(Params& params) {
  if (!given(params)) return;
  const std::vector<DatasetName> names = parse_dataset_names(params.input, 2);
  const auto element = static_cast<std::size_t>(size_of(params.type));
  const std::int64_t x = dataset_shape(names[0], 1, element)[0];
  const std::int64_t y = dataset_shape(names[1], 1, element)[0];
  if (x != y) {
    throw Error(fmt::format("{} has {} elements but {} has {}", names[0].path, x, names[1].path, y),
                "choose two datasets of the same length");
  }
  params.length = x;
}

void Files<DotProduct>::read(const Params& params, DotProduct::Storage& storage, Range range) {
  read_slabs<DotProduct>(params, storage, range, 2, 1);
}

void Files<MatrixMean>::check_input(Params& params) {
  if (!given(params)) return;
  check_datasets(params.input, 1, 2, static_cast<std::size_t>(size_of(params.type)));
  open(params);
}

void Files<MatrixMean>::open(Params& params) {
  if (!given(params)) return;
  const std::vector<DatasetName> names = parse_dataset_names(params.input, 1);
  const std::vector<std::int64_t> shape =
      dataset_shape(names[0], 2, static_cast<std::size_t>(size_of(params.type)));
  if (shape[0] == 0 || shape[1] == 0) {
    throw Error(fmt::format("{}:{} has {} x {} elements, so it has no means", names[0].file,
                            names[0].path, shape[0], shape[1]),
                "choose a dataset that is not empty");
  }
  params.rows = shape[0];
  params.cols = shape[1];
}

void Files<MatrixMean>::read(const Params& params, MatrixMean::Storage& storage, Range range) {
  read_slabs<MatrixMean>(params, storage, range, 1, 2);
}

}  // namespace scalelaw::driver
