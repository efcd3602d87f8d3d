#include "kernels/memory_read/read_words.hpp"

namespace scalelaw {

constinit const ReadPath read_path_avx2 = read_words;

}  // namespace scalelaw
