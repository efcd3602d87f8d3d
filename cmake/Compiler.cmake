# Compiler flags for all targets, through scalelaw_flags.
add_library(scalelaw_flags INTERFACE)
target_include_directories(scalelaw_flags INTERFACE ${PROJECT_BINARY_DIR}/generated)
target_compile_options(scalelaw_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  # One rounding per written operation, so that every instruction set gives the same bits.
  -ffp-contract=off
  # GCC 12 sees overlapping copies in "text" + std::string (its bug 105651).
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>)
if(SCALELAW_WERROR)
  target_compile_options(scalelaw_flags INTERFACE -Werror)
endif()
if(SCALELAW_SANITIZE)
  add_compile_options(-fsanitize=${SCALELAW_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SCALELAW_SANITIZE})
endif()
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -DNDEBUG")

# scalelaw_light_optimisation(TARGET): omits the optimisations that take longest, for what is not timed.
function(scalelaw_light_optimisation target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# scalelaw_quick_build(TARGET): also compiles all its sources in one unit, so that headers and templates, which take
# most of the time, are compiled once.
function(scalelaw_quick_build target)
  scalelaw_light_optimisation(${target})
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${SCALELAW_UNITY} UNITY_BUILD_BATCH_SIZE 0)
endfunction()

# scalelaw_unity(TARGET COUNT): compiles so many of its sources in one unit.
function(scalelaw_unity target count)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${SCALELAW_UNITY} UNITY_BUILD_BATCH_SIZE ${count})
endfunction()

if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(scalelaw_isa_avx2_flags -mavx2 -mfma -mbmi -mbmi2 -mpopcnt -mlzcnt)
  set(scalelaw_isa_avx512_flags ${scalelaw_isa_avx2_flags}
      -mavx512f -mavx512bw -mavx512cd -mavx512dq -mavx512vl -mprefer-vector-width=512)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12's own AVX-512 header warns about its undefined vectors (GCC bug 105593).
    list(APPEND scalelaw_isa_avx512_flags -Wno-uninitialized -Wno-maybe-uninitialized)
  endif()
  set(scalelaw_isa_avx512vbmi2_flags ${scalelaw_isa_avx512_flags} -mavx512vbmi -mavx512vbmi2 -mavx512vnni)
  set(scalelaw_isas avx2 avx512 avx512vbmi2)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  set(scalelaw_isas neon)
endif()

# Sources named *_ISA.cpp are compiled for that instruction set if the processor family has it, and
# omitted otherwise.  Sets OUT to the sources to compile; defines SCALELAW_HAS_<ISA>.
function(scalelaw_isa_sources OUT)
  set(sources ${ARGN})
  foreach(isa avx2 avx512 avx512vbmi2 neon)
    set(of_isa ${sources})
    list(FILTER of_isa INCLUDE REGEX "_${isa}\\.cpp$")
    if(isa IN_LIST scalelaw_isas)
      set_source_files_properties(${of_isa} PROPERTIES COMPILE_OPTIONS "${scalelaw_isa_${isa}_flags}")
    else()
      list(REMOVE_ITEM sources ${of_isa})
    endif()
  endforeach()
  set(${OUT} ${sources} PARENT_SCOPE)
endfunction()
foreach(isa ${scalelaw_isas})
  string(TOUPPER ${isa} upper)
  target_compile_definitions(scalelaw_flags INTERFACE SCALELAW_HAS_${upper})
endforeach()
