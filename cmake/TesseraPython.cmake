# tessera_find_python(<variable> <module>...): a Python 3 that has these modules, or an empty string and a line that
# says so. Tried in order: TESSERA_PYTHON as a CMake or environment variable, python3 on the PATH, the system's (the one
# that the distribution's packages, such as python3-h5py, belong to).
function(tessera_find_python variable)
  find_program(TESSERA_PATH_PYTHON python3)
  mark_as_advanced(TESSERA_PATH_PYTHON)
  list(JOIN ARGN ", " modules)
  set(${variable} "" PARENT_SCOPE)
  foreach(python IN ITEMS "${TESSERA_PYTHON}" "$ENV{TESSERA_PYTHON}" "${TESSERA_PATH_PYTHON}" /usr/bin/python3)
    if(python)
      execute_process(COMMAND ${python} -c "import ${modules}" RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
      if(result EQUAL 0)
        set(${variable} ${python} PARENT_SCOPE)
        return()
      endif()
    endif()
  endforeach()
  message(STATUS "Python: no python3 with ${modules}; set TESSERA_PYTHON to one that has them")
endfunction()
