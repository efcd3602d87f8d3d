#pragma once

#include <cstdio>
#include <memory>

namespace scalelaw::driver {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// A C stream that closes with its owner, for functions that report failures in errno.
using CFile = std::unique_ptr<std::FILE, FileCloser>;

}  // namespace scalelaw::driver
