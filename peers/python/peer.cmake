# Python's parallel libraries.  The programs are always there: each looks for its library when it is asked anything, and
# says what is missing.  They run in .venv-peers (scripts/setup --with peers) where that exists.
set(package ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/scalelaw_peers)
add_executable(kernel-data ${CMAKE_CURRENT_LIST_DIR}/../native/kernel_data.cpp)
target_link_libraries(kernel-data PRIVATE scalelaw_peers scalelaw_driver scalelaw_input_serial
                      scalelaw_paradigms)
scalelaw_light_optimisation(kernel-data)  # the kernels' loops are in their library
set_target_properties(kernel-data PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${package})

file(GLOB modules CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/scalelaw_peers/*.py)
foreach(module ${modules})
  get_filename_component(name ${module} NAME)
  configure_file(${module} ${package}/${name} COPYONLY)
endforeach()

find_program(SCALELAW_PEERS_PYTHON NAMES python3
             HINTS ${PROJECT_SOURCE_DIR}/.venv/bin DOC "The Python that starts the peers in Python")
set(SCALELAW_PEERS_VENV ${PROJECT_SOURCE_DIR}/.venv-peers)
# scalelaw_python_peers(SOURCE NAME...): peers that one file has.
function(scalelaw_python_peers source)
  foreach(name ${ARGN})
    scalelaw_python_peer(${name} ${PROJECT_SOURCE_DIR}/peers/python/${source}.py.in)
  endforeach()
endfunction()
if(SCALELAW_PEERS_PYTHON)
  scalelaw_python_peers(futures futures-threads futures-processes)
  scalelaw_python_peers(pool pool-map pool-imap-unordered pool-apply-async)
  scalelaw_python_peers(shared_memory shared-memory)
  scalelaw_python_peers(shared_array shared-array)
  scalelaw_python_peers(joblib joblib-loky joblib-threading)
  scalelaw_python_peers(dask_array dask-array)
  scalelaw_python_peers(dask_delayed dask-delayed)
  scalelaw_python_peers(ray ray)
  scalelaw_python_peers(ipyparallel ipyparallel)
  scalelaw_python_peers(dispy dispy)
  scalelaw_python_peers(mpi4py mpi4py)
  scalelaw_python_peers(mpi4py_futures mpi4py-futures)
  scalelaw_python_peers(cupy cupy)
  # Compiled here, because Python may not be allowed to write there, and would compile them at each start.
  execute_process(COMMAND ${SCALELAW_PEERS_PYTHON} -m compileall -q ${package}
                          ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/scalelaw_driver.py)
endif()
