# libprimesieve 7 or newer; a newer one than the system's by CMAKE_PREFIX_PATH.
find_package(primesieve QUIET CONFIG)
if(NOT primesieve_FOUND)
  pkg_check_modules(primesieve QUIET IMPORTED_TARGET primesieve)
  if(primesieve_FOUND)
    add_library(primesieve::primesieve ALIAS PkgConfig::primesieve)
  endif()
endif()
scalelaw_optional(primesieve_FOUND libprimesieve libprimesieve-dev
                  "the peer of prime_sieve is left out")
if(primesieve_FOUND AND OpenMP_CXX_FOUND)
  add_executable(scalelaw-peer-primesieve ${CMAKE_CURRENT_LIST_DIR}/native/primesieve.cpp)
  target_link_libraries(scalelaw-peer-primesieve PRIVATE 
    scalelaw_peers scalelaw_openmp_team scalelaw_input_serial primesieve::primesieve)
endif()
