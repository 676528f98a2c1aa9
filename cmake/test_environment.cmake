# Read by ctest: what is set in every test and in its MPI processes.
# Tests run beside each other, with more ranks than cores: one that waits for a message leaves the core to others.
if(NOT DEFINED ENV{OMPI_MCA_mpi_yield_when_idle})
  set(ENV{OMPI_MCA_mpi_yield_when_idle} 1)
endif()
