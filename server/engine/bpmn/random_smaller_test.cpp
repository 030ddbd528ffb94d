#include "engine/bpmn/random_blocks_test.hpp"

// Drawings with one thing less.
namespace keepword::bpmn::testing_aid {
namespace {

// Only such a block can lose a branch.
bool may_lose(Block const& block) {
    return block.kind != Kind::inner && block.inner.size() > (block.kind == Kind::sequence ? 1U : 2U);
}

void smaller_handlers(Block const& block, std::vector<Handler> Block::* which, std::vector<Block>& out);

void smaller_block(Block const& block, std::vector<Block>& out) {
    bool const plain = block.kind == Kind::step && block.what == "task";
    if (!plain) out.push_back({.kind = Kind::step, .number = block.number, .what = "task"});
    for (auto const& inner : block.inner) out.push_back(inner);
    for (std::size_t i = 0; i < block.inner.size(); ++i) {
        if (may_lose(block)) {
            Block less = block;
            less.inner.erase(less.inner.begin() + static_cast<std::ptrdiff_t>(i));
            if (!less.conditions.empty())
                less.conditions.erase(less.conditions.begin() + static_cast<std::ptrdiff_t>(i));
            out.push_back(std::move(less));
        }
        std::vector<Block> further;
        smaller_block(block.inner[i], further);
        for (auto& one : further) {
            Block less = block;
            less.inner[i] = std::move(one);
            out.push_back(std::move(less));
        }
    }
    if (!block.loop.empty()) {
        Block less = block;
        less.loop.clear();
        out.push_back(less);
        // A loop without its last condition may have no end.
        if (block.loop.find("again") == std::string::npos) {
            less.loop = block.loop.substr(0, block.loop.rfind(" | "));
            out.push_back(std::move(less));
        }
    }
    smaller_handlers(block, &Block::borders, out);
    smaller_handlers(block, &Block::event_sub_processes, out);
}

void smaller_handlers(Block const& block, std::vector<Handler> Block::* which, std::vector<Block>& out) {
    for (std::size_t i = 0; i < (block.*which).size(); ++i) {
        Block without = block;
        (without.*which).erase((without.*which).begin() + static_cast<std::ptrdiff_t>(i));
        out.push_back(std::move(without));
        if (!(block.*which)[i].within.empty()) {
            Block less = block;
            (less.*which)[i].within.clear();
            out.push_back(std::move(less));
        }
        if ((block.*which)[i].inner.empty()) continue;
        std::vector<Block> further;
        smaller_block((block.*which)[i].inner[0], further);
        for (auto& one : further) {
            Block less = block;
            (less.*which)[i].inner[0] = std::move(one);
            out.push_back(std::move(less));
        }
    }
}

}  // namespace

std::vector<Block> smaller(Block const& process) {
    std::vector<Block> all;
    smaller_block(process, all);
    // The process itself stays one.
    std::erase_if(all, [](Block const& block) { return block.kind != Kind::inner || !block.what.empty(); });
    return all;
}

}  // namespace keepword::bpmn::testing_aid
