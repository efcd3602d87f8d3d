#pragma once

namespace scalelaw::build {

// What a results file reports about the build; written anew by each build (cmake/BuildInfo.cmake).
extern const char* const version;
extern const char* const revision;  ///< of the source, as git states it
extern const char* const compiler;
extern const char* const flags;  ///< those of the kernels
extern const char* const type;   ///< CMake's build type

}  // namespace scalelaw::build
