#include "kernels/memory_read/read_words.hpp"

namespace scalelaw {

constinit const ReadPath read_path_neon = {.sum = sum_words, .fill = fill_words};

}  // namespace scalelaw
