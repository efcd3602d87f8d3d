# What the folders of peers/ call (docs/adding-a-peer.md).

# scalelaw_python_peer(NAME SOURCE): the driver scalelaw-peer-NAME, a Python program.  In SOURCE, @SCALELAW_PEER@
# stands for NAME, and @SCALELAW_NUMPY_PYTHON@ for the Python that has NumPy.
function(scalelaw_python_peer name source)
  set(SCALELAW_PEER ${name})
  configure_file(${PROJECT_SOURCE_DIR}/contract/scalelaw_driver.py
    ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/scalelaw_driver.py COPYONLY)
  configure_file(${source} ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/scalelaw-peer-${name} @ONLY FILE_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endfunction()
