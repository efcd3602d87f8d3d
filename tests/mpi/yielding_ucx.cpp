// MPICH does not let go of a core while it waits, and with UCX MPIR_CVAR_POLLS_BEFORE_YIELD does not
// change that.  The tests start more ranks than there are cores: one that waits would keep the core
// from the one that it waits for until the kernel takes it away.  MPICH calls this function in each
// turn of its waiting, and finds the program's own first.
#include <dlfcn.h>
#include <sched.h>

extern "C" unsigned ucp_worker_progress(void* worker) {
  using Progress = unsigned (*)(void*);
  static const auto progress = reinterpret_cast<Progress>(dlsym(RTLD_NEXT, "ucp_worker_progress"));
  const unsigned events = progress(worker);
  if (events == 0) sched_yield();
  return events;
}
