#include <atomic>
#include <cstdlib>
#include <thread>

#include "domain/case/case_fixture.hpp"
#include "testkit/domain_test.hpp"

namespace keepword::cases {
namespace {

constexpr int clients = 32;

// Whoever completes a task second is told so: 32 clients at once, all after the same tasks.
class RaceTest : public testing::TestWithParam<storage::Dialect>, protected DeskKit {
  protected:
    RaceTest() : DeskKit(GetParam()) {}

    static int completions() { return std::getenv("SOAK") != nullptr ? 10'000 : 300; }
};
KEEPWORD_ON_BOTH_DATABASES(RaceTest);

TEST_P(RaceTest, exactly_one_of_32_clients_completes_a_task) {
    auto const engineer = staff("陈", "acceptance-engineer");
    auto const all = open_cases(engineer, completions());
    std::vector<std::atomic<int>> won(all.size());
    std::atomic<int> lost{0};
    std::atomic<int> other{0};
    std::vector<std::jthread> threads;
    for (int client = 0; client < clients; ++client) {
        threads.emplace_back([&, client] {
            // Each begins elsewhere, so that all of them meet at every task sooner or later.
            for (std::size_t n = 0; n < all.size(); ++n) {
                auto const i = (n + all.size() * static_cast<std::size_t>(client) / clients) % all.size();
                auto const done = database_->write(
                    [&](Transaction& tx) { return desk_.complete({tx, clock_.now(), engineer}, all[i], {}, {}); });
                if (done) {
                    ++won[i];
                } else if (done.error().code == "task.already-done") {
                    ++lost;
                } else {
                    ++other;
                }
            }
        });
    }
    threads.clear();
    EXPECT_EQ(other, 0);
    EXPECT_EQ(std::ranges::count_if(won, [](auto const& n) { return n == 1; }),
              static_cast<std::ptrdiff_t>(all.size()));
    EXPECT_EQ(lost, static_cast<int>(all.size()) * (clients - 1));
    auto const replayed = testkit::must(replay_all(*database_, library_));
    EXPECT_EQ(replayed.cases, static_cast<std::int64_t>(all.size()));
    EXPECT_EQ(replayed.different, 0) << replayed.first_different;
}

}  // namespace
}  // namespace keepword::cases
