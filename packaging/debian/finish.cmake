# Run by cpack on what it has installed, before it makes the .deb: what Debian's policy asks for beyond the files.
set(share ${CPACK_TEMPORARY_INSTALL_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX}/share)
set(doc ${share}/doc/scalelaw)
set(here ${CMAKE_CURRENT_LIST_DIR})

# compress(FILE TO): as gzip -9n, without a name and a time.
function(compress file to)
  execute_process(COMMAND gzip -9n INPUT_FILE ${file} OUTPUT_FILE ${to} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB pages ${share}/man/man1/*.1)
foreach(page ${pages})
  compress(${page} ${page}.gz)
  file(REMOVE ${page})
endforeach()

# The licence is in Debian's own place, which copyright names.
file(REMOVE ${doc}/LICENSE)
# Readable for all, whatever the mode of the source.
set(permissions FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
configure_file(${here}/copyright ${doc}/copyright COPYONLY ${permissions})
compress(${doc}/CHANGELOG.md ${doc}/changelog.gz)
string(TIMESTAMP time "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file(${here}/changelog.in ${doc}/changelog.Debian @ONLY)
compress(${doc}/changelog.Debian ${doc}/changelog.Debian.gz)
file(REMOVE ${doc}/changelog.Debian)
configure_file(${here}/lintian-overrides ${share}/lintian/overrides/scalelaw COPYONLY ${permissions})
