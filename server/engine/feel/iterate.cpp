#include "engine/feel/evaluator.hpp"

// Contexts, filters, `for`, `some` and `every`: what gives names of its own to parts of an expression.
namespace keepword::feel {
namespace {

// Whether a filter's condition can be a position. Those that cannot need not be tried as one.
bool may_be_number(Node const& node) {
    switch (node.op) {
        case Op::list:
        case Op::context:
        case Op::equal:
        case Op::unequal:
        case Op::less:
        case Op::less_equal:
        case Op::greater:
        case Op::greater_equal:
        case Op::and_:
        case Op::or_:
        case Op::between:
        case Op::in:
        case Op::for_:
        case Op::some:
        case Op::every:
            return false;
        default:
            return true;
    }
}

std::optional<std::int64_t> integer(json::value const& v) {
    auto const n = whole(v);
    return n && static_cast<double>(*n) == *number(v) ? n : std::nullopt;
}

// The item at a position, counted from 1 or, if negative, from the end.
Value item_at(Value list, std::int64_t position) {
    bool const is_list = list.get().is_array();
    auto const size = is_list ? static_cast<std::int64_t>(list.get().get_array().size()) : 1;
    if (position == 0 || position > size || position < -size) return {};
    if (!is_list) return list;
    auto const& item = list.get().get_array()[static_cast<std::size_t>(position > 0 ? position - 1 : size + position)];
    return std::move(list).part(item);
}

json::object const* members_of(json::value const& v) {
    return v.is_object() ? &v.get_object() : nullptr;
}

}  // namespace

// An entry sees those before it.
Value Evaluator::context(Node const& node) {
    json::object out;
    Block const block(locals_);
    locals_.push_back({.members = &out});
    for (std::size_t i = 0; i < node.kids.size(); ++i) {
        if (!budget_.hold(2 * bytes_of_scalar + static_cast<std::int64_t>(node.path[i].size()))) return {};
        auto value = taken(node.kids[i]);
        out[node.path[i]] = std::move(value);
    }
    return Value::own(std::move(out));
}

// What is no list is taken for a list of it. A number outside of the items' scope is a position.
Value Evaluator::filter(Node const& node) {
    auto target = evaluate(node.kids[0]);
    if (target.get().is_null()) return {};
    if (may_be_number(program_.at(node.kids[1]))) {
        auto const outside = evaluate(node.kids[1]);
        if (outside.get().is_number()) return item_at(std::move(target), integer(outside.get()).value_or(0));
    }
    if (target.get().is_array()) return filtered(target, node.kids[1]);
    json::array one;
    one.push_back(std::move(target).take(budget_));
    return filtered(Value::own(std::move(one)), node.kids[1]);
}

Value Evaluator::filtered(Value const& list, std::uint32_t condition) {
    json::array out;
    for (auto const& item : list.get().get_array()) {
        Block const block(locals_);
        locals_.push_back({.name = "item", .value = &item, .members = members_of(item)});
        if (truth(evaluate(condition).get()) == Truth(true)) out.push_back(Value::borrow(item).take(budget_));
        if (budget_.spent()) return {};
    }
    return Value::own(std::move(out));
}

// Calls the body, which says whether to go on, for every combination of what the node's names go through, the last
// name fastest. False where something is gone through that is no list and no range of whole numbers.
template <class Body>
bool Evaluator::iterate(Node const& node, std::size_t which, Body const& body) {
    if (which == node.path.size()) return body(), true;
    Node const& domain = program_.at(node.kids[which]);
    auto const each = [&](json::value const& value) {
        Block const block(locals_);
        locals_.push_back({.name = node.path[which], .value = &value});
        return budget_.work(1) && iterate(node, which + 1, body) && !budget_.spent();
    };
    if (domain.op != Op::range) {
        auto const through = evaluate(node.kids[which]);
        if (!through.get().is_array()) return false;
        for (auto const& value : through.get().get_array()) {
            if (!each(value)) return false;
        }
        return true;
    }
    auto const first = integer(evaluate(domain.kids[0]).get());
    auto const last = integer(evaluate(domain.kids[1]).get());
    if (!first || !last) return false;
    // A range goes downwards where it ends below its beginning.
    std::int64_t const by = *first <= *last ? 1 : -1;
    for (auto i = *first;; i += by) {
        if (!each(i)) return false;
        if (i == *last) return true;
    }
}

// `partial` is the list as far as it is made.
Value Evaluator::for_each(Node const& node) {
    json::value out = json::array();
    bool const whole_list = iterate(node, 0, [&] {
        Block const block(locals_);
        locals_.push_back({.name = "partial", .value = &out});
        if (!budget_.hold(bytes_of_scalar)) return;
        auto value = taken(node.kids.back());
        out.get_array().push_back(std::move(value));
    });
    return whole_list ? Value::own(std::move(out)) : Value();
}

// `some` is the conditions connected with `or`, `every` with `and`.
Value Evaluator::quantify(Node const& node) {
    bool const some = node.op == Op::some;
    Truth out = !some;
    bool const whole_list = iterate(node, 0, [&] {
        if (out == Truth(some)) return;
        auto const holds = truth(evaluate(node.kids.back()).get());
        out = some ? either(out, holds) : both(out, holds);
    });
    return whole_list ? Value::of(out) : Value();
}

}  // namespace keepword::feel
