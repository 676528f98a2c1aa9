# cmake --install: headers, library, a package for find_package(tessera), and one for pkg-config.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tessera)
install(TARGETS tessera EXPORT tesseraTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(TARGET tessera_program)
  install(TARGETS tessera_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(FILES docs/tessera.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()
install(DIRECTORY include/tessera DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/include/tessera/config.hpp
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tessera)
install(EXPORT tesseraTargets NAMESPACE tessera:: DESTINATION ${package_dir})

# tessera_files(RESULT NAME...): libraries as files; a target is the file that it stands for.
function(tessera_files result)
  set(files)
  foreach(name IN LISTS ARGN)
    if(TARGET ${name})
      set(location)
      foreach(property IMPORTED_LOCATION IMPORTED_LOCATION_RELEASE IMPORTED_LOCATION_RELWITHDEBINFO
        IMPORTED_LOCATION_NOCONFIG
          IMPORTED_LOCATION_DEBUG)
        if(NOT location)
          get_target_property(location ${name} ${property})
        endif()
      endforeach()
      set(name ${location})
    endif()
    if(name)
      list(APPEND files ${name})
    endif()
  endforeach()
  set(${result} ${files} PARENT_SCOPE)
endfunction()
tessera_files(TESSERA_HDF5_FILES ${HDF5_C_HL_LIBRARIES} ${HDF5_C_LIBRARIES})
tessera_files(TESSERA_ZLIB_FILES ${ZLIB_LIBRARIES})
foreach(codec ISAL LIBDEFLATE)
  set(TESSERA_${codec}_FILES)
  if(TESSERA_HAVE_${codec})
    set(TESSERA_${codec}_FILES ${TESSERA_${codec}_LIBRARY})
  endif()
endforeach()
set(TESSERA_PC_LIBS)
if(NOT BUILD_SHARED_LIBS)
  list(JOIN TESSERA_HDF5_FILES " " TESSERA_PC_LIBS)
  string(APPEND TESSERA_PC_LIBS " ${TESSERA_ZLIB_FILES} ${TESSERA_ISAL_FILES} ${TESSERA_LIBDEFLATE_FILES} -pthread")
endif()
file(RELATIVE_PATH TESSERA_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(cmake/tessera.pc.in ${CMAKE_CURRENT_BINARY_DIR}/tessera.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tessera.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

configure_package_config_file(cmake/tesseraConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/tesseraConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/tesseraConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${CMAKE_CURRENT_BINARY_DIR}/tesseraConfig.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/tesseraConfigVersion.cmake
  cmake/TesseraKokkos.cmake
  DESTINATION ${package_dir})
