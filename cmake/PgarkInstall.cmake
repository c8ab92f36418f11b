# Installs the program, the layer libraries and their headers, so that
# find_package(pgark) offers pgark::base, pgark::wire, ... to other projects.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(pgark_libraries GLOBAL PROPERTY PGARK_LIBRARIES)
install(TARGETS ${pgark_libraries} EXPORT pgarkTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(layer base protocol format storage dumper restore)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${layer}/ DESTINATION include/pgark/${layer}
          FILES_MATCHING PATTERN "*.hpp")
endforeach()
if(TARGET pgark)
  install(TARGETS pgark RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT pgarkTargets NAMESPACE pgark:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pgark)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pgarkConfig.cmake.in
  ${PROJECT_BINARY_DIR}/pgarkConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pgark)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pgarkConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pgarkConfig.cmake ${PROJECT_BINARY_DIR}/pgarkConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pgark)
