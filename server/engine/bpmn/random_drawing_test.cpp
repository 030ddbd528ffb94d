#include <fmt/core.h>

#include <utility>

#include "engine/bpmn/random_blocks_test.hpp"

// From blocks to a drawing in words.
namespace keepword::bpmn::testing_aid {
namespace {

class Draughtsman {
  public:
    std::vector<std::string> draw(Block const& process) {
        content(process);
        return std::move(lines_);
    }

  private:
    struct Ends {
        std::string in, out;
    };

    std::string node(std::string id, std::string const& what, Block const* activity = nullptr) {
        std::string line = id + ": " + what;
        if (!scope_.empty()) line += " in " + scope_;
        if (activity != nullptr) line += activity->attributes + activity->loop;
        lines_.push_back(std::move(line));
        return id;
    }
    std::string node(char const* kind, Block const& block, std::string const& what) {
        return node(fmt::format("{}{}", kind, block.number), what);
    }
    void flow(std::string const& from, std::string const& to, std::string const& condition = "") {
        std::string const more = condition.empty() || condition == "otherwise" ? condition : "if " + condition;
        lines_.push_back(more.empty() ? fmt::format("{} -> {}", from, to) : fmt::format("{} -> {} {}", from, to, more));
    }

    // Between a start and an end of its own; either may be left out (BPMN 2.0.2, 10.5.2 and 10.5.3).
    void content(Block const& block) {
        auto const begin = node("begin", block, block.starts ? "start" : "task");
        auto const [in, out] = draw_block(block.inner.at(0));
        flow(begin, in);
        if (block.ends) flow(out, node("done", block, "end"));
        for (auto const& handler : block.event_sub_processes) event_sub_process(handler);
    }

    Ends draw_block(Block const& block) {
        switch (block.kind) {
            case Kind::step:
                return step(block);
            case Kind::inner:
                return sub_process(block);
            case Kind::link:
                return link(block);
            case Kind::stop:
                return stop(block);
            case Kind::sequence:
                return sequence(block);
            case Kind::outcomes:
                return outcomes(block);
            case Kind::choice:
                return branches(block, "exclusive gateway", "exclusive gateway");
            case Kind::parallel:
                return branches(block, "parallel gateway", "parallel gateway");
            case Kind::doubled:
                return branches(block, "parallel gateway", "exclusive gateway");
            case Kind::inclusive:
                return branches(block, "inclusive gateway", "inclusive gateway");
            case Kind::conditional:
                return branches(block, "user task", "inclusive gateway");
            case Kind::again:
            case Kind::counted:
                return around(block);
            case Kind::events:
                return events(block);
            case Kind::gathered:
                return gathered(block);
        }
        return {};
    }

    Ends step(Block const& block) {
        char const* kind = block.what == "user task" ? "t" : "s";
        auto const id = node(fmt::format("{}{}", kind, block.number), block.what, &block);
        return bordered(block, id);
    }
    Ends sub_process(Block const& block) {
        auto const id = node(fmt::format("sub{}", block.number), "sub-process", &block);
        std::string const around = std::exchange(scope_, id);
        content(block);
        scope_ = around;
        return bordered(block, id);
    }
    // An activity with its boundary events: where one interrupts, its way comes back behind the activity.
    Ends bordered(Block const& block, std::string const& id) {
        Ends ends{id, id};
        for (auto const& handler : block.borders) {
            bool const back = handler.interrupting && !handler.ends;
            if (back && ends.out == id) {
                ends.out = node("m", block, "exclusive gateway");
                flow(id, ends.out);
            }
            // Its scope is its activity's.
            auto const event = fmt::format("b{}", handler.number);
            lines_.push_back(fmt::format("{}: {}{} {} {}", event, handler.interrupting ? "interrupting " : "",
                                         handler.about, handler.interrupting ? "on" : "beside", id));
            auto const last = behind(event, handler);
            flow(last, back ? ends.out : node(fmt::format("e{}", handler.number), "end"));
        }
        return ends;
    }
    std::string behind(std::string const& event, Handler const& handler) {
        if (handler.inner.empty()) return event;
        auto const inner = draw_block(handler.inner[0]);
        flow(event, inner.in);
        return inner.out;
    }
    void event_sub_process(Handler const& handler) {
        auto const id = node(fmt::format("sub{}", handler.number), "event sub-process");
        std::string const around = std::exchange(scope_, id);
        auto const start = node(fmt::format("b{}", handler.number),
                                "start by " + handler.about + (handler.interrupting ? "" : " beside the rest"));
        auto const last = behind(start, handler);
        flow(last, node(fmt::format("e{}", handler.number), "end"));
        for (auto const& inner : handler.within) event_sub_process(inner);
        scope_ = around;
    }

    Ends link(Block const& block) {
        auto const name = fmt::format("L{}", block.number);
        return {node("from", block, "link to " + name), node("to", block, "link from " + name)};
    }
    Ends stop(Block const& block) {
        auto const ask = node("t", block, "user task");
        auto const split = node("x", block, "exclusive gateway");
        auto const out = node("s", block, "task");
        flow(ask, split);
        flow(split, node("e", block, block.what), "outcome = \"stop\"");
        flow(split, out, "outcome = \"on\"");
        return {ask, out};
    }
    Ends sequence(Block const& block) {
        auto ends = draw_block(block.inner[0]);
        for (std::size_t i = 1; i < block.inner.size(); ++i) {
            auto const next = draw_block(block.inner[i]);
            flow(ends.out, next.in);
            ends.out = next.out;
        }
        return ends;
    }
    Ends outcomes(Block const& block) {
        auto const ask = node("t", block, "user task");
        auto const split = node("x", block, "exclusive gateway");
        auto const merge = node("m", block, "exclusive gateway");
        flow(ask, split);
        for (auto const& inner : block.inner) {
            auto const ends = draw_block(inner);
            flow(split, ends.in, fmt::format("outcome = \"o{}\"", inner.number));
            flow(ends.out, merge);
        }
        return {ask, merge};
    }
    Ends branches(Block const& block, char const* splits, char const* joins) {
        auto const split = node("x", block, splits);
        auto const join = node("m", block, joins);
        bool const decides = block.kind != Kind::parallel && block.kind != Kind::doubled;
        for (std::size_t i = 0; i < block.inner.size(); ++i) {
            auto const ends = draw_block(block.inner[i]);
            flow(split, ends.in, decides ? block.conditions[i] : "");
            flow(ends.out, join);
        }
        bordered(block, split);
        return {split, join};
    }
    // A person or a variable sends it round again; a person is asked on every way round, so that it waits.
    Ends around(Block const& block) {
        bool const counted = block.kind == Kind::counted;
        auto const merge = node("m", block, "exclusive gateway");
        auto const inner = draw_block(block.inner[0]);
        auto const ask = node("t", block, "user task");
        auto const split = node("x", block, "exclusive gateway");
        auto const out = node("s", block, "task");
        flow(merge, inner.in);
        flow(inner.out, ask);
        if (counted) {
            auto const count = node("c", block, "script n = n + 1");
            flow(ask, count);
            flow(count, split);
        } else {
            flow(ask, split);
        }
        flow(split, merge, counted ? "n < 3" : "outcome = \"again\"");
        flow(split, out, counted ? "otherwise" : "outcome = \"go\"");
        return {merge, out};
    }
    Ends events(Block const& block) {
        auto const split = node("x", block, "event gateway");
        auto const merge = node("m", block, "exclusive gateway");
        for (std::size_t i = 0; i < block.inner.size(); ++i) {
            auto const event = node(fmt::format("w{}x{}", block.number, i), block.conditions[i]);
            auto const ends = draw_block(block.inner[i]);
            flow(split, event);
            flow(event, ends.in);
            flow(ends.out, merge);
        }
        return {split, merge};
    }
    Ends gathered(Block const& block) {
        auto const task = node("t", block, "user task");
        auto const join = node("m", block, "inclusive gateway");
        auto const event = fmt::format("b{}", block.number);
        lines_.push_back(fmt::format("{}: {} beside {}", event, block.what, task));
        auto const inner = draw_block(block.inner[0]);
        flow(task, join);
        flow(event, inner.in);
        flow(inner.out, join);
        return {task, join};
    }

    std::vector<std::string> lines_;
    std::string scope_;  // the sub-process that is being drawn
};

}  // namespace

std::vector<std::string> drawn(Block const& process) {
    return Draughtsman().draw(process);
}

}  // namespace keepword::bpmn::testing_aid
