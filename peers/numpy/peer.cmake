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
  foreach(peer numpy numpy-rows numpy-columns numpy-grand numpy-gemv-rows numpy-gemv-columns)
    scalelaw_python_peer(${peer} ${CMAKE_CURRENT_LIST_DIR}/numpy_peer.py.in)
  endforeach()
endif()
