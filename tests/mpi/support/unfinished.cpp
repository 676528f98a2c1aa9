/// \file
/// For LeakSanitizer, in programs that test ranks which never come: what MPI keeps for operations that cannot end.
/// Other programs are not linked with this, so that a request that is forgotten there is reported.

#ifdef __SANITIZE_ADDRESS__
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:PMPI_Iallgather\n"
         "leak:PMPI_Iallreduce\n"
         "leak:PMPI_Ibarrier\n"
         "leak:opal_progress\n"       // continues these in Open MPI
         "leak:lost_communicator\n";  // of late_ranks.cpp, which cannot be freed for the same reason
}
#endif
