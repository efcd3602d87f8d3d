# What a results file reports about its build: generated/build_info.cpp.  The revision is read at
# build time, so that a rebuilt program never reports an older source.
string(TOUPPER ${CMAKE_BUILD_TYPE} build_type_upper)
set(scalelaw_build_flags "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type_upper}} -ffp-contract=off")
string(STRIP "${scalelaw_build_flags}" scalelaw_build_flags)
add_custom_target(scalelaw_build_info
  BYPRODUCTS ${PROJECT_BINARY_DIR}/generated/build_info.cpp
  COMMAND ${CMAKE_COMMAND}
    -DSOURCE=${PROJECT_SOURCE_DIR} -DOUTPUT=${PROJECT_BINARY_DIR}/generated/build_info.cpp
    -DTEMPLATE=${PROJECT_SOURCE_DIR}/cmake/build_info.cpp.in
    -DVERSION=${PROJECT_VERSION} "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
    "-DFLAGS=${scalelaw_build_flags}" -DTYPE=${CMAKE_BUILD_TYPE}
    -P ${PROJECT_SOURCE_DIR}/cmake/WriteBuildInfo.cmake
  VERBATIM)
