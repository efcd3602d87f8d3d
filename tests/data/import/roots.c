#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
static int threads;
static void* work(void* arg) {
  double sum = 0;
  for (long i = (long)arg; i < 2000000; i += threads) sum += sqrt((double)i);
  double* out = malloc(sizeof *out);
  *out = sum;
  return out;
}
int main(int argc, char** argv) {
  threads = argc > 1 ? atoi(argv[1]) : 1;
  pthread_t all[64];
  double sum = 0;
  for (long i = 0; i < threads; ++i) pthread_create(&all[i], 0, work, (void*)i);
  for (int i = 0; i < threads; ++i) {
    void* r;
    pthread_join(all[i], &r);
    sum += *(double*)r;
  }
  printf("sum: %.6f\n", sum);
  return sum > 0 ? 0 : 1;
}
