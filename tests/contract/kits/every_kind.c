/* Two kernels with every kind of parameter and option; `fault` says what goes wrong. */
#define SCALELAW_IMPLEMENTATION
#include "scalelaw.h"

#include <stdio.h>
#include <string.h>

static const scalelaw_work work = {.operations = 1000,
                                   .flops = 2000,
                                   .compulsory_bytes = 8000,
                                   .resident_bytes = 16000,
                                   .amount = 3,
                                   .unit = "things",
                                   .items = 10,
                                   .exchange = SCALELAW_OTHER};

static void plain(void) {
  scalelaw_kernel("plain", "nothing but a pass");
  const scalelaw_work little = {.operations = 1};
  if (!scalelaw_start(&little)) return;
  while (scalelaw_sample()) continue;
}

/* Goes on for as long as a sum is small, so that no pass is too short for the clock. */
static volatile double sum;
static void spin(int64_t steps) {
  sum = 0;
  for (int64_t i = 0; i < steps; ++i) sum = sum + 1;
}

static void kinds(void) {
  scalelaw_kernel("kinds", "every \"kind\" of parameter");
  const int64_t size = scalelaw_size("size", 1000, 1, 1000000000, "steps");
  const int64_t count = scalelaw_count("a_count", 3, 0, INT64_MAX, "any count");
  const double number = scalelaw_number("number", 0.5, 0, 1, "a share");
  const bool flag = scalelaw_flag("flag", "on or off");
  const char* const text = scalelaw_text("text", "none", "any text");
  const char* const fault =
      scalelaw_choice("fault", "none,wrong,changing,early,refused,failing", "what goes wrong");
  const char* const way = scalelaw_option("way", "short,long", "how it is done");
  const int first = scalelaw_phase("first", SCALELAW_SERIAL);
  const int then = scalelaw_phase("then", SCALELAW_PARALLEL);
  if (strcmp(fault, "refused") == 0) scalelaw_refuse("'fault' refuses", "omit it");
  if (!scalelaw_start(&work)) return;
  if (strcmp(fault, "failing") == 0) scalelaw_fail("'fault' fails", "omit it");
  for (int64_t pass = 0; scalelaw_sample(); ++pass) {
    scalelaw_enter(first);
    spin(size);
    scalelaw_enter(then);
    spin(2 * size);
    if (strcmp(fault, "early") == 0 && pass > 1) break;
    if (!scalelaw_done()) continue;
    scalelaw_fact("count", "%lld", (long long)count);
    scalelaw_fact("rest", "%g %d %s %s", number, flag, text, way);
    if (strcmp(fault, "changing") == 0) scalelaw_fact("pass", "%lld", (long long)pass);
    scalelaw_verify(strcmp(fault, "wrong") != 0, "pass %s is \"wrong\"", "0");
  }
}

int main(int argc, char** argv) {
  scalelaw_begin(argc, argv);
  plain();
  kinds();
  return scalelaw_end();
}
