# What the folders of peers/ call (docs/adding-a-peer.md).

include(${CMAKE_CURRENT_LIST_DIR}/InstallPaths.cmake)

# scalelaw_python_peer(NAME SOURCE): the driver scalelaw-peer-NAME, a Python program.  In SOURCE, @SCALELAW_PEER@
# stands for NAME, @SCALELAW_NUMPY_PYTHON@ for the Python that has NumPy, @SCALELAW_PEERS_PYTHON@ for that of the
# others, and @SCALELAW_PEERS_VENV@ for the environment with their libraries.  What is installed starts the user's
# python3, and looks for the environment beside the reader modules.
function(scalelaw_python_peer name source)
  set(SCALELAW_PEER ${name})
  configure_file(${PROJECT_SOURCE_DIR}/contract/scalelaw_driver.py
    ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/scalelaw_driver.py COPYONLY)
  set(permissions FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ
      WORLD_EXECUTE)
  configure_file(${source} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/scalelaw-peer-${name} @ONLY ${permissions})
  scalelaw_path_between(venv ${SCALELAW_INSTALL_DRIVERS} ${SCALELAW_INSTALL_LIBRARIES}/venv-peers)
  set(SCALELAW_PEERS_VENV ${venv})
  set(SCALELAW_NUMPY_PYTHON "${SCALELAW_INSTALLED_PYTHON}")
  set(SCALELAW_PEERS_PYTHON "${SCALELAW_INSTALLED_PYTHON}")
  set(installed ${PROJECT_BINARY_DIR}/installed/scalelaw-peer-${name})
  configure_file(${source} ${installed} @ONLY ${permissions})
  set_property(GLOBAL APPEND PROPERTY scalelaw_python_peers ${installed})
endfunction()
