# Puts the data files (processes, calendars, migrations, the built web client) into the binary, so that one file is
# all there is to install. Paths inside are relative to the source tree; the web client's are under `web/`.
function(keepword_embed)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
    ${CMAKE_SOURCE_DIR}/processes/*.bpmn ${CMAKE_SOURCE_DIR}/processes/*.json
    ${CMAKE_SOURCE_DIR}/data/*.json ${CMAKE_SOURCE_DIR}/server/*.sql)
  list(SORT files)
  set(web ${CMAKE_SOURCE_DIR}/web/dist)
  file(GLOB_RECURSE web_files CONFIGURE_DEPENDS RELATIVE ${web} ${web}/*)
  list(SORT web_files)

  set(assembly "    .section .rodata\n")
  set(table "")
  set(number 0)
  set(depends "")
  foreach(file IN LISTS files)
    keepword_embed_one(${CMAKE_SOURCE_DIR}/${file} ${file})
  endforeach()
  foreach(file IN LISTS web_files)
    keepword_embed_one(${web}/${file} web/${file})
  endforeach()
  string(APPEND assembly "    .section .note.GNU-stack,\"\",@progbits\n")

  set(out ${CMAKE_BINARY_DIR}/embedded)
  set(declarations "")
  if(number GREATER 0)
    math(EXPR last "${number} - 1")
    foreach(i RANGE ${last})
      string(APPEND declarations "extern char const embedded_${i}_begin[], embedded_${i}_end[];\n")
    endforeach()
  endif()
  file(CONFIGURE OUTPUT ${out}/files.S CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${out}/table.cpp CONTENT
"#include \"embedded/embedded.hpp\"
extern \"C\" {
${declarations}}
namespace keepword::embedded {
static File const table[] = {
${table}    {{}, {}}};
std::span<File const> all() { return {table, ${number}}; }
}
" @ONLY)
  set_source_files_properties(${out}/files.S PROPERTIES OBJECT_DEPENDS "${depends}")
  add_library(embedded_files STATIC ${out}/files.S ${out}/table.cpp)
  target_include_directories(embedded_files PRIVATE ${CMAKE_SOURCE_DIR}/server)
  target_link_libraries(embedded PUBLIC embedded_files)
endfunction()

macro(keepword_embed_one path name)
  string(APPEND assembly "    .global embedded_${number}_begin, embedded_${number}_end\n    .balign 16\nembedded_${number}_begin:\n    .incbin \"${path}\"\nembedded_${number}_end:\n    .byte 0\n")
  string(APPEND table "    {\"${name}\", {embedded_${number}_begin, static_cast<std::size_t>(embedded_${number}_end - embedded_${number}_begin)}},\n")
  list(APPEND depends ${path})
  math(EXPR number "${number} + 1")
endmacro()
