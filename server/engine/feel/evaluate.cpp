#include <cmath>

#include "engine/feel/feel.hpp"
#include "engine/feel/program.hpp"
#include "foundation/text.hpp"

namespace keepword::feel {
namespace {

// A truth of FEEL's three-valued logic: std::nullopt is null.
using Truth = std::optional<bool>;

// A value that is either borrowed (from the context or the syntax tree) or made on the way; borrowing keeps texts from
// being copied for every comparison. What it borrows from outlives the evaluation.
class Value {
  public:
    Value() = default;
    static Value borrow(json::value const& v) {
        Value out;
        out.borrowed_ = &v;
        return out;
    }
    static Value own(json::value v) {
        Value out;
        out.own_ = std::move(v);
        return out;
    }
    static Value of(Truth truth) { return truth ? own(*truth) : Value(); }

    json::value const& get() const { return borrowed_ != nullptr ? *borrowed_ : own_; }
    json::value release() && { return borrowed_ != nullptr ? *borrowed_ : std::move(own_); }

  private:
    json::value own_;
    json::value const* borrowed_ = nullptr;
};

Truth truth(json::value const& v) {
    return v.is_bool() ? Truth(v.get_bool()) : std::nullopt;
}
std::optional<double> number(json::value const& v) {
    if (v.is_int64()) return static_cast<double>(v.get_int64());
    if (v.is_uint64()) return static_cast<double>(v.get_uint64());
    if (v.is_double()) return v.get_double();
    return std::nullopt;
}

// Whole numbers become integers, so that `1 + 1` is written 2 and compares with what JSON calls an integer.
Value make_number(double n) {
    constexpr double exact = 9'007'199'254'740'992.0;
    if (!std::isfinite(n)) return {};
    if (n == std::floor(n) && std::abs(n) <= exact) return Value::own(static_cast<std::int64_t>(n));
    return Value::own(n);
}

// `=`: null is equal to null only; values of different kinds are not comparable, which is null.
Truth equal(json::value const& a, json::value const& b) {
    if (a.is_null() || b.is_null()) return a.is_null() && b.is_null();
    if (auto const x = number(a), y = number(b); x || y) return x && y ? Truth(*x == *y) : std::nullopt;
    if (a.kind() != b.kind()) return std::nullopt;
    if (a.is_string()) return a.get_string() == b.get_string();
    if (a.is_bool()) return a.get_bool() == b.get_bool();
    if (a.is_array()) {
        auto const& x = a.get_array();
        auto const& y = b.get_array();
        if (x.size() != y.size()) return false;
        for (std::size_t i = 0; i < x.size(); ++i) {
            if (equal(x[i], y[i]) != Truth(true)) return false;
        }
        return true;
    }
    auto const& x = a.get_object();
    auto const& y = b.get_object();
    if (x.size() != y.size()) return false;
    for (auto const& [key, item] : x) {
        auto const* other = y.if_contains(key);
        if (other == nullptr || equal(item, *other) != Truth(true)) return false;
    }
    return true;
}

// -1, 0 or 1 for two numbers or two texts (by code point); nothing else has an order.
std::optional<int> order(json::value const& a, json::value const& b) {
    if (auto const x = number(a), y = number(b); x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
    if (!a.is_string() || !b.is_string()) return std::nullopt;
    int const c = a.get_string().compare(b.get_string());
    return c < 0 ? -1 : c > 0 ? 1 : 0;
}

Truth compare(Op op, json::value const& a, json::value const& b) {
    if (op == Op::equal) return equal(a, b);
    if (op == Op::unequal) {
        auto const same = equal(a, b);
        return same ? Truth(!*same) : std::nullopt;
    }
    auto const o = order(a, b);
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

Truth both(Truth a, Truth b) {
    if (a == Truth(false) || b == Truth(false)) return false;
    if (!a || !b) return std::nullopt;
    return true;
}
Truth either(Truth a, Truth b) {
    if (a == Truth(true) || b == Truth(true)) return true;
    if (!a || !b) return std::nullopt;
    return false;
}

// A list has a value where `=` says so; whoever asks for null finds null.
bool list_contains(json::array const& list, json::value const& wanted) {
    for (auto const& item : list) {
        if (equal(item, wanted) == Truth(true)) return true;
    }
    return false;
}

// One member of a context, or of every context in a list.
Value member(Value const& of, std::string const& name) {
    auto const& v = of.get();
    if (v.is_object()) {
        auto const* found = v.get_object().if_contains(name);
        return found != nullptr ? Value::own(*found) : Value();
    }
    if (!v.is_array()) return {};
    json::array out;
    for (auto const& item : v.get_array()) {
        auto const* found = item.is_object() ? item.get_object().if_contains(name) : nullptr;
        out.push_back(found != nullptr ? *found : json::value(nullptr));
    }
    return Value::own(std::move(out));
}

class Evaluator {
  public:
    Evaluator(Program const& program, Scopes scopes) : program_(program), scopes_(scopes) {}

    Value evaluate(std::uint32_t at) const {
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
            case Op::negate: {
                auto const n = number(evaluate(node.kids[0]).get());
                return n ? make_number(-*n) : Value();
            }
            case Op::add:
            case Op::subtract:
            case Op::multiply:
            case Op::divide:
                return arithmetic(node);
            case Op::and_:
            case Op::or_:
                return connect(node);
            case Op::if_: {
                // Only true takes the first branch; null and what is no truth at all take the second.
                bool const yes = truth(evaluate(node.kids[0]).get()) == Truth(true);
                return evaluate(node.kids[yes ? 1 : 2]);
            }
            case Op::between: {
                auto const v = evaluate(node.kids[0]);
                auto const low = evaluate(node.kids[1]);
                auto const high = evaluate(node.kids[2]);
                return Value::of(
                    both(compare(Op::greater_equal, v.get(), low.get()), compare(Op::less_equal, v.get(), high.get())));
            }
            case Op::in:
                return membership(node);
            case Op::call:
                return call(node);
            case Op::range:
            case Op::test:
                return {};  // only inside `in`, which reads them itself
            default:
                return Value::of(compare(node.op, evaluate(node.kids[0]).get(), evaluate(node.kids[1]).get()));
        }
    }

  private:
    Value look_up(std::vector<std::string> const& path) const {
        for (auto const* scope : scopes_) {
            auto const* found = scope->if_contains(path[0]);
            if (found == nullptr) continue;
            Value out = Value::borrow(*found);
            for (std::size_t i = 1; i < path.size(); ++i) {
                auto const& v = out.get();
                if (!v.is_object()) {
                    out = member(out, path[i]);
                    continue;
                }
                auto const* inner = v.get_object().if_contains(path[i]);
                if (inner == nullptr) return {};
                out = Value::borrow(*inner);
            }
            return out;
        }
        return {};
    }

    Value list(Node const& node) const {
        json::array out;
        out.reserve(node.kids.size());
        for (auto const kid : node.kids) out.push_back(evaluate(kid).release());
        return Value::own(std::move(out));
    }

    Value arithmetic(Node const& node) const {
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
                default:
                    return *b == 0 ? Value() : make_number(*a / *b);
            }
        }
        if (node.op == Op::add && left.get().is_string() && right.get().is_string()) {
            json::string joined = left.get().get_string();
            joined += right.get().get_string();
            return Value::own(std::move(joined));
        }
        return {};
    }

    Value connect(Node const& node) const {
        auto const a = truth(evaluate(node.kids[0]).get());
        bool const decided = a == Truth(node.op == Op::or_);
        if (decided) return Value::of(a);
        auto const b = truth(evaluate(node.kids[1]).get());
        return Value::of(node.op == Op::and_ ? both(a, b) : either(a, b));
    }

    Value membership(Node const& node) const {
        auto const v = evaluate(node.kids[0]);
        Truth any = false;
        for (std::size_t i = 1; i < node.kids.size(); ++i)
            any = either(any, passes(v.get(), program_.at(node.kids[i]), node.kids[i]));
        return Value::of(any);
    }

    // One test of `in`: a range, a comparison, a list that has the value, or a value equal to it.
    Truth passes(json::value const& v, Node const& test, std::uint32_t at) const {
        if (test.op == Op::test) return compare(test.comparison, v, evaluate(test.kids[0]).get());
        if (test.op == Op::range) {
            auto const low = evaluate(test.kids[0]);
            auto const high = evaluate(test.kids[1]);
            return both(compare(test.low_open ? Op::greater : Op::greater_equal, v, low.get()),
                        compare(test.high_open ? Op::less : Op::less_equal, v, high.get()));
        }
        auto const against = evaluate(at);
        if (against.get().is_array() && !v.is_array()) return list_contains(against.get().get_array(), v);
        if (against.get().is_array() && list_contains(against.get().get_array(), v)) return true;
        return equal(v, against.get());
    }

    Value call(Node const& node) const {
        auto const first = evaluate(node.kids[0]);
        auto const second = node.kids.size() > 1 ? evaluate(node.kids[1]) : Value();
        json::value const& a = first.get();
        json::value const& b = second.get();
        bool const texts = a.is_string() && b.is_string();
        auto const text_a = a.is_string() ? std::string_view(a.get_string()) : std::string_view();
        auto const text_b = b.is_string() ? std::string_view(b.get_string()) : std::string_view();
        switch (node.function) {
            case Function::not_: {
                auto const t = truth(a);
                return t ? Value::own(!*t) : Value();
            }
            case Function::count:
                return a.is_array() ? Value::own(static_cast<std::int64_t>(a.get_array().size())) : Value();
            case Function::contains:
                return texts ? Value::own(text_a.find(text_b) != text_a.npos) : Value();
            case Function::starts_with:
                return texts ? Value::own(text_a.starts_with(text_b)) : Value();
            case Function::ends_with:
                return texts ? Value::own(text_a.ends_with(text_b)) : Value();
            case Function::string_length:
                return a.is_string() ? Value::own(static_cast<std::int64_t>(text::length(text_a))) : Value();
            case Function::list_contains:
                return a.is_array() ? Value::own(list_contains(a.get_array(), b)) : Value();
        }
        return {};
    }

    Program const& program_;
    Scopes scopes_;
};

}  // namespace

json::value evaluate(Expression const& expression, Scopes scopes) {
    Program const& program = expression.program();
    return Evaluator(program, scopes).evaluate(program.root).release();
}

json::value evaluate(Expression const& expression, json::object const& context) {
    json::object const* const only = &context;
    return evaluate(expression, Scopes(&only, 1));
}

bool holds(Expression const& expression, Scopes scopes) {
    Program const& program = expression.program();
    return truth(Evaluator(program, scopes).evaluate(program.root).get()) == Truth(true);
}

bool holds(Expression const& expression, json::object const& context) {
    json::object const* const only = &context;
    return holds(expression, Scopes(&only, 1));
}

}  // namespace keepword::feel
