# How the parts that scripts/mutate changes are compiled: quickly, each source by itself, and without warnings, which a
# change may cause.  All else is compiled as scripts/test does it, so that a compiler cache serves both.
function(scalelaw_for_mutants)
  foreach(target scalelaw_kernels scalelaw_harness_laws)
    if(TARGET ${target})
      target_compile_options(${target} PRIVATE -O1 -w)
      set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
    endif()
  endforeach()
endfunction()
cmake_language(DEFER CALL scalelaw_for_mutants)
