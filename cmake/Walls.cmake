# Limits who may include what.  A library's headers are found through a folder that contains only a
# link to its own sources, and only by targets that link the library.  An include that breaks a wall
# of docs/architecture.md does not compile.
#
# scalelaw_wall(TARGET FOLDER): makes FOLDER the headers of TARGET, included as "FOLDER/name.hpp".
function(scalelaw_wall target folder)
  set(wall ${PROJECT_BINARY_DIR}/walls/${target})
  cmake_path(GET folder PARENT_PATH above)
  file(MAKE_DIRECTORY ${wall}/${above})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${wall}/${folder} SYMBOLIC)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL INTERFACE_LIBRARY)
    target_include_directories(${target} INTERFACE ${wall})
  else()
    target_include_directories(${target} PUBLIC ${wall})
  endif()
endfunction()
