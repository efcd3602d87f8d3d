# libjpeg-turbo, which the drivers decode images with anyway.
if(OpenMP_CXX_FOUND)
  add_executable(scalelaw-peer-turbojpeg
    ${CMAKE_CURRENT_LIST_DIR}/turbojpeg.cpp ${CMAKE_CURRENT_LIST_DIR}/turbojpeg_kernel.cpp)
  target_link_libraries(scalelaw-peer-turbojpeg PRIVATE
    scalelaw_openmp_team scalelaw_input_serial PkgConfig::turbojpeg)
endif()
