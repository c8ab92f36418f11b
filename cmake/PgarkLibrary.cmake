# pgark_library(<layer> DIRS <dir>... LINK <target>...)
#
# Makes the static library pgark_<layer> from every .cpp of the named folders
# (relative to the calling folder). Headers are found as <layer>/<file>.hpp.
function(pgark_library layer)
  cmake_parse_arguments(ARG "" "" "DIRS;LINK" ${ARGN})
  set(sources)
  foreach(dir IN LISTS ARG_DIRS)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  if(NOT sources)
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/empty_${layer}.cpp "namespace pgark {}\n")
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/empty_${layer}.cpp)
  endif()
  add_library(pgark_${layer} STATIC ${sources})
  add_library(pgark::${layer} ALIAS pgark_${layer})
  set_target_properties(pgark_${layer} PROPERTIES EXPORT_NAME ${layer})
  target_include_directories(pgark_${layer} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/pgark>)
  target_link_libraries(pgark_${layer} PUBLIC ${ARG_LINK})
  set_property(GLOBAL APPEND PROPERTY PGARK_LIBRARIES pgark_${layer})
endfunction()
