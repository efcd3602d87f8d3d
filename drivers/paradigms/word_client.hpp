#pragma once

#include <cstdint>
#include <functional>

#include "drivers/paradigms/uncached_file.hpp"
#include "drivers/paradigms/word_server.hpp"

namespace scalelaw::driver {

/// What a client asks a WordServer for.
struct WordRequest {
  std::int64_t first = 0;  ///< word of the working set; after the last one comes the first
  std::int64_t words = 0;
};

/// A connection to a WordServer.
class WordClient {
 public:
  /// Tries the server's addresses in turn.
  /// Errors: throws Error when it answers on none of them.
  explicit WordClient(const ServerPlace& place);

  /// The sum of the words, modulo 2^64.  `meanwhile`, unless it is null, is called while the answer
  /// is on its way.
  /// Errors: throws RunFailure.
  std::uint64_t ask(const WordRequest& request, const std::function<void()>& meanwhile) const;

 private:
  Descriptor socket_;
};

}  // namespace scalelaw::driver
