/* To be preloaded: a file system without locks, as NFS and Lustre often are mounted. */
#include <errno.h>

int flock(int descriptor, int operation) {
  (void)descriptor;
  (void)operation;
  errno = ENOLCK;
  return -1;
}
