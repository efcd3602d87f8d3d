// The command `scalelaw`.
#include "harness/commands/scalelaw_main.hpp"

int main(int argc, char** argv) {
  return scalelaw::harness::scalelaw_main(argc, argv);
}
