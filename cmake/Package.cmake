# Packages: `cpack --config BUILD/CPackConfig.cmake` makes a .deb of what is installed (packaging/README.md).
set(SCALELAW_MAINTAINER "scalelaw maintainers <maintainers@scalelaw.invalid>" CACHE STRING
  "Who makes the package: NAME <ADDRESS>")

set(CPACK_PACKAGE_NAME scalelaw)
set(CPACK_PACKAGE_CONTACT "${SCALELAW_MAINTAINER}")
set(CPACK_PACKAGE_VENDOR "scalelaw")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR})
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# The MPI drivers need mpirun; the peers in Python are found without Python, but not started.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "python3:any")
if(MPI_C_FOUND)
  string(PREPEND CPACK_DEBIAN_PACKAGE_DEPENDS "openmpi-bin, ")
endif()
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-venv")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3-numpy, slurm-client, libsimgrid-dev")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "measures how programs scale with cores and nodes")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"scalelaw measures kernels, and programs of your own, under several execution
models (serial, OpenMP, MPI and both), with strong and weak scaling. It puts
the predictions of Amdahl's law, Gustafson's law and the Universal Scalability
Law beside every measurement, and writes every sample to one HDF5 file.
.
Figures and pages need packages of Python that Debian does not have; the
program says how a user installs them.")
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/debian/finish.cmake)
include(CPack)
