#include <benchmark/benchmark.h>

#include <thread>

#include "domain/case/case_fixture.hpp"

namespace keepword::cases {
namespace {

constexpr int people = 8;       // who complete at the same time
constexpr int cases_each = 25;  // per person and round

// Durable: a task counts once its transaction is on the disk, with audit, timeline, clocks and live update.
class Work : DeskKit {
  public:
    explicit Work(storage::Dialect dialect) : DeskKit(dialect), engineer_(staff("陈", "acceptance-engineer")) {}

    void open_cases() { tasks_ = DeskKit::open_cases(engineer_, people * cases_each); }

    void complete_all() {
        std::vector<std::jthread> threads;
        for (std::size_t person = 0; person < people; ++person) {
            threads.emplace_back([&, person] {
                for (std::size_t n = 0; n < cases_each; ++n) {
                    auto const task = tasks_[person * cases_each + n];
                    testkit::must(database_->write(
                        [&](Transaction& tx) { return desk_.complete({tx, clock_.now(), engineer_}, task, {}, {}); }));
                }
            });
        }
    }

  private:
    PersonId engineer_;
    std::vector<TaskId> tasks_;
};

void durable_completions(benchmark::State& bench, storage::Dialect dialect) {
    Work work(dialect);
    for ([[maybe_unused]] auto _ : bench) {
        bench.PauseTiming();
        work.open_cases();
        bench.ResumeTiming();
        work.complete_all();
    }
    bench.counters["completions"] =
        benchmark::Counter(static_cast<double>(bench.iterations()) * people * cases_each, benchmark::Counter::kIsRate);
}
BENCHMARK_CAPTURE(durable_completions, sqlite, storage::Dialect::sqlite)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(durable_completions, postgresql, storage::Dialect::postgresql)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace keepword::cases
