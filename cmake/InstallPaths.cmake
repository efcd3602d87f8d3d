include_guard(GLOBAL)
# Where things are installed, below the prefix.  Programs find each other and their files relative to themselves, so
# that a prefix may be moved, copied and read by all.
include(GNUInstallDirs)
set(SCALELAW_INSTALL_DRIVERS ${CMAKE_INSTALL_LIBEXECDIR}/scalelaw)  # drivers, peers and the adapter
set(SCALELAW_INSTALL_LIBRARIES ${CMAKE_INSTALL_LIBDIR}/scalelaw)    # modules that drivers load
set(SCALELAW_INSTALL_DATA ${CMAKE_INSTALL_DATADIR}/scalelaw)        # configs, contract, Python package
set(SCALELAW_INSTALL_DOCS ${CMAKE_INSTALL_DOCDIR})
set(SCALELAW_INSTALLED_PYTHON "/usr/bin/env -S python3 -B" CACHE STRING
  "What starts the peers in Python once they are installed; -B: it leaves no files in the prefix")

# scalelaw_full_path(OUT FOLDER): the folder with the prefix in front, unless it is absolute.
function(scalelaw_full_path out folder)
  cmake_path(ABSOLUTE_PATH folder BASE_DIRECTORY ${CMAKE_INSTALL_PREFIX} NORMALIZE OUTPUT_VARIABLE full)
  set(${out} ${full} PARENT_SCOPE)
endfunction()

# scalelaw_path_between(OUT FROM TO): how TO is reached from FROM, both as install() takes them.
function(scalelaw_path_between out from to)
  scalelaw_full_path(from_full ${from})
  scalelaw_full_path(to_full ${to})
  cmake_path(RELATIVE_PATH to_full BASE_DIRECTORY ${from_full} OUTPUT_VARIABLE between)
  set(${out} ${between} PARENT_SCOPE)
endfunction()

# own_paths.hpp: where the programs find their files, seen from their own folders.
scalelaw_path_between(to_drivers ${CMAKE_INSTALL_BINDIR} ${SCALELAW_INSTALL_DRIVERS})
scalelaw_path_between(to_libraries ${CMAKE_INSTALL_BINDIR} ${SCALELAW_INSTALL_LIBRARIES})
scalelaw_path_between(to_data ${CMAKE_INSTALL_BINDIR} ${SCALELAW_INSTALL_DATA})
scalelaw_path_between(to_docs ${CMAKE_INSTALL_BINDIR} ${SCALELAW_INSTALL_DOCS})
# Where a driver finds the modules that it loads on demand, seen from its folder, and from that of kernel-data.
scalelaw_path_between(from_drivers ${SCALELAW_INSTALL_DRIVERS} ${SCALELAW_INSTALL_LIBRARIES})
scalelaw_path_between(from_peers ${SCALELAW_INSTALL_DRIVERS}/scalelaw_peers ${SCALELAW_INSTALL_LIBRARIES})
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/generated/own_paths.hpp CONTENT
"#pragma once

/// Where an installed scalelaw finds its files, seen from the folder of its program unless it says otherwise.
namespace scalelaw::own_paths {
inline constexpr const char* drivers = \"${to_drivers}\";
inline constexpr const char* libraries = \"${to_libraries}\";
inline constexpr const char* data = \"${to_data}\";
inline constexpr const char* docs = \"${to_docs}\";
/// Where a driver looks for its modules, seen from its folder: in a build, or installed.
inline constexpr const char* modules[] = {\"../lib\", \"${from_drivers}\", \"${from_peers}\"};
}  // namespace scalelaw::own_paths
")
