#include <algorithm>
#include <unordered_set>

#include "engine/feel/functions.hpp"

// Lists and contexts. Positions begin with 1; -1 is the last one.
namespace keepword::feel::builtin {
namespace {

json::array const& list_at(Arguments arguments, std::size_t i) {
    return arguments[i].get().get_array();
}

// Appends copies, as far as there is room.
void copy(json::array const& from, json::array& to, Budget& budget) {
    for (auto const& item : from) to.push_back(Value::borrow(item).take(budget));
}
json::value copy(json::value const& v, Budget& budget) {
    return Value::borrow(v).take(budget);
}

// Collects values, each once. Texts and numbers are looked up; what has parts is compared one by one.
class Distinct {
  public:
    explicit Distinct(Budget& budget) : budget_(budget) {}

    void add(json::array const& list) {
        for (auto const& item : list) {
            if (budget_.work(1) && is_new(item)) out_.push_back(copy(item, budget_));
        }
    }
    json::array all() && { return std::move(out_); }

  private:
    bool is_new(json::value const& item) {
        if (item.is_string()) return texts_.insert(std::string(item.get_string())).second;
        if (auto const n = feel::number(item)) return numbers_.insert(*n).second;
        return !feel::list_contains(out_, item, budget_);
    }

    Budget& budget_;
    json::array out_;
    std::unordered_set<std::string> texts_;
    std::unordered_set<double> numbers_;
};

void flatten(json::array const& from, json::array& to, Budget& budget) {
    for (auto const& item : from) {
        if (!budget.work(1)) return;
        if (item.is_array()) {
            flatten(item.get_array(), to, budget);
        } else {
            to.push_back(copy(item, budget));
        }
    }
}

// The context with the value at the end of a way of keys; null where the way leads through what is no context.
json::value put(json::value const& context, std::span<json::value const> keys, Value const& value, Budget& budget) {
    if (!context.is_object() || keys.empty() || !keys[0].is_string() || !budget.work(Budget::step)) return nullptr;
    auto const* inner = context.get_object().if_contains(keys[0].get_string());
    json::value last;
    if (keys.size() == 1) {
        last = copy(value.get(), budget);
    } else {
        if (inner != nullptr) last = put(*inner, keys.subspan(1), value, budget);
        if (last.is_null()) return nullptr;
    }
    json::value out = copy(context, budget);
    if (out.is_object()) out.get_object()[keys[0].get_string()] = std::move(last);
    return out;
}

}  // namespace

Value count(Arguments arguments, Budget&) {
    return Value::own(static_cast<std::int64_t>(list_at(arguments, 0).size()));
}
Value list_contains(Arguments arguments, Budget& budget) {
    return Value::of(feel::list_contains(list_at(arguments, 0), arguments[1].get(), budget));
}

Value index_of(Arguments arguments, Budget& budget) {
    json::array out;
    auto const& list = list_at(arguments, 0);
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (equal(list[i], arguments[1].get(), budget) != Truth(true)) continue;
        if (budget.hold(bytes_of_scalar)) out.push_back(static_cast<std::int64_t>(i) + 1);
    }
    return Value::own(std::move(out));
}

Value append(Arguments arguments, Budget& budget) {
    json::array out;
    copy(list_at(arguments, 0), out, budget);
    for (auto const& item : arguments.subspan(1)) out.push_back(copy(item.get(), budget));
    return Value::own(std::move(out));
}
Value concatenate(Arguments arguments, Budget& budget) {
    json::array out;
    for (std::size_t i = 0; i < arguments.size(); ++i) copy(list_at(arguments, i), out, budget);
    return Value::own(std::move(out));
}

Value union_(Arguments arguments, Budget& budget) {
    Distinct out(budget);
    for (std::size_t i = 0; i < arguments.size(); ++i) out.add(list_at(arguments, i));
    return Value::own(std::move(out).all());
}
Value distinct_values(Arguments arguments, Budget& budget) {
    return union_(arguments, budget);
}
Value flatten(Arguments arguments, Budget& budget) {
    json::array out;
    flatten(list_at(arguments, 0), out, budget);
    return Value::own(std::move(out));
}
Value reverse(Arguments arguments, Budget& budget) {
    json::array out;
    copy(list_at(arguments, 0), out, budget);
    std::ranges::reverse(out);
    return Value::own(std::move(out));
}

Value sublist(Arguments arguments, Budget& budget) {
    auto const& list = list_at(arguments, 0);
    auto const part = part_of(static_cast<std::int64_t>(list.size()), arguments);
    if (!part) return {};
    json::array out;
    for (std::int64_t i = 0; i < part->second; ++i) {
        out.push_back(copy(list[static_cast<std::size_t>(part->first + i)], budget));
    }
    return Value::own(std::move(out));
}

Value insert_before(Arguments arguments, Budget& budget) {
    auto const where = index_at(arguments[1], static_cast<std::int64_t>(list_at(arguments, 0).size()));
    if (!where) return {};
    json::array out;
    copy(list_at(arguments, 0), out, budget);
    out.insert(out.begin() + *where, copy(arguments[2].get(), budget));
    return Value::own(std::move(out));
}
Value remove(Arguments arguments, Budget& budget) {
    auto const where = index_at(arguments[1], static_cast<std::int64_t>(list_at(arguments, 0).size()));
    if (!where) return {};
    json::array out;
    copy(list_at(arguments, 0), out, budget);
    out.erase(out.begin() + *where);
    return Value::own(std::move(out));
}

Value get_value(Arguments arguments, Budget& budget) {
    auto const* found = arguments[0].get().get_object().if_contains(arguments[1].get().get_string());
    return found != nullptr ? Value::own(copy(*found, budget)) : Value();
}

Value get_entries(Arguments arguments, Budget& budget) {
    json::array out;
    for (auto const& [key, value] : arguments[0].get().get_object()) {
        if (!budget.hold(4 * bytes_of_scalar + static_cast<std::int64_t>(key.size()))) return {};
        out.push_back(json::object{{"key", key}, {"value", copy(value, budget)}});
    }
    return Value::own(std::move(out));
}

// The key may be a list: the way through contexts in contexts.
Value context_put(Arguments arguments, Budget& budget) {
    json::value const& key = arguments[1].get();
    auto const keys = key.is_array() ? std::span<json::value const>(key.get_array().data(), key.get_array().size())
                                     : std::span<json::value const>(&key, 1);
    return Value::own(put(arguments[0].get(), keys, arguments[2], budget));
}

Value context_merge(Arguments arguments, Budget& budget) {
    json::object out;
    for (auto const& one : list_at(arguments, 0)) {
        if (!one.is_object()) return {};
        for (auto const& [key, value] : one.get_object()) {
            if (!budget.hold(bytes_of_scalar + static_cast<std::int64_t>(key.size()))) return {};
            out[key] = copy(value, budget);
        }
    }
    return Value::own(std::move(out));
}

}  // namespace keepword::feel::builtin
