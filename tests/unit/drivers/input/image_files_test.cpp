// Image files in and out.
#include "drivers/input/image_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/error.hpp"
#include "drivers/input/image_decoder.hpp"
#include "support/judge.hpp"
#include "support/png.hpp"

namespace scalelaw::driver {
namespace {

namespace fs = std::filesystem;
using K = ImageCompression;

class ImageFiles : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  std::string write(const std::string& name, std::span<const std::byte> bytes) {
    std::ofstream(path(name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path(name);
  }
  std::string write_pnm(const std::string& name, const Image& image) {
    std::string text = image.shape.channels == 3 ? "P6\n# made by a test\n" : "P5 ";
    text +=
        std::to_string(image.shape.width) + " " + std::to_string(image.shape.height) + "\n255\n";
    text.append(image.pixels.begin(), image.pixels.end());
    return write(name, std::as_bytes(std::span(text)));
  }
  std::string write_png(const std::string& name, const Image& image) {
    const std::string bytes = png_of(image);
    return write(name, std::as_bytes(std::span(bytes)));
  }

  fs::path folder_;
};

std::vector<std::uint8_t> decoded(const std::string& path, const Shape& shape, Range rows) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(rows.size() * shape.row_bytes()));
  decode_rows({path}, shape, rows, out.data());
  return out;
}

TEST_F(ImageFiles, LosslessFormatsGiveTheirPixels) {
  for (const std::int64_t channels : {1, 3}) {
    const Image image = noise_image({37, 21, channels});
    for (const std::string& file : {write_png("a.png", image), write_pnm("a.pnm", image)}) {
      EXPECT_EQ(image.shape, image_header(file).shape) << file;
      EXPECT_EQ(image.pixels, decoded(file, image.shape, {0, 21})) << file;
      const std::vector<std::uint8_t> middle(image.pixels.begin() + 5 * image.shape.row_bytes(),
                                             image.pixels.begin() + 9 * image.shape.row_bytes());
      EXPECT_EQ(middle, decoded(file, image.shape, {5, 9})) << file;
    }
  }
}

TEST_F(ImageFiles, JpegFilesAreDecoded) {
  const Image image = noise_image({37, 21, 3});
  const std::vector<std::byte> bytes = turbo_encoded(image, 90, Subsampling::s444);
  const std::string file = write("a.jpg", bytes);
  EXPECT_EQ(image.shape, image_header(file).shape);
  EXPECT_EQ(turbo_decoded(bytes, image.shape, Subsampling::s444),
            decoded(file, image.shape, {0, 21}));
}

TEST_F(ImageFiles, DeepPnmIsScaled) {
  const std::string text("P5 2 1 1000\n\x03\xe8\x01\xf4", 16);
  const std::string file = write("a.pgm", std::as_bytes(std::span(text)));
  EXPECT_EQ((std::vector<std::uint8_t>{255, 128}), decoded(file, {2, 1, 1}, {0, 1}));
}

TEST_F(ImageFiles, AFolderIsReadInOrderAndWrittenByName) {
  const Image photo = noise_image({90, 40, 3}, 1), grey = noise_image({20, 70, 1}, 2);
  write_pnm("b.ppm", photo);
  write_png("a.png", grey);
  K::Params params;
  params.input = folder_.string();
  params.output_dir = folder_.string() + "-out";
  Files<K>::open(params);
  ASSERT_EQ((std::vector<Shape>{grey.shape, photo.shape}), params.shapes);
  Files<K>::check_output(params);
  Files<K>::make_output(params);

  const Range all{0, K::items(params)};
  K::Partial sum;
  for (std::int64_t i = 0; i < 3; ++i) {  // as three ranks would
    const Range mine = split(all, 3, i);
    K::Storage storage = K::allocate(params, mine);
    Files<K>::read(params, storage, mine);
    K::Workspace workspace;
    K::Partial partial;
    K::compute(params, K::prepare(params), storage, mine, workspace, partial);
    K::merge(sum, std::move(partial));
  }
  Files<K>::write(params, K::finish(params, std::move(sum)));
  for (const auto& [name, image] : {std::pair{"a.jpg", &grey}, std::pair{"b.jpg", &photo}}) {
    std::ifstream in(fs::path(params.output_dir) / name, std::ios::binary);
    const std::string file((std::istreambuf_iterator<char>(in)), {});
    const std::vector<std::byte> expected = encoded(*image, params.quality, params.subsampling);
    EXPECT_TRUE(std::equal(expected.begin(), expected.end(), std::as_bytes(std::span(file)).begin(),
                           std::as_bytes(std::span(file)).end()))
        << name;
  }
  fs::remove_all(params.output_dir);
}

TEST_F(ImageFiles, GreyIsTheLuminance) {
  const Image image{{3, 1, 3}, {255, 0, 0, 0, 255, 0, 0, 0, 255}};
  const std::string file = write_pnm("a.ppm", image);
  EXPECT_EQ((std::vector<std::uint8_t>{76, 150, 29}), decoded(file, {3, 1, 1}, {0, 1}));
}

/// The error that opening and decoding `file` gives.
std::string complaint(const std::string& file) {
  try {
    const Shape shape = image_header(file).shape;
    decoded(file, shape, {0, shape.height});
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint().empty());
    return error.what();
  }
  return {};
}

TEST_F(ImageFiles, BadFilesAreNamed) {
  const Image image = noise_image({64, 64, 3});
  const auto truncated = [&](const std::string& file, std::int64_t keep) {
    fs::resize_file(file, static_cast<std::uintmax_t>(keep));
    return file;
  };
  const std::vector<std::byte> jpeg = turbo_encoded(image, 90, Subsampling::s444);
  const std::string text = "not an image at all";
  for (const std::string& file :
       {truncated(write_png("cut.png", image), 6000), truncated(write_pnm("cut.ppm", image), 9000),
        truncated(write("cut.jpg", jpeg), 3000), truncated(write("head.jpg", jpeg), 20),
        write("notes.txt", std::as_bytes(std::span(text))), write("empty.png", {}),
        path("missing.png")}) {
    EXPECT_NE(std::string::npos, complaint(file).find(file)) << file << ": " << complaint(file);
  }
  EXPECT_EQ("", complaint(write_png("good.png", image)));
}

TEST_F(ImageFiles, AMissingInputIsRefused) {
  K::Params params;
  params.input = path("nowhere");
  EXPECT_THROW(Files<K>::open(params), Error);
  fs::create_directories(path("empty"));
  params.input = path("empty");
  EXPECT_THROW(Files<K>::open(params), Error);
}

TEST_F(ImageFiles, NamesThatMeetAreRefused) {
  write_pnm("a.ppm", noise_image({9, 9, 3}));
  write_png("a.png", noise_image({9, 9, 3}));
  K::Params params;
  params.input = folder_.string();
  params.output_dir = folder_.string() + "-out";
  Files<K>::open(params);
  EXPECT_THROW(Files<K>::check_output(params), Error);
}

TEST_F(ImageFiles, AnOutputThatIsNoFolderIsRefused) {
  write("taken", {});
  K::Params params;
  params.output_dir = path("taken");
  EXPECT_THROW(Files<K>::check_output(params), Error);
}

}  // namespace
}  // namespace scalelaw::driver
