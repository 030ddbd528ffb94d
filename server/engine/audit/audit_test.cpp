#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/audit/audit.hpp"
#include "testkit/both_databases.hpp"
#include "testkit/test_database.hpp"

namespace keepword::audit {
namespace {

using storage::Dialect;
using storage::Transaction;

class Audit : public testing::TestWithParam<Dialect> {
  protected:
    void add(std::string const& chain, int count = 1) {
        auto const added = database_->write([&](Transaction& tx) -> Result<> {
            for (int i = 0; i < count; ++i) {
                TRY(append(tx, {chain, Instant{1'000 + ++clock_}, "person:7", "task.complete", "task:12",
                                json::object{{"outcome", "solved"}, {"备注", "机顶盒已更换"}}}));
            }
            return {};
        });
        ASSERT_TRUE(added) << added.error().code << added.error().detail;
    }
    Checkpoint sign(std::int64_t limit = 4096) {
        auto made = database_->write([&](Transaction& tx) { return checkpoint(tx, Instant{5'000}, signer_, limit); });
        EXPECT_TRUE(made) << made.error().code << made.error().detail;
        return made.value_or(Checkpoint{});
    }
    Result<Proof> proof(std::string const& chain) {
        return database_->read([&](Transaction& tx) { return prove(tx, chain); });
    }
    std::vector<Recorded> all(std::string const& chain) {
        return *database_->read([&](Transaction& tx) { return entries(tx, chain, 0, 1'000); });
    }
    Report report() {
        auto const found = verify_all(*database_, {keys_.public_key});
        EXPECT_TRUE(found) << found.error().code << found.error().detail;
        return found.value_or(Report{});
    }
    // What is found after somebody has been at the tables; then it is put back.
    Broken after(std::vector<storage::Sql> const& changes) {
        Broken broken{"nothing found", 0, Damage::hash};
        auto const undone = database_->write([&](Transaction& tx) -> Result<> {
            for (auto const& sql : changes) {
                if (TRY(tx.execute(sql)) == 0)
                    return fail(Kind::internal, "test.changed-nothing", std::string(sql.text()));
            }
            auto const found = TRY(verify_all(tx, {keys_.public_key}));
            broken = found.first_broken.value_or(broken);
            return fail(Kind::internal, "test.undo");
        });
        EXPECT_EQ(undone.error().code, "test.undo") << undone.error().detail;
        return broken;
    }
    void three_chains() {
        add("case:1", 5);
        add("case:2", 3);
        add("system", 4);
        sign();
        add("case:2", 2);
    }

    testkit::TestDatabase database_{GetParam()};
    crypto::KeyPair keys_ = crypto::new_key_pair();
    Signer signer_{keys_.public_key, [this](std::string_view bytes) -> Result<std::string> {
                       return crypto::sign(keys_.private_key, bytes);
                   }};
    std::int64_t clock_ = 0;
};
KEEPWORD_ON_BOTH_DATABASES(Audit);

TEST_P(Audit, what_is_untouched_verifies) {
    EXPECT_EQ(report().first_broken, std::nullopt);
    three_chains();
    auto const found = report();
    EXPECT_EQ(found.first_broken, std::nullopt);
    EXPECT_EQ(found.chains, 3);
    EXPECT_EQ(found.entries, 14);
    EXPECT_EQ(found.checkpoints, 1);
}

TEST_P(Audit, an_entry_keeps_what_it_was_given_and_follows_its_chain) {
    three_chains();
    auto const chain = all("case:1");
    ASSERT_EQ(chain.size(), 5U);
    EXPECT_EQ(chain[0].previous, Digest{});
    for (std::size_t i = 1; i < chain.size(); ++i) EXPECT_EQ(chain[i].previous, chain[i - 1].hash);
    EXPECT_EQ(chain[4].seq, 5);
    EXPECT_EQ(chain[4].at, Instant{1'005});
    EXPECT_EQ(chain[4].data, R"({"outcome":"solved","备注":"机顶盒已更换"})");
}

// The bytes of the format, fixed: a change here would make every exported proof worthless.
TEST(AuditFormat, has_not_changed) {
    Recorded const entry{1, Instant{1'700'000'000'000}, "person:7", "case.open", "case:9", "{\"a\":1}", {}, {}};
    EXPECT_EQ(crypto::hex(entry_hash("case:9", entry)),
              "adcebabdbcc274246f55335fb70d6d107582e4381b7b36062977bed249a7699e");
    EXPECT_EQ(crypto::hex(leaf_hash("case:9", 1, entry_hash("case:9", entry))),
              "edb0a313efc49a4fb819b9831a71b52e88158bfc7e7c0c5c23b4a581e2565742");
    Checkpoint const checkpoint{3, Instant{1'700'000'000'001}, 12, entry_hash("case:9", entry), {}, "", ""};
    EXPECT_EQ(crypto::hex(checkpoint_hash(checkpoint)),
              "e6168ff54eacfcc6cc06ab547584d4add22c4cff402d2776f84b8173b517bf64");
}

TEST_P(Audit, any_changed_column_of_any_entry_is_found_and_named) {
    three_chains();
    struct Change {
        storage::Sql sql;
        Damage damage;
    };
    std::vector<Change> const changes{
        {"UPDATE audit SET at = at + 1 WHERE chain = 'case:1' AND seq = 3", Damage::hash},
        {"UPDATE audit SET actor = 'person:8' WHERE chain = 'case:1' AND seq = 3", Damage::hash},
        {"UPDATE audit SET action = 'task.claim' WHERE chain = 'case:1' AND seq = 3", Damage::hash},
        {"UPDATE audit SET subject = 'task:13' WHERE chain = 'case:1' AND seq = 3", Damage::hash},
        {"UPDATE audit SET data = '{}' WHERE chain = 'case:1' AND seq = 3", Damage::hash},
        {"UPDATE audit SET hash = previous WHERE chain = 'case:1' AND seq = 3", Damage::hash},
        {"UPDATE audit SET previous = hash WHERE chain = 'case:1' AND seq = 3", Damage::order},
        {"UPDATE audit SET seq = 9 WHERE chain = 'case:1' AND seq = 3", Damage::gap},
    };
    for (auto const& [sql, damage] : changes) EXPECT_EQ(after({sql}), (Broken{"case:1", 3, damage})) << sql.text();
    EXPECT_EQ(after({"UPDATE audit SET actor = 'x' WHERE chain = 'case:1' AND seq = 1"}),
              (Broken{"case:1", 1, Damage::hash}));
    EXPECT_EQ(after({"UPDATE audit SET actor = 'x' WHERE chain = 'system' AND seq = 4"}),
              (Broken{"system", 4, Damage::hash}));
    EXPECT_EQ(after({"UPDATE audit SET chain = 'case:9' WHERE chain = 'case:1' AND seq = 5"}),
              (Broken{"case:1", 5, Damage::truncated}));
    EXPECT_EQ(report().first_broken, std::nullopt);
}

TEST_P(Audit, missing_and_swapped_entries_are_found_and_named) {
    three_chains();
    EXPECT_EQ(after({"DELETE FROM audit WHERE chain = 'case:1' AND seq = 5"}),
              (Broken{"case:1", 5, Damage::truncated}));
    EXPECT_EQ(after({"DELETE FROM audit WHERE chain = 'case:2' AND seq = 5"}),
              (Broken{"case:2", 5, Damage::truncated}));
    EXPECT_EQ(after({"DELETE FROM audit WHERE chain = 'case:1' AND seq = 3"}), (Broken{"case:1", 3, Damage::gap}));
    EXPECT_EQ(after({"DELETE FROM audit WHERE chain = 'case:1' AND seq = 1"}), (Broken{"case:1", 1, Damage::gap}));
    EXPECT_EQ(after({"UPDATE audit SET seq = 99 WHERE chain = 'case:1' AND seq = 2",
                     "UPDATE audit SET seq = 2 WHERE chain = 'case:1' AND seq = 3",
                     "UPDATE audit SET seq = 3 WHERE chain = 'case:1' AND seq = 99"}),
              (Broken{"case:1", 2, Damage::order}));
    EXPECT_EQ(after({"DELETE FROM audit WHERE chain = 'system'"}), (Broken{"system", 1, Damage::truncated}));
    EXPECT_EQ(after({"DELETE FROM audit_chain WHERE chain = 'case:1'"}), (Broken{"case:1", 1, Damage::head}));
    EXPECT_EQ(after({"DELETE FROM audit WHERE chain = 'case:1'", "DELETE FROM audit_chain WHERE chain = 'case:1'"}),
              (Broken{"", 0, Damage::truncated}));
}

TEST_P(Audit, a_tail_cut_off_or_forged_with_right_hashes_is_found_below_a_checkpoint) {
    three_chains();
    // The last entry is gone and the chain's recorded end is made to fit, as is what the checkpoint is said to cover.
    EXPECT_EQ(
        after({"DELETE FROM audit WHERE chain = 'case:1' AND seq = 5",
               "UPDATE audit_chain SET seq = 4, hash = (SELECT hash FROM audit WHERE chain = 'case:1' AND seq = 4) "
               "WHERE chain = 'case:1'"}),
        (Broken{"case:1", 5, Damage::truncated}));
    EXPECT_EQ(after({"DELETE FROM audit WHERE chain = 'case:1' AND seq = 5",
                     "UPDATE audit_chain SET seq = 4, covered = 4, "
                     "hash = (SELECT hash FROM audit WHERE chain = 'case:1' AND seq = 4) WHERE chain = 'case:1'"}),
              (Broken{"case:1", 4, Damage::covered}));
    EXPECT_EQ(after({"UPDATE audit_chain SET covered = 0 WHERE chain = 'case:1'"}),
              (Broken{"case:1", 0, Damage::covered}));
}

TEST_P(Audit, a_forged_entry_is_found_however_far_the_forger_goes) {
    three_chains();
    Recorded forged = all("case:1").back();
    forged.data = R"({"outcome":"unsolved"})";
    forged.hash = entry_hash("case:1", forged);
    auto const leaf = leaf_hash("case:1", 5, forged.hash);
    auto const forge = [&](int steps) {
        Broken broken{"nothing found", 0, Damage::hash};
        (void)database_->write([&](Transaction& tx) -> Result<> {
            TRY(tx.execute("UPDATE audit SET data = ?, hash = ? WHERE chain = 'case:1' AND seq = 5", forged.data,
                           forged.hash));
            if (steps > 1) TRY(tx.execute("UPDATE audit_chain SET hash = ? WHERE chain = 'case:1'", forged.hash));
            if (steps > 2) TRY(tx.execute("UPDATE audit_node SET hash = ? WHERE level = 0 AND position = 0", leaf));
            if (steps > 3) {
                auto const right = TRY(tx.one("SELECT hash FROM audit_node WHERE level = 0 AND position = 1"));
                Digest sibling{};
                std::copy(right->blob(0).begin(), right->blob(0).end(), sibling.begin());
                TRY(tx.execute("UPDATE audit_node SET hash = ? WHERE level = 1 AND position = 0",
                               node_hash(leaf, sibling)));
            }
            broken = TRY(verify_all(tx, {keys_.public_key})).first_broken.value_or(broken);
            return fail(Kind::internal, "test.undo");
        });
        return broken;
    };
    EXPECT_EQ(forge(1), (Broken{"case:1", 5, Damage::covered}));
    EXPECT_EQ(forge(2), (Broken{"case:1", 5, Damage::covered}));
    EXPECT_EQ(forge(3), (Broken{"checkpoint", 0, Damage::tree}));
    EXPECT_EQ(forge(4), (Broken{"checkpoint", 0, Damage::tree}));
}

TEST_P(Audit, an_altered_checkpoint_is_found_and_named) {
    three_chains();
    sign();
    add("case:3");
    sign();
    EXPECT_EQ(report().checkpoints, 3);
    for (storage::Sql const sql : {storage::Sql("UPDATE audit_checkpoint SET at = at + 1 WHERE number = 2"),
                                   storage::Sql("UPDATE audit_checkpoint SET chains = chains + 1 WHERE number = 2"),
                                   storage::Sql("UPDATE audit_checkpoint SET root = previous WHERE number = 2"),
                                   storage::Sql("UPDATE audit_checkpoint SET previous = root WHERE number = 2"),
                                   storage::Sql("UPDATE audit_checkpoint SET signature = root WHERE number = 2"),
                                   storage::Sql("UPDATE audit_checkpoint SET public_key = root WHERE number = 2")}) {
        EXPECT_EQ(after({sql}), (Broken{"checkpoint", 2, Damage::signature})) << sql.text();
    }
    EXPECT_EQ(after({"DELETE FROM audit_checkpoint WHERE number = 2"}), (Broken{"checkpoint", 2, Damage::gap}));
    // Without the newest one the tree fits none.
    EXPECT_EQ(after({"DELETE FROM audit_checkpoint WHERE number = 3"}).damage, Damage::truncated);
    EXPECT_EQ(after({"DELETE FROM audit_checkpoint"}), (Broken{"checkpoint", 0, Damage::gap}));
    EXPECT_EQ(after({"UPDATE audit_node SET hash = (SELECT hash FROM audit_chain WHERE chain = 'system') "
                     "WHERE level = 1 AND position = 1"})
                  .damage,
              Damage::tree);
}

TEST_P(Audit, a_checkpoint_signed_by_somebody_else_is_found) {
    three_chains();
    auto const stranger = crypto::new_key_pair();
    add("case:1");
    auto const signed_by_stranger = database_->write([&](Transaction& tx) {
        return checkpoint(tx, Instant{6'000}, {stranger.public_key, [&](std::string_view bytes) -> Result<std::string> {
                                                   return crypto::sign(stranger.private_key, bytes);
                                               }});
    });
    ASSERT_TRUE(signed_by_stranger);
    EXPECT_EQ(report().first_broken, (Broken{"checkpoint", 2, Damage::signature}));
}

TEST_P(Audit, a_proof_verifies_offline_and_not_after_any_change) {
    three_chains();
    sign();
    auto const chain = all("case:2");
    auto const good = proof("case:2");
    ASSERT_TRUE(good) << good.error().code;
    auto const verifies = [&](Proof const& p, std::vector<Recorded> const& e) {
        return verify(p, e, keys_.public_key);
    };
    ASSERT_TRUE(verifies(*good, chain));

    auto entry = chain;
    entry[1].data += " ";
    EXPECT_EQ(verifies(*good, entry).error().code, "audit.hash");
    entry = chain;
    entry.pop_back();
    EXPECT_EQ(verifies(*good, entry).error().code, "audit.truncated");
    entry = chain;
    entry.erase(entry.begin() + 1);
    EXPECT_EQ(verifies(*good, entry).error().code, "audit.gap");
    std::swap((entry = chain)[1], entry[2]);
    EXPECT_EQ(verifies(*good, entry).error().code, "audit.gap");
    EXPECT_EQ(verifies(*good, {}).error().code, "audit.truncated");

    auto altered = *good;
    altered.chain = "case:3";
    EXPECT_FALSE(verifies(altered, chain));
    (altered = *good).leaf = 0;
    EXPECT_EQ(verifies(altered, chain).error().code, "audit.root");
    ASSERT_FALSE(good->path.empty());
    (altered = *good).path.pop_back();
    EXPECT_EQ(verifies(altered, chain).error().code, "audit.root");
    (altered = *good).path.push_back(Digest{});
    EXPECT_EQ(verifies(altered, chain).error().code, "audit.root");
    (altered = *good).checkpoint.chains += 1;
    EXPECT_FALSE(verifies(altered, chain));
    (altered = *good).checkpoint.at = Instant{1};
    EXPECT_EQ(verifies(altered, chain).error().code, "audit.signature");
    EXPECT_EQ(verify(*good, chain, crypto::new_key_pair().public_key).error().code, "audit.signature");
}

TEST_P(Audit, proofs_and_entries_survive_json) {
    three_chains();
    sign();
    auto const good = proof("case:2");
    auto const text = json::serialize(to_json(*good));
    auto const back = proof_from_json(*json::parse(text));
    ASSERT_TRUE(back);
    EXPECT_EQ(json::serialize(to_json(*back)), text);
    std::vector<Recorded> entries;
    for (auto const& entry : all("case:2")) {
        entries.push_back(*recorded_from_json(*json::parse(json::serialize(to_json(entry)))));
    }
    EXPECT_TRUE(verify(*back, entries, keys_.public_key));
    auto broken = to_json(*good);
    broken.as_object()["head"] = "zz";
    EXPECT_EQ(proof_from_json(broken).error().fields.front().field, "head");
}

TEST_P(Audit, only_a_covered_chain_has_a_proof) {
    EXPECT_EQ(proof("case:1").error().code, "audit.no-chain");
    add("case:1");
    EXPECT_EQ(proof("case:1").error().code, "audit.not-covered");
    sign();
    EXPECT_TRUE(proof("case:1"));
    add("case:2");
    EXPECT_TRUE(proof("case:1"));
    EXPECT_EQ(proof("case:2").error().code, "audit.not-covered");
    add("case:1");
    EXPECT_EQ(proof("case:1").error().code, "audit.not-covered");
}

TEST_P(Audit, nothing_new_makes_no_checkpoint) {
    EXPECT_EQ(sign().chains, 0);
    add("case:1");
    auto const first = sign();
    auto const second = sign();
    EXPECT_EQ(first.number, 2);
    EXPECT_EQ(second.number, 2);
    EXPECT_EQ(second.signature, first.signature);
    EXPECT_EQ(report().first_broken, std::nullopt);
}

// Trees of every size up to a few levels, grown in uneven steps and in parts, against each leaf's proof.
TEST_P(Audit, every_leaf_of_every_size_of_tree_is_proved) {
    std::int64_t chains = 0;
    for (int const step : {1, 1, 1, 2, 3, 1, 7, 1, 5}) {
        for (int i = 0; i < step; ++i) add("case:" + std::to_string(++chains));
        add("case:1");
        sign(3);
        while (sign(3).chains < chains) {
        }
        sign();
        for (std::int64_t i = 1; i <= chains; ++i) {
            auto const name = "case:" + std::to_string(i);
            auto const found = proof(name);
            ASSERT_TRUE(found) << name << " of " << chains;
            EXPECT_EQ(found->checkpoint.chains, chains);
            EXPECT_TRUE(verify(*found, all(name), keys_.public_key)) << name << " of " << chains;
        }
        EXPECT_EQ(report().first_broken, std::nullopt) << chains;
    }
}

TEST_P(Audit, what_is_too_large_is_refused) {
    auto const refused = database_->write([&](Transaction& tx) {
        return append(tx, {"case:1", Instant{}, "person:7", std::string(301, 'x'), "task:1", nullptr});
    });
    EXPECT_EQ(refused.error().code, "audit.too-large");
}

TEST_P(Audit, a_longer_chain_than_a_page_verifies) {
    add("case:1", 2'500);
    sign();
    EXPECT_EQ(report().entries, 2'500);
    EXPECT_EQ(report().first_broken, std::nullopt);
    EXPECT_EQ(after({"UPDATE audit SET actor = 'x' WHERE seq = 2001"}), (Broken{"case:1", 2'001, Damage::hash}));
}

}  // namespace
}  // namespace keepword::audit
