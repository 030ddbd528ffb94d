#include <benchmark/benchmark.h>
#include <fmt/core.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "engine/bpmn/core.hpp"
#include "engine/bpmn/import.hpp"

namespace {
std::atomic<std::int64_t> allocations{0};
}  // namespace

// Counts what is allocated anywhere in the measured program: how many times per step is printed.
void* operator new(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace keepword::bpmn {
namespace {

// Six user tasks and three exclusive gateways, as ../shared/peers/bpmn measures its peer.
std::string chain() {
    std::string out =
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='chain' isExecutable='true'>"
        "<startEvent id='begin'/><endEvent id='done'/>";
    for (int i = 1; i <= 6; ++i) out += fmt::format("<userTask id='t{}'/>", i);
    for (int i = 1; i <= 3; ++i) out += fmt::format("<exclusiveGateway id='x{}'/>", i);
    auto const flow = [&](std::string const& from, std::string const& to, std::string const& condition = "") {
        out += fmt::format("<sequenceFlow id='{0}-{1}' sourceRef='{0}' targetRef='{1}'>{2}</sequenceFlow>", from, to,
                           condition.empty() ? "" : "<conditionExpression>" + condition + "</conditionExpression>");
    };
    flow("begin", "t1");
    for (int i = 1; i <= 3; ++i) {
        auto const gateway = fmt::format("x{}", i);
        flow(fmt::format("t{}", i * 2 - 1), fmt::format("t{}", i * 2));
        flow(fmt::format("t{}", i * 2), gateway);
        flow(gateway, i == 3 ? "done" : fmt::format("t{}", i * 2 + 1), "outcome = \"go\"");
        flow(gateway, fmt::format("t{}", i * 2 - 1), "outcome = \"again\"");
    }
    return out + "</process></definitions>";
}

// One instance from its start to its end, in memory.
void instances_of_a_chain(benchmark::State& bench) {
    auto const d = *load(chain(), For::simulation);
    Instant const now = *Instant::parse("2026-01-05T08:00:00Z");
    Index const with_outcome[] = {d->find("t2"), d->find("t4"), d->find("t6")};
    std::int64_t const before = allocations;
    constexpr double steps = 7;  // the start and six tasks
    for ([[maybe_unused]] auto _ : bench) {
        auto at = *step(*d, {}, Start{}, now);
        while (at.state.status == Status::running) {
            auto const& token = at.state.tokens.front();
            CompleteTask done{token.instance, std::nullopt, {}};
            for (Index const task : with_outcome) {
                if (task == token.element) done.outcome = "go";
            }
            at = *step(*d, std::move(at.state), done, now);
        }
        benchmark::DoNotOptimize(at.state);
    }
    bench.counters["instances"] =
        benchmark::Counter(static_cast<double>(bench.iterations()), benchmark::Counter::kIsRate);
    bench.counters["allocations_per_step"] =
        static_cast<double>(allocations - before) / static_cast<double>(bench.iterations()) / steps;
}
BENCHMARK(instances_of_a_chain);

void state_to_text_and_back(benchmark::State& bench) {
    auto const d = *load(chain(), For::simulation);
    auto const at = *step(*d, {}, Start{}, *Instant::parse("2026-01-05T08:00:00Z"));
    for ([[maybe_unused]] auto _ : bench) {
        auto const text = json::serialize(to_json(at.state, *d));
        benchmark::DoNotOptimize(state_from_json(*json::parse(text), *d));
    }
}
BENCHMARK(state_to_text_and_back);

void check_of_a_file(benchmark::State& bench) {
    auto const file = chain();
    for ([[maybe_unused]] auto _ : bench) benchmark::DoNotOptimize(check(file, For::simulation));
}
BENCHMARK(check_of_a_file);

}  // namespace
}  // namespace keepword::bpmn
