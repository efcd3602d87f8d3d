#include <benchmark/benchmark.h>

#include <cmath>
// Sums square roots: each thread does its own share of the items.
static void BM_roots(benchmark::State& state) {
  for (auto _ : state) {
    double sum = 0;
    for (int i = 0; i < 2000; ++i) sum += std::sqrt(static_cast<double>(i));
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * 2000);
}
BENCHMARK(BM_roots)->ThreadRange(1, 4)->UseRealTime();
static void BM_sized(benchmark::State& state) {
  for (auto _ : state) {
    double sum = 0;
    for (int i = 0; i < state.range(0); ++i) sum += std::sqrt(static_cast<double>(i));
    benchmark::DoNotOptimize(sum);
  }
}
BENCHMARK(BM_sized)
    ->ArgNames({"n"})
    ->Arg(1000)
    ->Arg(4000)
    ->Threads(1)
    ->Threads(2)
    ->UseRealTime()
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_MAIN();
