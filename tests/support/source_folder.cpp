#include "support/source_folder.hpp"

std::string scalelaw::source_folder() {
  return SCALELAW_SOURCE_DIR;
}
