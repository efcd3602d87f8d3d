/* scalelaw.h: makes a C or C++ program one that `scalelaw` measures.  docs/bring-your-own.md shows how.

   One source file of the program defines SCALELAW_IMPLEMENTATION before it includes this header.  Compiled with
   OpenMP, the program has --threads.  With <mpi.h> included before, or SCALELAW_USE_MPI defined, it has ranks.
   The calls, in this order:

     scalelaw_begin(argc, argv)            reads the command line
     scalelaw_kernel(name, summary)        a kernel, followed by its parameters, options and phases
     scalelaw_start(&work)                 true: make the input, then measure; false: skip to scalelaw_end()
     while (scalelaw_sample()) { ... }     one pass over the input; each time computes the whole result
       scalelaw_enter(phase)                 the pass goes on in this phase
       if (scalelaw_done()) { ... }          stops the clock; true: state the result by facts, and verify it
     return scalelaw_end()                 from main

   All ranks make all calls.  The header needs nothing but the C library. */
#ifndef SCALELAW_H
#define SCALELAW_H

#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* with -std=c11 and the like: for the clock, if no other header came before */
#endif
#include <stdbool.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SCALELAW_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define SCALELAW_FORMAT(text, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Who works in a phase: each rank's first thread alone, all workers, or nobody while data moves. */
typedef enum { SCALELAW_SERIAL, SCALELAW_PARALLEL, SCALELAW_TRANSFER } scalelaw_role;

/* The messages of a pass: results are reduced, the root also scatters the input, or anything else. */
typedef enum { SCALELAW_REDUCE, SCALELAW_SCATTER, SCALELAW_OTHER } scalelaw_exchange;

/* The work of a pass, all ranks together.  What is 0 or null is not known, except where it says more. */
typedef struct {
  double operations; /* required: grows with the size; weak scaling keeps it constant per worker */
  double flops;      /* floating-point operations */
  double compulsory_bytes; /* read or written at least once */
  double resident_bytes;   /* memory that all ranks need together; 0: next to none */
  double amount;           /* what a rate counts, in `unit` */
  const char* unit;        /* such as "bytes" */
  int64_t items;           /* indivisible items; each rank then tells its own by scalelaw_items() */
  bool memory_bound;       /* whether memory limits a pass, not computing */
  bool no_diagnostics;     /* ranks leave phases in different order, so that none may wait there */
  scalelaw_exchange exchange; /* predictions use it */
} scalelaw_work;

typedef struct {
  int64_t begin, end;
} scalelaw_range;

void scalelaw_begin(int argc, char** argv);
void scalelaw_kernel(const char* name, const char* summary);

/* Parameters of the kernel: --name-with-dashes VALUE.  They return the value to compute with.  scalelaw_size() is a
   count, and the kernel's size.  Choices are written "first,second"; the first is the default.  An option is a choice
   that changes how a pass is made, not what it computes.  A flag is false unless given. */
int64_t scalelaw_size(const char* name, int64_t initial, int64_t least, int64_t most,
                      const char* help);
int64_t scalelaw_count(const char* name, int64_t initial, int64_t least, int64_t most,
                       const char* help);
double scalelaw_number(const char* name, double initial, double least, double most,
                       const char* help);
const char* scalelaw_choice(const char* name, const char* choices, const char* help);
const char* scalelaw_option(const char* name, const char* choices, const char* help);
const char* scalelaw_text(const char* name, const char* initial, const char* help);
bool scalelaw_flag(const char* name, const char* help);
int scalelaw_phase(const char* name, scalelaw_role role); /* a number for scalelaw_enter() */

/* Refuses the parameters or their files; for use before scalelaw_start(). */
void scalelaw_refuse(const char* what, const char* hint);

bool scalelaw_start(const scalelaw_work* work);
bool scalelaw_sample(void);
void scalelaw_enter(int phase);
bool scalelaw_done(void);
int scalelaw_end(void);

/* After scalelaw_done(): equal texts mean equal results.  A false `right` makes the result wrong. */
void scalelaw_fact(const char* name, const char* format, ...) SCALELAW_FORMAT(2, 3);
void scalelaw_verify(bool right, const char* format, ...) SCALELAW_FORMAT(2, 3);
void scalelaw_fact_text(const char* name, const char* text);
void scalelaw_verify_text(bool right, const char* fault);

/* In a parallel phase, by each thread (0, 1, ...): when it starts to work, and when it has nothing left to do.
   Without these calls, all threads count as busy throughout the parallel phases. */
void scalelaw_busy(int thread);
void scalelaw_idle(int thread);
void scalelaw_items(int64_t items); /* in a pass: this rank has worked on so many more items */

/* After scalelaw_start(). */
int scalelaw_rank(void);
int scalelaw_ranks(void);
int scalelaw_threads(void);
int64_t scalelaw_seed(void);
scalelaw_range scalelaw_share(int64_t count); /* this rank's part of 0 .. count */

/* Ends the program, all ranks of it, for a failure that is neither wrong usage nor a wrong result. */
void scalelaw_fail(const char* what, const char* hint);

#ifdef __cplusplus
}
#endif
#endif /* SCALELAW_H */

#if defined(SCALELAW_IMPLEMENTATION) && !defined(SCALELAW_IMPLEMENTED)
#define SCALELAW_IMPLEMENTED

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#if defined(MPI_VERSION) && !defined(SCALELAW_USE_MPI)
#define SCALELAW_USE_MPI
#endif
#ifdef SCALELAW_USE_MPI
#include <mpi.h>
#endif
#ifdef _OPENMP
#include <omp.h>
#endif
#ifndef CLOCK_MONOTONIC
#error "include scalelaw.h before other headers, or compile with -D_DEFAULT_SOURCE or -std=gnu11"
#endif

#ifdef SCALELAW_USE_MPI
#define SLAW_RANKED 1
#else
#define SLAW_RANKED 0
#endif
#ifndef SCALELAW_THREADED /* 1: it starts scalelaw_threads() threads itself, without OpenMP */
#ifdef _OPENMP
#define SCALELAW_THREADED 1
#else
#define SCALELAW_THREADED 0
#endif
#endif
#ifdef _OPENMP
#define SLAW_TEAM "openmp"
#define SLAW_TEAM_TITLE "OpenMP"
#else
#define SLAW_TEAM "threads"
#define SLAW_TEAM_TITLE "threads"
#endif
#ifndef SCALELAW_MODEL /* the model's name and title in configs and figures */
#define SCALELAW_MODEL \
  (SLAW_RANKED ? SCALELAW_THREADED ? "hybrid" : "mpi" : SCALELAW_THREADED ? SLAW_TEAM : "serial")
#define SCALELAW_MODEL_TITLE                                                  \
  (SLAW_RANKED         ? SCALELAW_THREADED ? "MPI + " SLAW_TEAM_TITLE : "MPI" \
   : SCALELAW_THREADED ? SLAW_TEAM_TITLE                                      \
                       : "serial")
#endif
#ifndef SCALELAW_MODEL_TITLE
#define SCALELAW_MODEL_TITLE SCALELAW_MODEL
#endif
#ifndef SCALELAW_DEVICE /* 1: it computes on an accelerator */
#define SCALELAW_DEVICE 0
#endif
#ifndef SCALELAW_VERSION /* the program's own version */
#define SCALELAW_VERSION ""
#endif

#if defined(__GNUC__) && !defined(__clang__)
#define SLAW_COMPILER "GNU " __VERSION__
#else
#define SLAW_COMPILER __VERSION__
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum { SLAW_PHASES = 64, SLAW_CHOICES = 512, SLAW_THREADS = 16384 };
static const double slaw_steps = 10000, slaw_few_steps = 1000; /* of the clock, in a sample */
enum { SLAW_USAGE = 1, SLAW_WRONG = 2, SLAW_FAILURE = 3 };     /* exit statuses */

typedef enum { SLAW_IDLE, SLAW_WARM, SLAW_SETTLE, SLAW_MEASURE, SLAW_FINISHED } slaw_stage;

typedef struct {
  char* data;
  size_t size, room;
} slaw_text;

typedef struct {
  double since, busy_s; /* since: -1 while it has nothing to do */
  int last_cpu;
  char cpus[236]; /* so that threads share no cache line */
} slaw_thread;

static struct {
  const char* program;
  char** words; /* the command line, and which of its words have been understood */
  bool* used;
  int count;
  const char *asked, *kernel, *size_name, *record; /* asked: the kernel on the command line */
  bool describe, check, help, chosen, found;       /* chosen: the kernel under way was asked for */
  slaw_text catalogue, params, options, param_values, option_values, usage;
  const char* phase_names[SLAW_PHASES];
  scalelaw_role roles[SLAW_PHASES];
  int phase_count;
  char* choices[SLAW_CHOICES]; /* the texts of parameters with choices */
  int choice_count;
  char fault[512], hint[256]; /* the first one */
  int status;

  scalelaw_work work;
  int64_t seed, warmups, samples, diagnostics, batch;
  int rank, ranks, threads, raises_left;
  bool automatic, own_mpi, with_facts; /* own_mpi: this header has called MPI_Init */
  double resolution_s, overhead_s, *times;
  slaw_thread* team;
  FILE* file;
  bool regular;
  slaw_text held; /* the lines for a file that is none */

  slaw_stage stage;
  int64_t index, left; /* the sample; the passes until the stage or the sample ends */
  bool begun, in_pass, verifies, any_wrong;
  int phase;
  double start_s, since_s, pass_s, fastest_s, ended_s; /* ended_s: of the last parallel phase */
  double phases_s[SLAW_PHASES], total_s, computed_s, wait_s;
  int64_t items;
  slaw_text facts, first_facts;
  char wrong[512], told[512]; /* of the result under way; of the first wrong one */
} slaw;

/* --- Texts --- */

static void slaw_append(slaw_text* to, const char* bytes, size_t size) {
  if (to->size + size + 1 > to->room) {
    const size_t room = 2 * (to->size + size + 64);
    char* const data = (char*)realloc(to->data, room);
    if (data == NULL) scalelaw_fail("there is no memory left", "choose a smaller size");
    to->data = data;
    to->room = room;
  }
  memcpy(to->data + to->size, bytes, size);
  to->size += size;
  to->data[to->size] = 0;
}

static void slaw_print(slaw_text* to, const char* format, ...) SCALELAW_FORMAT(2, 3);
static void slaw_print(slaw_text* to, const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  slaw_append(to, text, strlen(text));
}

static const char* slaw_string(const slaw_text* text) {
  return text->data != NULL ? text->data : "";
}
static void slaw_clear(slaw_text* text) {
  text->size = 0;
  if (text->data != NULL) text->data[0] = 0;
}
static void slaw_separate(slaw_text* to) {
  if (to->size > 0) slaw_append(to, ",", 1);
}

/* The bytes of the UTF-8 character at `s`; 0 when it is none. */
static size_t slaw_utf8(const unsigned char* s) {
  const size_t bytes = s[0] < 0x80   ? 1
                       : s[0] < 0xC2 ? 0
                       : s[0] < 0xE0 ? 2
                       : s[0] < 0xF0 ? 3
                       : s[0] < 0xF5 ? 4
                                     : 0;
  for (size_t i = 1; i < bytes; ++i) {
    if ((s[i] & 0xC0) != 0x80) return 0;
  }
  if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] >= 0xA0)) return 0;
  return (s[0] == 0xF0 && s[1] < 0x90) || (s[0] == 0xF4 && s[1] >= 0x90) ? 0 : bytes;
}

/* Appends a text as UTF-8, with other bytes as \xHH; as a JSON string when `quoted`. */
static void slaw_escape(slaw_text* to, const char* text, bool quoted) {
  if (quoted) slaw_append(to, "\"", 1);
  for (const unsigned char* s = (const unsigned char*)text; *s != 0;) {
    const size_t bytes = slaw_utf8(s);
    if (bytes == 0) {
      slaw_print(to, quoted ? "\\\\x%02x" : "\\x%02x", *s);
    } else if (quoted && (*s == '"' || *s == '\\')) {
      slaw_print(to, "\\%c", *s);
    } else if (quoted && *s < 0x20) {
      slaw_print(to, "\\u%04x", *s);
    } else {
      slaw_append(to, (const char*)s, bytes);
    }
    s += bytes == 0 ? 1 : bytes;
  }
  if (quoted) slaw_append(to, "\"", 1);
}

static void slaw_key(slaw_text* to, const char* key) {
  if (to->size > 0 && strchr("{[", to->data[to->size - 1]) == NULL) slaw_append(to, ",", 1);
  slaw_escape(to, key, true);
  slaw_append(to, ":", 1);
}
/* Begins the next object of a list. */
static void slaw_next(slaw_text* to) {
  if (to->data[to->size - 1] != '[') slaw_append(to, ",", 1);
  slaw_append(to, "{", 1);
}
static void slaw_put_text(slaw_text* to, const char* key, const char* value) {
  slaw_key(to, key);
  slaw_escape(to, value, true);
}
static void slaw_put_json(slaw_text* to, const char* key, const char* json) {
  slaw_key(to, key);
  slaw_append(to, json, strlen(json));
}
static void slaw_put_count(slaw_text* to, const char* key, int64_t value) {
  slaw_key(to, key);
  slaw_print(to, "%lld", (long long)value);
}
static void slaw_put_truth(slaw_text* to, const char* key, bool value) {
  slaw_put_json(to, key, value ? "true" : "false");
}
static const char* slaw_digits(double value) {
  static char text[40];
  snprintf(text, sizeof text, "%.17g", value);
  char* const comma = strchr(text, ','); /* of a locale */
  if (comma != NULL) *comma = '.';
  return text;
}
static void slaw_put_number(slaw_text* to, const char* key, double value) {
  slaw_put_json(to, key, slaw_digits(value));
}

/* --- Faults --- */

static void slaw_fault(int status, const char* hint, const char* format, ...) SCALELAW_FORMAT(3, 4);
static void slaw_fault(int status, const char* hint, const char* format, ...) {
  if (slaw.status != 0) return;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(slaw.fault, sizeof slaw.fault, format, arguments);
  va_end(arguments);
  snprintf(slaw.hint, sizeof slaw.hint, "%s", hint);
  slaw.status = status;
}

static void slaw_complain(const char* what, const char* hint) {
  slaw_text text = {NULL, 0, 0};
  slaw_print(&text, "%s: ", slaw.program);
  slaw_escape(&text, what, false);
  slaw_append(&text, "\n  hint: ", 9);
  slaw_escape(&text, hint, false);
  fprintf(stderr, "%s\n", text.data);
  free(text.data);
}

static bool slaw_mpi_runs(void) {
  int begun = 0, ended = 0;
#ifdef SCALELAW_USE_MPI
  MPI_Initialized(&begun);
  MPI_Finalized(&ended);
#endif
  return begun && !ended;
}

void scalelaw_refuse(const char* what, const char* hint) {
  if (slaw.chosen) slaw_fault(SLAW_USAGE, hint, "%s", what);
}

void scalelaw_fail(const char* what, const char* hint) {
  slaw_complain(what, hint);
#ifdef SCALELAW_USE_MPI
  if (slaw_mpi_runs() && slaw.ranks > 1) MPI_Abort(MPI_COMM_WORLD, SLAW_FAILURE);
#endif
  fflush(NULL);
  _exit(SLAW_FAILURE);
}

/* --- The command line --- */

/* Whether a word is --name; `inside` is then what follows its '=', or null. */
static bool slaw_is_option(const char* word, const char* name, const char** inside) {
  if (strncmp(word, "--", 2) != 0) return false;
  for (word += 2; *name != 0; ++word, ++name) {
    if (*word != (*name == '_' ? '-' : *name)) return false;
  }
  *inside = *word == '=' ? word + 1 : NULL;
  return *word == 0 || *word == '=';
}

/* --name as it is written on a command line. */
static const char* slaw_option(const char* name) {
  static char text[160];
  snprintf(text, sizeof text, "--%s", name);
  for (char* s = text; *s != 0; ++s) *s = *s == '_' ? '-' : *s;
  return text;
}

/* The value of an option; null when it is not given. */
static const char* slaw_given(const char* name, bool takes_value) {
  const char *value = NULL, *inside = NULL;
  for (int i = slaw.asked != NULL ? 2 : 1; i < slaw.count; ++i) {
    if (slaw.used[i] || !slaw_is_option(slaw.words[i], name, &inside)) continue;
    slaw.used[i] = true;
    value = inside != NULL ? inside : "";
    if (!takes_value && inside != NULL)
      slaw_fault(SLAW_USAGE, "omit it", "%s takes no value", slaw_option(name));
    if (!takes_value || inside != NULL) continue;
    if (i + 1 == slaw.count) {
      slaw_fault(SLAW_USAGE, "write it after the option", "%s needs a value", slaw.words[i]);
    } else {
      slaw.used[++i] = true;
      value = slaw.words[i];
    }
  }
  return value;
}

static int64_t slaw_no_count(const char* name, const char* text, const char* why) {
  slaw_fault(SLAW_USAGE, "write a whole number such as 1000, 10_000, 1e9, 4Gi or 64M",
             "%s: '%s' %s", slaw_option(name), text, why);
  return 0;
}

static bool slaw_times(int64_t* value, int64_t factor) {
  if (*value > INT64_MAX / factor) return false;
  *value *= factor;
  return true;
}

/* What a suffix multiplies by; 0 for one that is unknown. */
static int64_t slaw_factor(const char* suffix) {
  const char* const powers = "kMGT";
  int64_t out = 1;
  if (*suffix != 0 && *suffix != 'B') {
    const char* const power = strchr(powers, *suffix == 'K' ? 'k' : *suffix);
    if (power == NULL) return 0;
    const bool binary = *++suffix == 'i';
    suffix += binary ? 1 : 0;
    for (const char* p = powers; p <= power; ++p) out *= binary ? 1024 : 1000;
  }
  return *suffix == 'B' && suffix[1] == 0 ? out : *suffix == 0 ? out : 0;
}

static bool slaw_is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* A count as every driver takes it; exact, never rounded to a double. */
static int64_t slaw_parse_count(const char* name, const char* text) {
  const char* const large = "is too large (the limit is 2^63 - 1)";
  const char* s = text;
  int64_t value = 0;
  long power = 0;
  bool any = false, fraction = false;
  if (*s == '-') return slaw_no_count(name, text, "is negative");
  for (s += *s == '+'; *s != 0; ++s) {
    if (slaw_is_digit(*s)) {
      if (!slaw_times(&value, 10) || value > INT64_MAX - (*s - '0'))
        return slaw_no_count(name, text, large);
      value += *s - '0';
      power -= fraction;
      any = true;
    } else if (*s == '.' && !fraction) {
      fraction = true;
    } else if (*s != '_' || !any || !slaw_is_digit(s[1])) {
      break;
    }
  }
  if (!any) return slaw_no_count(name, text, "is not a number");
  if (*s == 'e' || *s == 'E') {
    s += s[1] == '+' ? 2 : 1;
    if (!slaw_is_digit(*s == '-' ? s[1] : *s))
      return slaw_no_count(name, text, "has no exponent after its 'e'");
    power += strtol(s, (char**)&s, 10);
  }
  const int64_t factor = slaw_factor(s);
  if (factor == 0) return slaw_no_count(name, text, "is not a number");
  if (!slaw_times(&value, factor)) return slaw_no_count(name, text, large);
  for (; power > 0 && value != 0; --power) {
    if (!slaw_times(&value, 10)) return slaw_no_count(name, text, large);
  }
  for (; power < 0 && value != 0; ++power, value /= 10) {
    if (value % 10 != 0) return slaw_no_count(name, text, "is not a whole number");
  }
  return value;
}

static int64_t slaw_bounded(const char* name, int64_t initial, int64_t least, int64_t most,
                            bool automatic) {
  const char* const text = slaw_given(name, true);
  if (text == NULL || (automatic && strcmp(text, "auto") == 0)) return initial;
  const int64_t value = slaw_parse_count(name, text);
  if (value >= least && value <= most) return value;
  slaw_fault(SLAW_USAGE, "choose a value within the limits", "%s: %s is outside %lld .. %lld",
             slaw_option(name), text, (long long)least, (long long)most);
  return initial;
}

void scalelaw_begin(int argc, char** argv) {
  /* A closed stream becomes /dev/null, so that no file takes its number. */
  for (int i = 0; i < 3; ++i) {
    if (fcntl(i, F_GETFD) == -1 && open("/dev/null", O_RDWR) < 0) break;
  }
  const char* const slash = strrchr(argv[0], '/');
  slaw.program = slash != NULL ? slash + 1 : argv[0];
  slaw.words = argv;
  slaw.count = argc;
  slaw.used = (bool*)calloc((size_t)argc + 1, sizeof(bool));
  slaw.ranks = slaw.threads = 1;
  if (slaw.used == NULL) scalelaw_fail("there is no memory left", "end other programs");
  slaw.asked = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
  slaw.describe = slaw_given("describe", false) != NULL;
  slaw.help = slaw_given("help", false) != NULL;
  if (slaw.asked == NULL) return;
  slaw.check = slaw_given("check", false) != NULL;
  const char* const record = slaw_given("record", true);
  slaw.record = record != NULL ? record : "";
  slaw.seed = slaw_bounded("seed", 1, 0, INT64_MAX, false);
  slaw.warmups = slaw_bounded("warmups", 1, 0, 1000000000, false);
  slaw.samples = slaw_bounded("samples", 5, 1, 1000000000, false);
  slaw.diagnostics = slaw_bounded("diagnostics", 0, 0, 1000000000, false);
  slaw.batch = slaw_bounded("batch", 0, 0, 1000000000, true);
  slaw.threads = (int)slaw_bounded("threads", 0, 0, SLAW_THREADS, false);
}

/* --- The catalogue and the parameters --- */

static void slaw_close_kernel(void) {
  if (slaw.kernel == NULL) return;
  slaw_separate(&slaw.catalogue);
  slaw_escape(&slaw.catalogue, slaw.kernel, true);
  slaw_print(&slaw.catalogue, ":{\"size_parameter\":\"%s\",", slaw.size_name);
  slaw_append(&slaw.catalogue, slaw_string(&slaw.params), slaw.params.size);
  slaw_append(&slaw.catalogue, "],", 2);
  slaw_append(&slaw.catalogue, slaw_string(&slaw.options), slaw.options.size);
  slaw_append(&slaw.catalogue, "]}", 2);
  slaw.kernel = NULL;
}

void scalelaw_kernel(const char* name, const char* summary) {
  slaw_close_kernel();
  slaw.kernel = name;
  slaw.size_name = "";
  slaw.chosen = slaw.asked != NULL && strcmp(slaw.asked, name) == 0;
  slaw.found = slaw.found || slaw.chosen;
  slaw.phase_count = slaw.chosen ? 0 : slaw.phase_count;
  slaw_clear(&slaw.params);
  slaw_clear(&slaw.options);
  slaw_put_text(&slaw.params, "summary", summary);
  slaw_append(&slaw.params, ",\"params\":[", 11);
  slaw_append(&slaw.options, "\"options\":[", 11);
  if (slaw.asked == NULL || slaw.chosen) slaw_print(&slaw.usage, "  %-26s %s\n", name, summary);
}

/* Describes a parameter up to its type, default and limits. */
static slaw_text* slaw_add(slaw_text* list, const char* name, const char* help) {
  slaw_next(list);
  slaw_put_text(list, "name", name);
  slaw_put_text(list, "help", help);
  if (slaw.asked == NULL || slaw.chosen)
    slaw_print(&slaw.usage, "    %-24s %s\n", slaw_option(name), help);
  return list;
}

int64_t scalelaw_count(const char* name, int64_t initial, int64_t least, int64_t most,
                       const char* help) {
  slaw_text* const to = slaw_add(&slaw.params, name, help);
  slaw_put_text(to, "type", "count");
  slaw_put_count(to, "default", initial);
  if (least > 0) slaw_put_count(to, "min", least);
  if (most < INT64_MAX) slaw_put_count(to, "max", most);
  slaw_append(to, "}", 1);
  if (!slaw.chosen) return initial;
  const int64_t value = slaw_bounded(name, initial, least, most, false);
  slaw_put_count(&slaw.param_values, name, value);
  return value;
}

int64_t scalelaw_size(const char* name, int64_t initial, int64_t least, int64_t most,
                      const char* help) {
  slaw.size_name = name;
  return scalelaw_count(name, initial, least, most, help);
}

double scalelaw_number(const char* name, double initial, double least, double most,
                       const char* help) {
  slaw_text* const to = slaw_add(&slaw.params, name, help);
  slaw_put_text(to, "type", "number");
  slaw_put_number(to, "default", initial);
  if (isfinite(least)) slaw_put_number(to, "min", least);
  if (isfinite(most)) slaw_put_number(to, "max", most);
  slaw_append(to, "}", 1);
  if (!slaw.chosen) return initial;
  const char* const text = slaw_given(name, true);
  char* end = NULL;
  double value = text != NULL ? strtod(text, &end) : initial;
  if (text != NULL && (end == text || *end != 0 || !isfinite(value))) {
    slaw_fault(SLAW_USAGE, "write a number such as 0.5 or 1e-3", "%s: '%s' is not a number",
               slaw_option(name), text);
    value = initial;
  } else if (value < least || value > most) {
    slaw_fault(SLAW_USAGE, "choose a value within the limits", "%s: %g is outside %g .. %g",
               slaw_option(name), value, least, most);
  }
  slaw_put_number(&slaw.param_values, name, value);
  return value;
}

bool scalelaw_flag(const char* name, const char* help) {
  slaw_text* const to = slaw_add(&slaw.params, name, help);
  slaw_put_text(to, "type", "bool");
  slaw_put_truth(to, "default", false);
  slaw_append(to, "}", 1);
  const bool value = slaw.chosen && slaw_given(name, false) != NULL;
  if (slaw.chosen) slaw_put_truth(&slaw.param_values, name, value);
  return value;
}

const char* scalelaw_text(const char* name, const char* initial, const char* help) {
  slaw_text* const to = slaw_add(&slaw.params, name, help);
  slaw_put_text(to, "type", "text");
  slaw_put_text(to, "default", initial);
  slaw_append(to, "}", 1);
  const char* const text = slaw.chosen ? slaw_given(name, true) : NULL;
  if (slaw.chosen) slaw_put_text(&slaw.param_values, name, text != NULL ? text : initial);
  return text != NULL ? text : initial;
}

/* One of "first,second,...": the texts live as long as the program. */
static const char* slaw_choose(slaw_text* list, slaw_text* values, const char* name,
                               const char* choices, const char* help) {
  char* const words = strdup(choices);
  const char* const given = slaw.chosen ? slaw_given(name, true) : NULL;
  const char *first = NULL, *taken = NULL;
  if (words == NULL) scalelaw_fail("there is no memory left", "end other programs");
  if (slaw.choice_count == SLAW_CHOICES) scalelaw_fail("too many parameters", "use fewer than 512");
  slaw.choices[slaw.choice_count++] = words;
  slaw_text* const to = slaw_add(list, name, help);
  slaw_put_text(to, "type", "choice");
  slaw_put_json(to, "choices", "[");
  for (char* word = strtok(words, ","); word != NULL; word = strtok(NULL, ",")) {
    if (first != NULL) slaw_append(to, ",", 1);
    slaw_escape(to, word, true);
    first = first != NULL ? first : word;
    if (given != NULL && strcmp(given, word) == 0) taken = word;
  }
  slaw_append(to, "]", 1);
  first = first != NULL ? first : "";
  slaw_put_text(to, "default", first);
  slaw_append(to, "}", 1);
  if (given != NULL && taken == NULL) {
    slaw_fault(SLAW_USAGE, "choose one of these", "%s: '%s' is none of %s", slaw_option(name),
               given, choices);
  }
  taken = taken != NULL ? taken : first;
  if (slaw.chosen) slaw_put_text(values, name, taken);
  return taken;
}

const char* scalelaw_choice(const char* name, const char* choices, const char* help) {
  return slaw_choose(&slaw.params, &slaw.param_values, name, choices, help);
}

const char* scalelaw_option(const char* name, const char* choices, const char* help) {
  return slaw_choose(&slaw.options, &slaw.option_values, name, choices, help);
}

int scalelaw_phase(const char* name, scalelaw_role role) {
  if (!slaw.chosen) return 0;
  if (slaw.phase_count == SLAW_PHASES)
    scalelaw_fail("a kernel has more than 64 phases", "join some of them");
  slaw.phase_names[slaw.phase_count] = name;
  slaw.roles[slaw.phase_count] = role;
  return slaw.phase_count++;
}

/* --- All ranks together --- */

int scalelaw_rank(void) {
  return slaw.rank;
}
int scalelaw_ranks(void) {
  return slaw.ranks;
}
int scalelaw_threads(void) {
  return slaw.threads;
}
int64_t scalelaw_seed(void) {
  return slaw.seed;
}

scalelaw_range scalelaw_share(int64_t count) {
  const int64_t each = count / slaw.ranks, more = count % slaw.ranks, rank = slaw.rank;
  const int64_t begin = rank * each + (rank < more ? rank : more);
  const scalelaw_range out = {begin, begin + each + (rank < more ? 1 : 0)};
  return out;
}

static double slaw_largest(double value) {
#ifdef SCALELAW_USE_MPI
  if (slaw.ranks > 1) MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
#endif
  return value;
}

static void slaw_meet(void) {
#ifdef SCALELAW_USE_MPI
  if (slaw.ranks > 1) MPI_Barrier(MPI_COMM_WORLD);
#endif
}

/* At the root: makes a text those of all ranks in their order, with commas between. */
static void slaw_gather(slaw_text* text) {
#ifdef SCALELAW_USE_MPI
  if (slaw.ranks == 1) return;
  const size_t ranks = slaw.rank == 0 ? (size_t)slaw.ranks : 1;
  int* const sizes = (int*)calloc(2 * ranks, sizeof(int));
  if (sizes == NULL) scalelaw_fail("there is no memory left", "use fewer ranks per node");
  int* const places = sizes + ranks;
  int size = (int)text->size + 1, all = 0; /* with its end, which becomes a comma */
  MPI_Gather(&size, 1, MPI_INT, sizes, 1, MPI_INT, 0, MPI_COMM_WORLD);
  for (size_t i = 0; slaw.rank == 0 && i < ranks; all += sizes[i++]) places[i] = all;
  slaw_text out = {NULL, 0, 0};
  for (int i = 0; i < all; ++i) slaw_append(&out, ",", 1);
  MPI_Gatherv(text->data, size, MPI_CHAR, out.data, sizes, places, MPI_CHAR, 0, MPI_COMM_WORLD);
  for (size_t i = 0; slaw.rank == 0 && i + 1 < ranks; ++i) out.data[places[i + 1] - 1] = ',';
  free(sizes);
  if (slaw.rank != 0) return;
  free(text->data);
  *text = out;
  --text->size;
#else
  (void)text;
#endif
}

/* Adds the ranks' own texts as the list `ranks`. */
static void slaw_put_gathered(slaw_text* to, slaw_text* own) {
  slaw_gather(own);
  slaw_put_json(to, "ranks", "[");
  slaw_append(to, own->data, own->size);
  slaw_append(to, "]", 1);
  free(own->data);
}

/* --- The start --- */

/* A number that the launcher gave this process in one of these variables. */
static long slaw_launched(const char* first, const char* second, const char* third,
                          long otherwise) {
  const char* const names[] = {first, second, third};
  for (int i = 0; i < 3; ++i) {
    const char* const value = getenv(names[i]);
    if (value != NULL) return strtol(value, NULL, 10);
  }
  return otherwise;
}

static void slaw_refuse_leftovers(void) {
  for (int i = slaw.asked != NULL ? 2 : 1; i < slaw.count; ++i) {
    if (slaw.used[i]) continue;
    slaw_fault(SLAW_USAGE, "--help lists what there is", "unknown option or argument '%s'",
               slaw.words[i]);
  }
  if (SCALELAW_THREADED == 0 && slaw.threads > 1) {
    slaw_fault(SLAW_USAGE, "omit --threads", "this program computes on one thread, not on %d",
               slaw.threads);
  }
}

static void slaw_put_work(slaw_text* to) {
  const scalelaw_work* const work = &slaw.work;
  const char* const exchanges[] = {"reduce", "scatter", "other"};
  slaw_put_json(to, "work", "{");
  slaw_put_number(to, "operations", work->operations);
  slaw_put_number(to, "resident_bytes", work->resident_bytes);
  slaw_put_truth(to, "memory_bound", work->memory_bound);
  if (work->items > 0) slaw_put_count(to, "items", work->items);
  if (work->flops > 0) slaw_put_number(to, "flops", work->flops);
  if (work->compulsory_bytes > 0) slaw_put_number(to, "compulsory_bytes", work->compulsory_bytes);
  if (work->unit != NULL) slaw_put_number(to, "amount", work->amount);
  if (work->unit != NULL) slaw_put_text(to, "unit", work->unit);
  if (work->no_diagnostics) slaw_put_truth(to, "diagnostics", false);
  if (work->exchange != SCALELAW_REDUCE) slaw_put_text(to, "exchange", exchanges[work->exchange]);
  slaw_append(to, "}", 1);
}

static void slaw_put_params(slaw_text* to, const char* key, const slaw_text* values) {
  slaw_put_json(to, key, "{");
  slaw_append(to, slaw_string(values), values->size);
  slaw_append(to, "}", 1);
}

static void slaw_describe_work(void) {
  slaw_text out = {NULL, 0, 0};
  slaw_append(&out, "{", 1);
  slaw_put_text(&out, "kernel", slaw.asked);
  slaw_put_params(&out, "params", &slaw.param_values);
  slaw_put_text(&out, "size_parameter", slaw.size_name);
  slaw_put_work(&out);
  printf("%s}\n", out.data);
  free(out.data);
}

static double slaw_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void slaw_measure_clock(void) {
  const double begin = slaw_now();
  double last = begin;
  slaw.resolution_s = 1;
  for (int i = 0; i < 2000; ++i) {
    const double now = slaw_now();
    if (now > last && now - last < slaw.resolution_s) slaw.resolution_s = now - last;
    last = now;
  }
  slaw.overhead_s = (last - begin) / 2000;
  slaw.resolution_s = slaw_largest(slaw.resolution_s);
}

/* Where a thread may run, and where it runs. */
static void slaw_look(slaw_thread* thread) {
  unsigned long mask[1024]; /* for as many processors as Linux has */
  const int bits = 8 * (int)sizeof mask[0];
  unsigned last_cpu = 0;
  slaw_text list = {NULL, 0, 0};
  snprintf(thread->cpus, sizeof thread->cpus, "unknown");
  thread->last_cpu = syscall(SYS_getcpu, &last_cpu, NULL, NULL) == 0 ? (int)last_cpu : -1;
  const int all = 8 * (int)syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  for (int cpu = 0, end; cpu < all; cpu = end + 1) {
    for (end = cpu; end < all && (mask[end / bits] >> (end % bits) & 1) != 0; ++end) continue;
    if (end == cpu) continue;
    slaw_separate(&list);
    slaw_print(&list, end == cpu + 1 ? "%d" : "%d-%d", cpu, end - 1);
  }
  if (list.size > 0 && list.size < sizeof thread->cpus)
    memcpy(thread->cpus, list.data, list.size + 1);
  free(list.data);
}

static void slaw_start_mpi(void) {
#ifdef SCALELAW_USE_MPI
  if (!slaw_mpi_runs()) {
    int level;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level);
    slaw.own_mpi = true;
  }
  MPI_Comm_rank(MPI_COMM_WORLD, &slaw.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &slaw.ranks);
#else
  const long copies = slaw_launched("OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS", 1);
  if (copies > 1) {
    slaw_fault(SLAW_USAGE, "start it alone, or compile it with -DSCALELAW_USE_MPI",
               "started as %ld ranks, but compiled without MPI", copies);
  }
#endif
}

static void slaw_start_team(void) {
#ifdef _OPENMP
  if (slaw.threads == 0) slaw.threads = omp_get_max_threads();
  omp_set_dynamic(0);
  omp_set_num_threads(slaw.threads);
#endif
  if (slaw.threads == 0) slaw.threads = 1;
  slaw.team = (slaw_thread*)calloc((size_t)slaw.threads, sizeof(slaw_thread));
  if (slaw.team == NULL) scalelaw_fail("there is no memory left", "use fewer threads");
  for (int i = 0; i < slaw.threads; ++i) strcpy(slaw.team[i].cpus, "unknown");
  slaw_look(&slaw.team[0]);
#ifdef _OPENMP
  int found = 0;
#pragma omp parallel reduction(+ : found)
  {
    found += 1;
    slaw_look(&slaw.team[omp_get_thread_num()]);
  }
  if (found != slaw.threads) {
    slaw_fault(SLAW_USAGE, "raise OMP_THREAD_LIMIT, or use fewer threads",
               "OpenMP started %d threads, not %d", found, slaw.threads);
  }
#endif
}

static void slaw_open_record(void) {
  if (slaw.rank != 0 || *slaw.record == 0) return;
  struct stat status;
  slaw.file = fopen(slaw.record, "w");
  if (slaw.file == NULL) {
    slaw_fault(SLAW_USAGE, "choose a file in an existing, writable folder",
               "cannot write the record '%s': %s", slaw.record, strerror(errno));
  } else {
    slaw.regular = fstat(fileno(slaw.file), &status) == 0 && S_ISREG(status.st_mode);
  }
}

bool scalelaw_start(const scalelaw_work* work) {
  if (!slaw.chosen || slaw.stage != SLAW_IDLE) return false;
  slaw.work = *work;
  slaw_refuse_leftovers();
  if (!isfinite(work->operations) || work->operations < 0)
    slaw_fault(SLAW_FAILURE, "check them", "work.operations");
  if (slaw.status != 0 || slaw.help || slaw.check) return false;
  if (slaw.describe) slaw_describe_work();
  if (slaw.describe) return false;
  slaw_start_mpi();
  slaw_start_team();
  slaw_open_record();
  const double status =
      slaw_largest(slaw.status); /* the same on all ranks, so that all end in order */
  if (status > 0) slaw.status = (int)status;
  if (status > 0) return false;
  slaw_measure_clock();
  slaw.times = (double*)calloc((size_t)slaw.samples, sizeof(double));
  if (slaw.times == NULL) scalelaw_fail("there is no memory left", "use fewer --samples");
  slaw.automatic = slaw.batch == 0;
  slaw.raises_left = 10;
  slaw.fastest_s = INFINITY;
  slaw.left = slaw.warmups > 0 ? slaw.warmups : slaw.automatic ? 1 : 0;
  slaw.stage = SLAW_WARM;
  return true;
}

/* --- The record --- */

static void slaw_lose_record(void) {
  slaw_text what = {NULL, 0, 0};
  slaw_print(&what, "cannot write the record '%.300s': %s", slaw.record, strerror(errno));
  scalelaw_fail(what.data, "make room, or give --record another file");
}

static void slaw_write(slaw_text* line) {
  if (slaw.file != NULL) {
    slaw_append(line, "}\n", 2);
    if (!slaw.regular) {
      slaw_append(&slaw.held, line->data, line->size);
    } else if (fputs(line->data, slaw.file) < 0 || fflush(slaw.file) != 0) {
      slaw_lose_record();
    }
  }
  free(line->data);
}

static void slaw_restart_record(void) {
  slaw_clear(&slaw.held);
  if (slaw.file == NULL || !slaw.regular) return;
  rewind(slaw.file);
  if (ftruncate(fileno(slaw.file), 0) != 0) slaw_lose_record();
}

static void slaw_close_record(void) {
  if (slaw.file == NULL) return;
  const bool whole = slaw.regular || fputs(slaw_string(&slaw.held), slaw.file) >= 0;
  if (fclose(slaw.file) != 0 || !whole) slaw_lose_record();
}

/* A peer, a model in the folder of the drivers, or any other program without its extension. */
static const char* slaw_implementation(void) {
  static char name[256];
  const char *const peer = "scalelaw-peer-", *const model = "scalelaw-";
  if (strncmp(slaw.program, peer, strlen(peer)) == 0) return slaw.program + strlen(peer);
  if (strncmp(slaw.program, model, strlen(model)) == 0) return "scalelaw";
  snprintf(name, sizeof name, "%s", slaw.program);
  char* const dot = strrchr(name, '.');
  if (dot != NULL && dot != name) *dot = 0;
  return name;
}

static void slaw_put_identity(slaw_text* to) {
  slaw_put_count(to, "schema", 2);
  slaw_put_text(to, "driver", slaw.program);
  slaw_put_text(to, "implementation", slaw_implementation());
}

/* All ranks, with their threads; also how many hosts they are on. */
static int slaw_put_ranks(slaw_text* to) {
  char host[256] = "unknown";
  const char* const node =
      getenv("SLURMD_NODENAME"); /* several nodes of SLURM can be one machine */
  if (node != NULL && *node != 0) {
    snprintf(host, sizeof host, "%s", node);
  } else {
    gethostname(host, sizeof host - 1);
  }
  int nodes = 1;
#ifdef SCALELAW_USE_MPI
  char* const hosts = (char*)calloc((size_t)slaw.ranks, sizeof host);
  if (hosts == NULL) scalelaw_fail("there is no memory left", "use fewer ranks per node");
  MPI_Gather(host, sizeof host, MPI_CHAR, hosts, sizeof host, MPI_CHAR, 0, MPI_COMM_WORLD);
  for (int i = 1; slaw.rank == 0 && i < slaw.ranks; ++i) {
    int j = 0;
    while (j < i && strcmp(hosts + (size_t)i * sizeof host, hosts + (size_t)j * sizeof host) != 0)
      ++j;
    nodes += j == i;
  }
  free(hosts);
#endif
  slaw_text own = {NULL, 0, 0};
  slaw_append(&own, "{", 1);
  slaw_put_count(&own, "rank", slaw.rank);
  slaw_put_text(&own, "host", host);
  slaw_put_count(&own, "pid", getpid());
  slaw_put_json(&own, "threads", "[");
  for (int i = 0; i < slaw.threads; ++i) {
    slaw_next(&own);
    slaw_put_count(&own, "thread", i);
    slaw_put_text(&own, "cpus", slaw.team[i].cpus);
    slaw_put_count(&own, "last_cpu", slaw.team[i].last_cpu);
    slaw_append(&own, "}", 1);
  }
  slaw_append(&own, "]}", 2);
  slaw_put_gathered(to, &own);
  return nodes;
}

static void slaw_put_phases(slaw_text* to) {
  const char* const roles[] = {"serial", "parallel", "transfer"};
  slaw_put_json(to, "phases", "[");
  for (int i = 0; i < slaw.phase_count; ++i) {
    slaw_next(to);
    slaw_put_text(to, "name", slaw.phase_names[i]);
    slaw_put_text(to, "role", roles[slaw.roles[i]]);
    slaw_append(to, "}", 1);
  }
  slaw_append(to, "]", 1);
}

#ifdef SCALELAW_USE_MPI
static void slaw_put_library(slaw_text* to, const char* key) {
  char library[MPI_MAX_LIBRARY_VERSION_STRING];
  int size;
  MPI_Get_library_version(library, &size);
  library[strcspn(library, ",\n")] = 0;
  slaw_put_text(to, key, library);
}
#endif

static void slaw_put_mpi(slaw_text* to) {
#ifdef SCALELAW_USE_MPI
  int level;
  MPI_Query_thread(&level);
  slaw_put_json(to, "mpi", "{");
  slaw_put_library(to, "library");
  slaw_put_text(to, "thread_level",
                level == MPI_THREAD_SINGLE       ? "single"
                : level == MPI_THREAD_FUNNELED   ? "funneled"
                : level == MPI_THREAD_SERIALIZED ? "serialized"
                                                 : "multiple");
  slaw_append(to, "}", 1);
#else
  slaw_put_json(to, "mpi", "null");
#endif
}

static void slaw_write_header(void) {
  slaw_text line = {NULL, 0, 0};
  slaw_append(&line, "{", 1);
  slaw_put_text(&line, "record", "header");
  slaw_put_identity(&line);
  slaw_put_text(&line, "kernel", slaw.asked);
  slaw_put_text(&line, "model", SCALELAW_MODEL);
  slaw_put_params(&line, "params", &slaw.param_values);
  slaw_put_params(&line, "options", &slaw.option_values);
  slaw_put_count(&line, "seed", slaw.seed);
  if (slaw.phase_count > 0) slaw_put_phases(&line);
  const int nodes = slaw_put_ranks(&line);
  slaw_put_json(&line, "placement", "{");
  slaw_put_count(&line, "nodes", nodes);
  slaw_put_count(&line, "ranks", slaw.ranks);
  slaw_put_count(&line, "threads", slaw.threads);
  slaw_append(&line, "}", 1);
#ifndef _OPENMP
  if (SCALELAW_THREADED) slaw_put_text(&line, "binding", "observed");
#endif
  slaw_put_work(&line);
  slaw_put_count(&line, "warmups", slaw.warmups);
  slaw_put_count(&line, "samples", slaw.samples);
  slaw_put_count(&line, "diagnostics", slaw.diagnostics);
  slaw_put_count(&line, "batch", slaw.batch);
  slaw_put_json(&line, "timer", "{");
  slaw_put_text(&line, "name", "CLOCK_MONOTONIC");
  slaw_put_number(&line, "resolution_s", slaw.resolution_s);
  slaw_put_number(&line, "overhead_s", slaw.overhead_s);
  slaw_append(&line, "}", 1);
  slaw_put_json(&line, "build", "{");
  slaw_put_text(&line, "compiler", SLAW_COMPILER);
  slaw_put_text(&line, "version", SCALELAW_VERSION);
  slaw_append(&line, "}", 1);
  slaw_put_mpi(&line);
  if (slaw.with_facts)
    slaw_put_text(&line, "verification", slaw.verifies ? "known_answer" : "repeatable");
  slaw_write(&line);
}

static double slaw_parallel_s(void) {
  double out = 0;
  for (int i = 0; i < slaw.phase_count; ++i)
    out += slaw.roles[i] == SCALELAW_PARALLEL ? slaw.phases_s[i] : 0;
  return out;
}

/* The times of this rank in a sample: means over its passes. */
static void slaw_put_times(slaw_text* to, double wait_s) {
  const double passes = (double)slaw.batch;
  double told_s = 0; /* by scalelaw_busy() */
  for (int i = 0; i < slaw.threads; ++i) told_s += slaw.team[i].busy_s;
  slaw_append(to, "{", 1);
  slaw_put_number(to, "total_s", slaw.total_s / passes);
  if (slaw.work.items > 0) {
    slaw_put_count(to, "items",
                   slaw.ranks == 1 && slaw.items == 0 ? slaw.work.items : slaw.items / slaw.batch);
  }
  if (slaw.phase_count > 0) {
    slaw_put_number(to, "wait_s", wait_s);
    slaw_put_json(to, "phases_s", "{");
    for (int i = 0; i < slaw.phase_count; ++i)
      slaw_put_number(to, slaw.phase_names[i], slaw.phases_s[i] / passes);
    slaw_append(to, "}", 1);
    slaw_put_json(to, "busy_s", "[");
    for (int i = 0; i < slaw.threads; ++i) {
      slaw_print(to, i > 0 ? "," : "");
      const char* const busy =
          slaw_digits((told_s > 0 ? slaw.team[i].busy_s : slaw_parallel_s()) / passes);
      slaw_append(to, busy, strlen(busy));
    }
    slaw_append(to, "]", 1);
  }
  slaw_append(to, "}", 1);
}

/* Empty when the result is right.  The first one is remembered: all must be equal. */
static const char* slaw_judge(void) {
  const bool elsewhere = slaw_largest(*slaw.wrong != 0) > 0;
  if (slaw.first_facts.data == NULL) slaw_print(&slaw.first_facts, "%s", "");
  if (slaw.first_facts.size == 0)
    slaw_append(&slaw.first_facts, slaw_string(&slaw.facts), slaw.facts.size);
  if (*slaw.wrong != 0) return slaw.wrong;
  if (elsewhere) return "a rank other than 0 found its part of the result wrong";
  const bool same = strcmp(slaw_string(&slaw.first_facts), slaw_string(&slaw.facts)) == 0;
  return same ? "" : "the result differs from the first sample's";
}

static void slaw_write_sample(double total_s) {
  const bool diagnostic = slaw.index >= slaw.samples;
  const double passes = (double)slaw.batch;
  const double waited_s = slaw_largest(slaw.computed_s / passes) - slaw.computed_s / passes;
  slaw_text line = {NULL, 0, 0}, own = {NULL, 0, 0};
  slaw_append(&line, "{", 1);
  slaw_put_text(&line, "record", "sample");
  slaw_put_count(&line, "index", slaw.index);
  slaw_put_truth(&line, "diagnostic", diagnostic);
  slaw_put_number(&line, "total_s", total_s);
  slaw_put_times(&own, diagnostic ? slaw.wait_s / passes : waited_s);
  slaw_put_gathered(&line, &own);
  const char* const fault = slaw_judge();
  slaw_put_params(&line, "facts", &slaw.facts);
  slaw_put_truth(&line, "verified", *fault == 0);
  slaw_put_text(&line, "fault", fault);
  const bool wrong = slaw.rank == 0 && *fault != 0;
  if (wrong && !slaw.any_wrong) snprintf(slaw.told, sizeof slaw.told, "%s", fault);
  slaw.any_wrong = slaw_largest(slaw.any_wrong || wrong) > 0; /* the same on all ranks */
  slaw_write(&line);
}

/* --- Measuring --- */

static int64_t slaw_enough(double pass_s) {
  const double least_s = pass_s > slaw.resolution_s ? pass_s : slaw.resolution_s;
  return 1 + (int64_t)(slaw_steps * slaw.resolution_s / least_s);
}

static void slaw_begin_sample(void) {
  memset(slaw.phases_s, 0, sizeof slaw.phases_s);
  slaw.total_s = slaw.computed_s = slaw.wait_s = 0;
  slaw.items = 0;
  for (int i = 0; i < slaw.threads; ++i) slaw.team[i].busy_s = 0;
  slaw.left = slaw.batch;
}

static void slaw_begin_measuring(void) {
  slaw.stage = SLAW_MEASURE;
  slaw.index = 0;
  slaw_restart_record();
  slaw_write_header();
  slaw_begin_sample();
}

static void slaw_finish(void) {
  slaw_text line = {NULL, 0, 0};
  slaw_append(&line, "{", 1);
  slaw_put_text(&line, "record", "end");
  slaw_put_count(&line, "samples", slaw.samples);
  slaw_put_truth(&line, "verified", !slaw.any_wrong);
  slaw_write(&line);
  slaw_close_record();
  slaw.stage = SLAW_FINISHED;
}

/* After the last pass of a sample.  One too short for the clock raises the batch, and all begin anew. */
static void slaw_end_sample(void) {
  const double total_s = slaw_largest(slaw.total_s / (double)slaw.batch);
  const bool enough = total_s * (double)slaw.batch >= slaw_few_steps * slaw.resolution_s;
  if (!enough && slaw.automatic && slaw.raises_left > 0) {
    const int64_t wanted = slaw_enough(total_s);
    slaw.batch = wanted > 2 * slaw.batch ? wanted : 2 * slaw.batch;
    --slaw.raises_left;
    slaw_begin_measuring();
    return;
  }
  if (slaw.index < slaw.samples) slaw.times[slaw.index] = total_s;
  slaw_write_sample(total_s);
  if (++slaw.index == slaw.samples + slaw.diagnostics) {
    slaw_finish();
  } else {
    slaw_begin_sample();
  }
}

/* After the last pass of the warm-ups. */
static void slaw_end_warming(void) {
  const double pass_s = slaw_largest(slaw.fastest_s);
  if (slaw.automatic && slaw.stage == SLAW_WARM && pass_s < 10 * slaw_steps * slaw.resolution_s) {
    slaw.stage = SLAW_SETTLE; /* first passes are slow */
    slaw.left = 10;
    return;
  }
  if (slaw.automatic) slaw.batch = slaw_enough(pass_s);
  slaw_begin_measuring();
}

static void slaw_after_pass(void) {
  slaw.fastest_s = slaw.pass_s < slaw.fastest_s ? slaw.pass_s : slaw.fastest_s;
  if (--slaw.left > 0) return;
  if (slaw.stage == SLAW_MEASURE) {
    slaw_end_sample();
  } else {
    slaw_end_warming();
  }
}

bool scalelaw_sample(void) {
  if (slaw.stage == SLAW_IDLE || slaw.stage == SLAW_FINISHED) return false;
  if (slaw.in_pass) scalelaw_done();
  if (slaw.begun) slaw_after_pass();
  if (slaw.stage == SLAW_WARM && slaw.left == 0) slaw_begin_measuring();
  if (slaw.stage == SLAW_FINISHED) return false;
  slaw_clear(&slaw.facts);
  *slaw.wrong = 0;
  slaw.begun = slaw.in_pass = true;
  slaw.phase = -1;
  slaw.ended_s = -1;
  for (int i = 0; i < slaw.threads; ++i) slaw.team[i].since = -1;
  slaw_meet();
  slaw.start_s = slaw.since_s = slaw_now();
  return true;
}

/* Leaves the current phase for another, or for none (-1). */
static void slaw_leave_for(int phase) {
  const bool here = slaw.phase >= 0, works = here && slaw.roles[slaw.phase] == SCALELAW_PARALLEL;
  double now = slaw_now();
  if (here) slaw.phases_s[slaw.phase] += now - slaw.since_s;
  if (works && (phase < 0 || slaw.roles[phase] != SCALELAW_PARALLEL)) {
    slaw.ended_s = now - slaw.start_s;
    if (slaw.stage == SLAW_MEASURE &&
        slaw.index >= slaw.samples) { /* diagnostic: waiting apart from transfer */
      slaw_meet();
      const double met = slaw_now();
      slaw.wait_s += met - now;
      now = met;
    }
  }
  slaw.phase = phase;
  slaw.since_s = now;
}

void scalelaw_enter(int phase) {
  if (slaw.in_pass && phase >= 0 && phase < slaw.phase_count) slaw_leave_for(phase);
}

bool scalelaw_done(void) {
  if (!slaw.in_pass) return false;
  slaw_leave_for(-1);
  slaw.pass_s = slaw.since_s - slaw.start_s;
  slaw.total_s += slaw.pass_s;
  slaw.computed_s += slaw.ended_s < 0 ? slaw.pass_s : slaw.ended_s;
  for (int i = 0; i < slaw.threads; ++i) scalelaw_idle(i);
  slaw.in_pass = false;
  return slaw.left <= 1;
}

void scalelaw_busy(int thread) {
  if (thread < 0 || thread >= slaw.threads) return;
#ifndef _OPENMP
  if (strcmp(slaw.team[thread].cpus, "unknown") == 0) slaw_look(&slaw.team[thread]);
#endif
  slaw.team[thread].since = slaw_now();
}

void scalelaw_idle(int thread) {
  if (thread < 0 || thread >= slaw.threads || slaw.team[thread].since < 0) return;
  slaw.team[thread].busy_s += slaw_now() - slaw.team[thread].since;
  slaw.team[thread].since = -1;
}

void scalelaw_items(int64_t items) {
  slaw.items += items;
}

void scalelaw_fact_text(const char* name, const char* text) {
  slaw.with_facts = true;
  slaw_put_text(&slaw.facts, name, text);
}

void scalelaw_fact(const char* name, const char* format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  scalelaw_fact_text(name, text);
}

void scalelaw_verify_text(bool right, const char* fault) {
  slaw.with_facts = slaw.verifies = true;
  if (!right && *slaw.wrong == 0)
    snprintf(slaw.wrong, sizeof slaw.wrong, "%s", *fault != 0 ? fault : "it is wrong");
}

void scalelaw_verify(bool right, const char* format, ...) {
  char fault[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(fault, sizeof fault, format, arguments);
  va_end(arguments);
  scalelaw_verify_text(right, fault);
}

/* --- The end --- */

static int slaw_compare(const void* a, const void* b) {
  const double x = *(const double*)a, y = *(const double*)b;
  return x < y ? -1 : x > y;
}

static void slaw_print_summary(void) {
  qsort(slaw.times, (size_t)slaw.samples, sizeof(double), slaw_compare);
  const double median_s = (slaw.times[(slaw.samples - 1) / 2] + slaw.times[slaw.samples / 2]) / 2;
  printf("%s: %s, ranks %d, threads %d\n  time    %.4g s (median of %lld; %.4g to %.4g)\n",
         slaw.asked, SCALELAW_MODEL, slaw.ranks, slaw.threads, median_s, (long long)slaw.samples,
         slaw.times[0], slaw.times[slaw.samples - 1]);
  if (slaw.work.unit != NULL)
    printf("  rate    %.4g %s/s\n", slaw.work.amount / median_s, slaw.work.unit);
  const char* const right = slaw.verifies ? "verified" : "the same in every sample";
  printf("  result  %s%s\n", slaw.any_wrong ? "WRONG: " : right, slaw.told);
}

static void slaw_print_catalogue(void) {
  slaw_text out = {NULL, 0, 0};
  slaw_append(&out, "{", 1);
  slaw_put_identity(&out);
  slaw_put_json(&out, "model", "{");
  slaw_put_text(&out, "name", SCALELAW_MODEL);
  slaw_put_text(&out, "title", SCALELAW_MODEL_TITLE);
  slaw_put_truth(&out, "ranked", SLAW_RANKED);
  slaw_put_truth(&out, "threaded", SCALELAW_THREADED);
  slaw_put_truth(&out, "device", SCALELAW_DEVICE);
  slaw_append(&out, "}", 1);
#ifdef SCALELAW_USE_MPI
  slaw_put_library(&out, "mpi");
#endif
  slaw_put_params(&out, "kernels", &slaw.catalogue);
  printf("%s}\n", out.data);
  free(out.data);
}

static void slaw_print_help(void) {
  printf(
      "usage: %s KERNEL [--PARAMETER VALUE]... [--seed S]%s [--warmups W] [--samples K] "
      "[--diagnostics D]\n"
      "       [--batch auto|N] [--record FILE] [--describe] [--check]\n\n"
      "Runs a kernel and times it.  Kernels, with their parameters and options:\n%s\n"
      "Exit status: 0 verified, 1 usage or input error, 2 wrong result, 3 failure.\n",
      slaw.program, SCALELAW_THREADED ? " [--threads T]" : "", slaw_string(&slaw.usage));
}

/* What the program says at its end; the first rank alone. */
static void slaw_report(void) {
  if (slaw.status != 0 && *slaw.fault != 0) {
    slaw_complain(slaw.fault, slaw.hint);
  } else if (slaw.help) {
    slaw_print_help();
  } else if (slaw.asked == NULL) {
    slaw_print_catalogue();
  } else if (slaw.stage == SLAW_FINISHED) {
    slaw_print_summary();
  }
  errno = 0;
  if (fflush(stdout) == 0 && !ferror(stdout)) return;
  slaw.fault[0] = 0;
  slaw_text what = {NULL, 0, 0};
  slaw_print(&what, "cannot write to the standard output: %s", strerror(errno));
  slaw_complain(what.data, "free some space, or send the output elsewhere");
  free(what.data);
  if (slaw.status == 0) slaw.status = SLAW_FAILURE;
}

int scalelaw_end(void) {
  slaw_close_kernel();
  if (slaw.asked == NULL) slaw_refuse_leftovers();
  if (slaw.asked != NULL && !slaw.found) {
    slaw_fault(SLAW_USAGE, "--help lists the kernels", "there is no kernel '%s'", slaw.asked);
  } else if (slaw.asked == NULL && !slaw.describe && !slaw.help) {
    slaw_fault(SLAW_USAGE, "--help lists the kernels", "which kernel?");
  } else if (slaw.stage != SLAW_IDLE && slaw.stage != SLAW_FINISHED) {
    slaw_fault(SLAW_FAILURE, "let scalelaw_sample() end the loop",
               "the kernel ended before its last sample");
  }
  if (slaw.status == 0 && slaw.any_wrong) slaw.status = SLAW_WRONG;
  const bool known = slaw_mpi_runs();
#ifdef SCALELAW_USE_MPI
  if (known) MPI_Comm_rank(MPI_COMM_WORLD, &slaw.rank);
#endif
  const bool root =
      (known ? slaw.rank : slaw_launched("OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID", 0)) ==
      0;
  if (root) slaw_report();
  if (!root && !known)
    sleep(1); /* a launcher that sees one rank end would stop the root before it has spoken */
#ifdef SCALELAW_USE_MPI
  if (slaw.own_mpi) MPI_Finalize();
#endif
  return slaw.status;
}

#ifdef __cplusplus
}
#endif
#endif /* SCALELAW_IMPLEMENTATION */
