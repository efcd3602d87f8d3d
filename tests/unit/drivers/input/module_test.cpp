// Modules that a driver loads on demand.
#include "drivers/input/module.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/error.hpp"
#include "drivers/input/hdf5_reader.hpp"

namespace scalelaw::driver {
namespace {

std::string error_of(const char* file, const char* symbol) {
  try {
    module_symbol(file, symbol, "cannot read tapes");
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.hint()).find("move its folders together"), std::string::npos);
    return error.what();
  }
  return "";
}

TEST(Module, IsFoundFromTheProgram) {
  EXPECT_NE(module_symbol(hdf5_reader_module(), "scalelaw_hdf5_reader", "cannot"), nullptr);
}

TEST(Module, SaysWhereAMissingOneShouldBe) {
  const std::string error = error_of("libscalelaw_tapes.so", "tapes");
  EXPECT_EQ(error.find("cannot read tapes: libscalelaw_tapes.so is not where"), 0U) << error;
}

TEST(Module, SaysWhatOneLacks) {
  const std::string error = error_of(hdf5_reader_module(), "no_such_symbol");
  EXPECT_EQ(error.find("cannot read tapes: "), 0U) << error;
  EXPECT_NE(error.find("no_such_symbol"), std::string::npos) << error;
}

}  // namespace
}  // namespace scalelaw::driver
