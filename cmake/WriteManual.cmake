# Run at build time: writes into FOLDER what PROGRAM says of itself, man1/ and completions/.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${FOLDER}/man1 ${FOLDER}/completions)

# write(FILE WORD...): what the program prints on these words.
function(write file)
  execute_process(COMMAND ${PROGRAM} ${ARGN} OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${FOLDER}/${file} "${text}")
endfunction()

foreach(shell bash zsh fish)
  write(completions/scalelaw.${shell} completion ${shell})
endforeach()
write(man1/scalelaw.1 man)
# The page lists the commands, which have pages of their own: "scalelaw\-run (1)".
file(STRINGS ${FOLDER}/man1/scalelaw.1 lines REGEX "^\\.BR scalelaw\\\\-.* \\(1\\)$")
if(NOT lines)
  message(FATAL_ERROR "the manual page of ${PROGRAM} lists no commands")
endif()
foreach(line ${lines})
  string(REGEX REPLACE "^\\.BR scalelaw\\\\-(.*) \\(1\\)$" "\\1" command "${line}")
  string(REPLACE "\\-" "-" command "${command}")
  write(man1/scalelaw-${command}.1 man ${command})
endforeach()
