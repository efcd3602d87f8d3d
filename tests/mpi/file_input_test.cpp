// Input from files: each rank reads its own part, before the clock starts or inside the pass.
#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "drivers/pass/run.hpp"
#include "mpi/world.hpp"

namespace scalelaw::driver {
namespace {

using mpi_test::all_teams;
using mpi_test::world;

/// A path in the temporary folder, the same on every rank.
std::string shared_path(const std::string& ending) {
  const std::string name = "scalelaw-mpi-test-" + std::to_string(getpid()) + ending;
  const std::string path = (std::filesystem::temp_directory_path() / name).string();
  const auto* data = reinterpret_cast<const std::byte*>(path.data());
  const Bytes agreed = world().broadcast(Bytes(data, data + path.size()));
  return {reinterpret_cast<const char*>(agreed.data()), agreed.size()};
}

/// An HDF5 file, written and removed by the root.
class SharedFile {
 public:
  SharedFile() : path_(shared_path(".h5")) {}
  SharedFile(const SharedFile&) = delete;
  SharedFile& operator=(const SharedFile&) = delete;
  ~SharedFile() {
    world().barrier();
    if (world().is_root()) std::filesystem::remove(path_);
  }

  /// Collective; the root's data counts.
  void write(const std::string& dataset, std::vector<hsize_t> shape, hid_t type, Piece data) {
    if (world().is_root()) {
      const bool exists = std::filesystem::exists(path_);
      const hid_t file = exists ? H5Fopen(path_.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                                : H5Fcreate(path_.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT);
      const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
      const hid_t set =
          H5Dcreate2(file, dataset.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      EXPECT_GE(H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data.data()), 0);
      H5Dclose(set);
      H5Sclose(space);
      H5Fclose(file);
    }
    world().barrier();
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A folder of images of unequal sizes, of one and of three channels.
class SharedImages {
 public:
  SharedImages() : path_(shared_path("")) {
    if (world().is_root()) {
      std::filesystem::create_directory(path_);
      write("a.ppm", "P6\n301 170\n255\n", std::size_t{301} * 170 * 3);
      write("b.ppm", "P6\n40 33\n255\n", std::size_t{40} * 33 * 3);
      write("c.pgm", "P5\n129 300\n255\n", std::size_t{129} * 300);
      write("d.pgm", "P5\n1 1\n255\n", 1);
    }
    world().barrier();
  }
  SharedImages(const SharedImages&) = delete;
  SharedImages& operator=(const SharedImages&) = delete;
  ~SharedImages() {
    world().barrier();
    if (world().is_root()) std::filesystem::remove_all(path_);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void write(const std::string& name, const std::string& header, std::size_t bytes) const {
    std::ofstream file(std::filesystem::path(path_) / name, std::ios::binary);
    file << header;
    for (std::size_t i = 0; i < bytes; ++i) file.put(static_cast<char>(i * i / 7 % 253));
  }
  std::string path_;
};

template <Kernel K>
typename K::Storage whole_input(const typename K::Params& params) {
  const Range all{0, K::items(params)};
  typename K::Storage storage = K::allocate(params, all);
  K::fill(params, storage, all);
  return storage;
}

template <Kernel K>
std::vector<std::string> facts_of(typename K::Params params, const Options& options, Team& team,
                                  Comm& comm) {
  Files<K>::open(params);
  Pass<K> pass(params, options, team, comm);
  pass(false);
  std::vector<std::string> values;
  if (!comm.is_root()) return values;
  for (const Fact& fact : K::facts(pass.params(), pass.result())) values.push_back(fact.value);
  return values;
}

template <Kernel K>
std::vector<std::string> facts_alone(const typename K::Params& params) {
  SerialTeam team;
  const std::unique_ptr<Comm> self = make_self_comm();
  return facts_of<K>(params, {}, team, *self);
}

std::vector<Options> all_options() {
  std::vector<Options> all;
  for (const Data data : {Data::local, Data::scatter, Data::file}) {
    for (const Distribution distribution : {Distribution::block, Distribution::dynamic}) {
      Options options;
      options.data = data;
      options.distribution = distribution;
      all.push_back(options);
    }
  }
  Options overlapped;
  overlapped.data = Data::scatter;
  overlapped.overlap = true;
  all.push_back(overlapped);
  return all;
}

/// Whoever reads which part of the input, and when, the facts are `expected`.
template <Kernel K>
void expect_same_from_file(const typename K::Params& params,
                           const std::vector<std::string>& expected) {
  for (const auto& team : all_teams()) {
    for (const Options& options : all_options()) {
      const std::vector<std::string> facts = facts_of<K>(params, options, *team, world());
      if (world().is_root()) {
        EXPECT_EQ(facts, expected)
            << to_string(options.data) << " " << to_string(options.distribution) << " of "
            << team->size() << (options.overlap ? " overlap" : "");
      }
    }
  }
}

/// The facts from the file equal those from the generated input that was written to it.
template <Kernel K>
void expect_same_as_generated(const typename K::Params& generated, const std::string& input) {
  typename K::Params params = generated;
  params.input = input;
  expect_same_from_file<K>(params, facts_alone<K>(generated));
}

TEST(FileInput, DotProductReadsTwoDatasets) {
  DotProduct::Params params;
  params.length = 50'001;
  DotProduct::Storage storage = whole_input<DotProduct>(params);
  const std::vector<Piece> pieces =
      DotProduct::pieces(params, storage, {0, DotProduct::items(params)});
  SharedFile file;
  file.write("/x", {50'001}, H5T_NATIVE_DOUBLE, pieces.at(0));
  file.write("/y", {50'001}, H5T_NATIVE_DOUBLE, pieces.at(1));
  expect_same_as_generated<DotProduct>(params, file.path() + ":/x,/y");
}

TEST(FileInput, MatrixMeanReadsItsOwnRows) {
  MatrixMean::Params params;
  params.rows = 601;
  params.cols = 333;
  params.type = ElementType::f32;
  MatrixMean::Storage storage = whole_input<MatrixMean>(params);
  const std::vector<Piece> pieces =
      MatrixMean::pieces(params, storage, {0, MatrixMean::items(params)});
  ASSERT_EQ(pieces.size(), 1U);
  SharedFile file;
  file.write("/m", {601, 333}, H5T_NATIVE_FLOAT, pieces.at(0));
  expect_same_as_generated<MatrixMean>(params, file.path() + ":/m");
}

TEST(FileInput, ImageCompressionReadsTheRowsOfAFolder) {
  const SharedImages images;
  ImageCompression::Params params;
  params.input = images.path();
  const std::vector<std::string> expected = facts_alone<ImageCompression>(params);
  EXPECT_FALSE(expected.empty());
  expect_same_from_file<ImageCompression>(params, expected);
}

TEST(FileInput, NamesWhatIsWrongWithADataset) {
  std::vector<double> data(12, 1.0);
  SharedFile file;
  file.write("/m", {3, 4}, H5T_NATIVE_DOUBLE, std::as_writable_bytes(std::span(data)));
  file.write("/short", {12}, H5T_NATIVE_DOUBLE, std::as_writable_bytes(std::span(data)));
  file.write("/long", {12}, H5T_NATIVE_INT64, std::as_writable_bytes(std::span(data)));
  file.write("/whole", {3, 4}, H5T_NATIVE_INT64, std::as_writable_bytes(std::span(data)));
  file.write("/none", {0, 4}, H5T_NATIVE_DOUBLE, {});
  const auto message = [&](const std::string& input, ElementType type) -> std::string {
    MatrixMean::Params params;
    params.input = input;
    params.type = type;
    try {
      Files<MatrixMean>::open(params);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const auto expect = [&](const std::string& fragment, const std::string& input,
                          ElementType type = ElementType::f64) {
    EXPECT_NE(message(input, type).find(fragment), std::string::npos) << message(input, type);
  };
  EXPECT_EQ(message(file.path() + ":/m", ElementType::f64), "");
  expect("there is no dataset", file.path() + ":/missing");
  expect("dimension", file.path() + ":/short");
  expect("not f32", file.path() + ":/m", ElementType::f32);
  expect("does not exist", "/nowhere.h5:/m");
  expect("is a folder", "/tmp:/m");
  expect("holds integers, not f64", file.path() + ":/whole");
  expect("has 0 x 4 elements", file.path() + ":/none");
  expect("names no dataset", "file.h5");
  expect("there is no dataset " + file.path() + ":/m,/m", file.path() + ":/m,/m");
}

}  // namespace
}  // namespace scalelaw::driver
