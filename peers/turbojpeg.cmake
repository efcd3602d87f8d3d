# libjpeg-turbo, which the drivers decode images with anyway.
if(OpenMP_CXX_FOUND)
  add_library(scalelaw_peer_turbojpeg_kernel STATIC ${CMAKE_CURRENT_LIST_DIR}/native/turbojpeg_kernel.cpp)
  target_link_libraries(scalelaw_peer_turbojpeg_kernel PUBLIC
    scalelaw_peers scalelaw_openmp_team scalelaw_input_serial PkgConfig::turbojpeg)
  add_executable(scalelaw-peer-turbojpeg ${CMAKE_CURRENT_LIST_DIR}/native/turbojpeg.cpp)
  target_link_libraries(scalelaw-peer-turbojpeg PRIVATE scalelaw_peer_turbojpeg_kernel scalelaw_input_serial)
endif()
