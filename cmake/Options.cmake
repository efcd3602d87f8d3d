# Options for the build.
option(SCALELAW_TESTS "Build the tests" ON)
option(SCALELAW_WERROR "Treat warnings as errors" OFF)
option(SCALELAW_FUZZ "Build the fuzz targets for libFuzzer; needs clang" OFF)
option(SCALELAW_UNITY "Compile the sources of each part together, which takes a third of the time" ON)
set(SCALELAW_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release, Debug or RelWithDebInfo" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
# One run path for the build and the prefix: the folders, outside those of the system, of the libraries that are linked.
# Two would differ in length, and CMake fills the shorter one with empty parts.  With these, the loader looks for every
# library in the current folder.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
if(NOT DEFINED CMAKE_INSTALL_RPATH_USE_LINK_PATH)
  set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON)
endif()
