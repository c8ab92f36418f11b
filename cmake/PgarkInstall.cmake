# Installs the program, the layer libraries and their headers, so that
# find_package(pgark) offers pgark::base, pgark::wire, ... to other projects.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(pgark_libraries GLOBAL PROPERTY PGARK_LIBRARIES)
install(TARGETS ${pgark_libraries} EXPORT pgarkTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        COMPONENT development)
foreach(layer base protocol format storage dumper restore)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/${layer}/ DESTINATION include/pgark/${layer}
          COMPONENT development FILES_MATCHING PATTERN "*.hpp")
endforeach()
if(TARGET pgark)
  install(TARGETS pgark RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)

  # Manual pages and completions come from the program itself.
  set(share ${PROJECT_BINARY_DIR}/share)
  add_custom_command(OUTPUT ${share}/complete DEPENDS pgark VERBATIM
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${share}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${share}/man
    COMMAND pgark man --all ${share}/man
    COMMAND gzip -9 -n -r ${share}/man
    COMMAND pgark completion bash > ${share}/pgark.bash
    COMMAND pgark completion zsh > ${share}/pgark.zsh
    COMMAND pgark completion fish > ${share}/pgark.fish
    COMMAND ${CMAKE_COMMAND} -E touch ${share}/complete)
  add_custom_target(pgark_share ALL DEPENDS ${share}/complete)
  install(DIRECTORY ${share}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
  install(FILES ${share}/pgark.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME pgark
          COMPONENT program)
  install(FILES ${share}/pgark.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _pgark
          COMPONENT program)
  install(FILES ${share}/pgark.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program
          FILES_MATCHING PATTERN "*.md")
endif()
install(EXPORT pgarkTargets NAMESPACE pgark:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pgark COMPONENT development)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pgarkConfig.cmake.in
  ${PROJECT_BINARY_DIR}/pgarkConfig.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pgark)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pgarkConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pgarkConfig.cmake ${PROJECT_BINARY_DIR}/pgarkConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pgark COMPONENT development)
