// Threads of the standard library, which the program starts itself, and a model of its own name.
#define SCALELAW_IMPLEMENTATION
#define SCALELAW_THREADED 1
#define SCALELAW_VERSION "1.2"
#include <chrono>
#include <thread>
#include <vector>

#include "scalelaw.h"

int main(int argc, char** argv) {
  scalelaw_begin(argc, argv);
  scalelaw_kernel("wait", "each thread waits");
  const int pause = scalelaw_phase("pause", SCALELAW_PARALLEL);
  scalelaw_work work{};
  work.operations = 1;
  if (scalelaw_start(&work)) {
    while (scalelaw_sample()) {
      scalelaw_enter(pause);
      std::vector<std::thread> team;
      for (int i = 0; i < scalelaw_threads(); ++i) {
        team.emplace_back([i] {
          scalelaw_busy(i);
          std::this_thread::sleep_for(std::chrono::milliseconds(i + 1));
          scalelaw_idle(i);
        });
      }
      for (std::thread& thread : team) thread.join();
    }
  }
  return scalelaw_end();
}
