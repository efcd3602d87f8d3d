# dot_product and matrix_mean by OpenBLAS, dot_product by the standard library's parallel algorithms.
function(scalelaw_memory_peer name)
  add_executable(scalelaw-peer-${name} native/${name}.cpp)
  target_link_libraries(scalelaw-peer-${name} PRIVATE scalelaw_peers scalelaw_input_serial ${ARGN})
  if(OpenMP_CXX_FOUND)
    target_link_libraries(scalelaw-peer-${name} PRIVATE scalelaw_openmp_team)
    target_compile_definitions(scalelaw-peer-${name} PRIVATE SCALELAW_PEER_THREADS)
  else()
    target_link_libraries(scalelaw-peer-${name} PRIVATE scalelaw_driver)
  endif()
endfunction()

pkg_check_modules(openblas QUIET IMPORTED_TARGET openblas)
scalelaw_optional(openblas_FOUND OpenBLAS libopenblas-dev "scalelaw-peer-openblas is left out")
if(openblas_FOUND)
  scalelaw_memory_peer(openblas PkgConfig::openblas)
endif()

find_package(TBB QUIET)
scalelaw_optional(TBB_FOUND TBB libtbb-dev "scalelaw-peer-stdpar is left out")
if(TBB_FOUND)
  add_executable(scalelaw-peer-stdpar native/stdpar.cpp)
  target_link_libraries(scalelaw-peer-stdpar PRIVATE scalelaw_peers scalelaw_input_serial scalelaw_driver TBB::tbb)
endif()

# NumPy through Python: of the project's .venv when it is there.
find_program(SCALELAW_NUMPY_PYTHON NAMES python3
             HINTS ${PROJECT_SOURCE_DIR}/.venv/bin DOC "A Python that has NumPy")
set(numpy_FOUND FALSE)
if(SCALELAW_NUMPY_PYTHON)
  execute_process(COMMAND ${SCALELAW_NUMPY_PYTHON} -c "import numpy" RESULT_VARIABLE failed
                  OUTPUT_QUIET ERROR_QUIET)
  if(NOT failed)
    set(numpy_FOUND TRUE)
  endif()
endif()
scalelaw_optional(numpy_FOUND NumPy python3-numpy "scalelaw-peer-numpy is left out")
if(numpy_FOUND)
  # Means by three calls, and each call by itself; row and column sums by one product with ones.
  configure_file(${PROJECT_SOURCE_DIR}/contract/scalelaw_driver.py
    ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/scalelaw_driver.py COPYONLY)
  foreach(peer numpy numpy-rows numpy-columns numpy-grand numpy-gemv-rows numpy-gemv-columns)
    set(SCALELAW_PEER ${peer})
    configure_file(${CMAKE_CURRENT_LIST_DIR}/python/numpy_peer.py.in
      ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/scalelaw-peer-${peer} @ONLY FILE_PERMISSIONS
      OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endforeach()
endif()
