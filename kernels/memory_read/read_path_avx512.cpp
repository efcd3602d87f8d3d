#include "kernels/memory_read/read_words.hpp"

namespace scalelaw {

constinit const ReadPath read_path_avx512 = read_words;

}  // namespace scalelaw
