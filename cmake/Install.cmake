# Install rules.  Programs and modules are those of the folders below: a new driver or peer needs no line here.

# scalelaw_built(OUT FOLDER...): the programs and modules that the folders build.
function(scalelaw_built out)
  set(all)
  foreach(folder ${ARGN})
    get_property(targets DIRECTORY ${PROJECT_SOURCE_DIR}/${folder} PROPERTY BUILDSYSTEM_TARGETS)
    list(APPEND all ${targets})
  endforeach()
  set(found)
  foreach(target ${all})
    get_target_property(type ${target} TYPE)
    if(type MATCHES "^(EXECUTABLE|MODULE_LIBRARY)$")
      list(APPEND found ${target})
    endif()
  endforeach()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

install(TARGETS scalelaw RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS scalelaw-command RUNTIME DESTINATION ${SCALELAW_INSTALL_DRIVERS})
scalelaw_built(targets drivers peers)
get_property(not_installed GLOBAL PROPERTY scalelaw_not_installed)  # what needs the tree, or what is in it
list(REMOVE_ITEM targets kernel-tuning ${not_installed})  # kernel-tuning is of scripts/tune-kernels
foreach(target ${targets})
  get_target_property(type ${target} TYPE)
  if(type STREQUAL MODULE_LIBRARY)
    install(TARGETS ${target} LIBRARY DESTINATION ${SCALELAW_INSTALL_LIBRARIES})
  elseif(target STREQUAL kernel-data)  # beside the modules that call it
    install(TARGETS ${target} RUNTIME DESTINATION ${SCALELAW_INSTALL_DRIVERS}/scalelaw_peers)
  else()
    install(TARGETS ${target} RUNTIME DESTINATION ${SCALELAW_INSTALL_DRIVERS})
  endif()
endforeach()

# The peers in Python, which find their environment relative to themselves (cmake/Peers.cmake).
get_property(peers GLOBAL PROPERTY scalelaw_python_peers)
install(PROGRAMS ${peers} DESTINATION ${SCALELAW_INSTALL_DRIVERS})
if(peers)
  install(FILES contract/scalelaw_driver.py DESTINATION ${SCALELAW_INSTALL_DRIVERS})
  install(DIRECTORY peers/python/scalelaw_peers DESTINATION ${SCALELAW_INSTALL_DRIVERS}
    FILES_MATCHING PATTERN "*.py")
endif()

# What the programs read, and what users copy.
install(DIRECTORY configs DESTINATION ${SCALELAW_INSTALL_DATA} FILES_MATCHING PATTERN "*.toml")
install(DIRECTORY contract DESTINATION ${SCALELAW_INSTALL_DATA} PATTERN __pycache__ EXCLUDE)
install(DIRECTORY scripts/scalelaw_results DESTINATION ${SCALELAW_INSTALL_DATA}/python
  PATTERN __pycache__ EXCLUDE)
install(FILES scripts/requirements-figures.txt scripts/requirements-venv-peers.txt DESTINATION ${SCALELAW_INSTALL_DATA})

install(DIRECTORY docs DESTINATION ${SCALELAW_INSTALL_DOCS} PATTERN site EXCLUDE)
install(FILES README.md CHANGELOG.md CITATION.cff CONTRIBUTING.md LICENSE SECURITY.md
  DESTINATION ${SCALELAW_INSTALL_DOCS})
install(FILES scripts/packages.txt DESTINATION ${SCALELAW_INSTALL_DOCS}/scripts)
install(FILES contract/README.md DESTINATION ${SCALELAW_INSTALL_DOCS}/contract)
install(FILES packaging/README.md DESTINATION ${SCALELAW_INSTALL_DOCS}/packaging)
install(FILES slurm/README.md DESTINATION ${SCALELAW_INSTALL_DOCS}/slurm)
install(FILES results/sample.h5 results/README.md DESTINATION ${SCALELAW_INSTALL_DOCS}/results)
install(DIRECTORY examples DESTINATION ${SCALELAW_INSTALL_DOCS} FILES_MATCHING  # and not what its Makefile makes
  PATTERN "*.c" PATTERN "*.f90" PATTERN "*.py" PATTERN "*.toml" PATTERN "*.md" PATTERN Makefile PATTERN __pycache__ EXCLUDE)

# Manual pages and completions, which the program itself writes.
set(written ${PROJECT_BINARY_DIR}/written)
add_custom_command(OUTPUT ${written}/done
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:scalelaw> -DFOLDER=${written}
    -P ${PROJECT_SOURCE_DIR}/cmake/WriteManual.cmake
  COMMAND ${CMAKE_COMMAND} -E touch ${written}/done
  DEPENDS scalelaw cmake/WriteManual.cmake
  COMMENT "Writing manual pages and completions" VERBATIM)
add_custom_target(scalelaw_manual ALL DEPENDS ${written}/done)
install(DIRECTORY ${written}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${written}/completions/scalelaw.bash RENAME scalelaw
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${written}/completions/scalelaw.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
set(SCALELAW_INSTALL_ZSH ${CMAKE_INSTALL_DATADIR}/zsh/site-functions CACHE STRING
  "Where zsh looks for completions, below the prefix")
install(FILES ${written}/completions/scalelaw.zsh RENAME _scalelaw DESTINATION ${SCALELAW_INSTALL_ZSH})
