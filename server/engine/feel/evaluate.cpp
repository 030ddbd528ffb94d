#include <boost/container/small_vector.hpp>

#include <cmath>

#include "engine/feel/evaluator.hpp"

namespace keepword::feel {

json::value Evaluator::result() {
    auto value = all();
    if (!value.get().is_structured() && !value.get().is_string()) return value.get();
    auto out = std::move(value).take(budget_);
    return budget_.spent() || levels_of(out) > max_levels ? json::value() : out;
}

Value Evaluator::evaluate(std::uint32_t at) {
    if (!budget_.work(Budget::step)) return {};
    Node const& node = program_.at(at);
    switch (node.op) {
        case Op::literal:
            return Value::borrow(node.value);
        case Op::name:
            return look_up(node.path);
        case Op::member:
            return member(evaluate(node.kids[0]), node.path[0]);
        case Op::list:
            return list(node);
        case Op::context:
            return context(node);
        case Op::filter:
            return filter(node);
        case Op::negate:
            return negate(node);
        case Op::add:
        case Op::subtract:
        case Op::multiply:
        case Op::divide:
        case Op::power:
            return arithmetic(node);
        case Op::and_:
        case Op::or_:
            return connect(node);
        case Op::if_: {
            // Only true takes the first branch; null and what is no truth at all take the second.
            bool const yes = truth(evaluate(node.kids[0]).get()) == Truth(true);
            return evaluate(node.kids[yes ? 1 : 2]);
        }
        case Op::between:
            return between(node);
        case Op::in:
            return membership(node);
        case Op::for_:
            return for_each(node);
        case Op::some:
        case Op::every:
            return quantify(node);
        case Op::call:
            return call(node);
        case Op::range:
        case Op::test:
            return {};  // only inside of what reads them itself
        default:
            return compare(node);
    }
}

json::value const* Evaluator::find(std::string const& name) const {
    for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
        if (local->members != nullptr) {
            if (auto const* found = local->members->if_contains(name)) return found;
        }
        if (local->value != nullptr && local->name == name) return local->value;
    }
    for (auto const* scope : scopes_) {
        if (auto const* found = scope->if_contains(name)) return found;
    }
    return nullptr;
}

Value Evaluator::look_up(std::vector<std::string> const& path) {
    auto const* found = find(path[0]);
    if (found == nullptr) return {};
    std::size_t i = 1;
    for (; i < path.size() && found->is_object(); ++i) {
        found = found->get_object().if_contains(path[i]);
        if (found == nullptr) return {};
    }
    auto out = Value::borrow(*found);
    for (; i < path.size(); ++i) out = member(std::move(out), path[i]);
    return out;
}

// One member of a context, or of every context in a list.
Value Evaluator::member(Value of, std::string const& name) {
    auto const& v = of.get();
    if (v.is_object()) {
        auto const* found = v.get_object().if_contains(name);
        return found != nullptr ? std::move(of).part(*found) : Value();
    }
    if (!v.is_array()) return {};
    json::array out;
    for (auto const& item : v.get_array()) {
        if (!budget_.work(1) || !budget_.hold(bytes_of_scalar)) return {};
        auto const* found = item.is_object() ? item.get_object().if_contains(name) : nullptr;
        out.push_back(found != nullptr ? Value::borrow(*found).take(budget_) : json::value());
    }
    return Value::own(std::move(out));
}

Value Evaluator::list(Node const& node) {
    json::array out;
    out.reserve(node.kids.size());
    for (auto const kid : node.kids) {
        if (!budget_.hold(bytes_of_scalar)) return {};
        out.push_back(taken(kid));
    }
    return Value::own(std::move(out));
}

Value Evaluator::negate(Node const& node) {
    auto const n = number(evaluate(node.kids[0]).get());
    return n ? make_number(-*n) : Value();
}

Value Evaluator::arithmetic(Node const& node) {
    auto const left = evaluate(node.kids[0]);
    auto const right = evaluate(node.kids[1]);
    auto const a = number(left.get());
    auto const b = number(right.get());
    if (a && b) {
        switch (node.op) {
            case Op::add:
                return make_number(*a + *b);
            case Op::subtract:
                return make_number(*a - *b);
            case Op::multiply:
                return make_number(*a * *b);
            case Op::power:
                return make_number(std::pow(*a, *b));
            default:
                return *b == 0 ? Value() : make_number(*a / *b);
        }
    }
    if (node.op != Op::add || !left.get().is_string() || !right.get().is_string()) return {};
    if (!budget_.hold(bytes_of(left.get()) + bytes_of(right.get()))) return {};
    json::string joined = left.get().get_string();
    joined += right.get().get_string();
    return Value::own(std::move(joined));
}

Truth Evaluator::compare(Op op, json::value const& a, json::value const& b) {
    if (op == Op::equal) return equal(a, b, budget_);
    if (op == Op::unequal) {
        auto const same = equal(a, b, budget_);
        return same ? Truth(!*same) : std::nullopt;
    }
    auto const o = order(a, b, budget_);
    if (!o) return std::nullopt;
    switch (op) {
        case Op::less:
            return *o < 0;
        case Op::less_equal:
            return *o <= 0;
        case Op::greater:
            return *o > 0;
        default:
            return *o >= 0;
    }
}

Value Evaluator::compare(Node const& node) {
    auto const left = evaluate(node.kids[0]);
    auto const right = evaluate(node.kids[1]);
    return Value::of(compare(node.op, left.get(), right.get()));
}

Value Evaluator::between(Node const& node) {
    auto const v = evaluate(node.kids[0]);
    auto const low = evaluate(node.kids[1]);
    auto const high = evaluate(node.kids[2]);
    return Value::of(
        both(compare(Op::greater_equal, v.get(), low.get()), compare(Op::less_equal, v.get(), high.get())));
}

Value Evaluator::connect(Node const& node) {
    auto const a = truth(evaluate(node.kids[0]).get());
    bool const decided = a == Truth(node.op == Op::or_);
    if (decided) return Value::of(a);
    auto const b = truth(evaluate(node.kids[1]).get());
    return Value::of(node.op == Op::and_ ? both(a, b) : either(a, b));
}

Value Evaluator::membership(Node const& node) {
    auto const v = evaluate(node.kids[0]);
    Truth any = false;
    for (std::size_t i = 1; i < node.kids.size(); ++i)
        any = either(any, passes(v.get(), program_.at(node.kids[i]), node.kids[i]));
    return Value::of(any);
}

// One test of `in`: a range, a comparison, a list that has the value, or a value equal to it.
Truth Evaluator::passes(json::value const& v, Node const& test, std::uint32_t at) {
    if (test.op == Op::test) return compare(test.comparison, v, evaluate(test.kids[0]).get());
    if (test.op == Op::range) {
        auto const low = evaluate(test.kids[0]);
        auto const high = evaluate(test.kids[1]);
        return both(compare(test.low_open ? Op::greater : Op::greater_equal, v, low.get()),
                    compare(test.high_open ? Op::less : Op::less_equal, v, high.get()));
    }
    auto const against = evaluate(at);
    if (against.get().is_array()) {
        if (list_contains(against.get().get_array(), v, budget_)) return true;
        if (!v.is_array()) return false;
    }
    return equal(v, against.get(), budget_);
}

Value Evaluator::call(Node const& node) {
    boost::container::small_vector<Value, 3> arguments;
    for (auto const kid : node.kids) arguments.push_back(evaluate(kid));
    return feel::call(*node.function, arguments, budget_);
}

json::value evaluate(Expression const& expression, Scopes scopes) {
    return Evaluator(expression.program(), scopes).result();
}

json::value evaluate(Expression const& expression, json::object const& context) {
    json::object const* const only = &context;
    return evaluate(expression, Scopes(&only, 1));
}

bool holds(Expression const& expression, Scopes scopes) {
    return truth(Evaluator(expression.program(), scopes).all().get()) == Truth(true);
}

bool holds(Expression const& expression, json::object const& context) {
    json::object const* const only = &context;
    return holds(expression, Scopes(&only, 1));
}

}  // namespace keepword::feel
