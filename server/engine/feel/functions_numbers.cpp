#include <algorithm>
#include <cmath>

#include "engine/feel/functions.hpp"

// Numbers, truths, and what is made of a list of them. An operand is a number where the table says so.
namespace keepword::feel::builtin {
namespace {

double at(Arguments arguments, std::size_t i) {
    return feel::number(arguments[i].get()).value_or(0);
}

// f(n) to so many digits after the point. A scale that makes no number of it leaves n alone.
template <class F>
Value rounded(Arguments arguments, F const& f) {
    double const n = at(arguments, 0);
    double const scale = std::pow(10.0, arguments.size() > 1 ? at(arguments, 1) : 0);
    double const out = f(n * scale) / scale;
    return make_number(std::isfinite(out) ? out : n);
}

bool is_half(double n) {
    return std::abs(std::fmod(n, 1.0)) == 0.5;
}
double away_from_zero(double n) {
    return n > 0 ? std::ceil(n) : std::floor(n);
}

// The items that such a function goes over: those of its only argument, where that is a list, or else its arguments.
class Items {
  public:
    explicit Items(Arguments arguments) : arguments_(arguments) {
        if (arguments.size() == 1 && arguments[0].get().is_array()) list_ = &arguments[0].get().get_array();
    }
    std::size_t size() const { return list_ != nullptr ? list_->size() : arguments_.size(); }
    json::value const& operator[](std::size_t i) const { return list_ != nullptr ? (*list_)[i] : arguments_[i].get(); }

  private:
    Arguments arguments_;
    json::array const* list_ = nullptr;
};

std::optional<double> total(Items const& items) {
    if (items.size() == 0) return std::nullopt;
    double out = 0;
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto const n = feel::number(items[i]);
        if (!n) return std::nullopt;
        out += *n;
    }
    return out;
}

// The first item that none comes before (sign 1: after) it; null where some cannot be ordered.
Value extreme(Arguments arguments, int sign, Budget& budget) {
    Items const items(arguments);
    if (items.size() == 0) return {};
    json::value const* best = &items[0];
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto const o = order(items[i], *best, budget);
        if (!o) return {};
        if (*o == sign) best = &items[i];
    }
    return Value::own(Value::borrow(*best).take(budget));
}

Value connected(Arguments arguments, bool start, Truth (*with)(Truth, Truth)) {
    Items const items(arguments);
    Truth out = start;
    for (std::size_t i = 0; i < items.size(); ++i) out = with(out, truth(items[i]));
    return Value::of(out);
}

}  // namespace

Value not_(Arguments arguments, Budget&) {
    return Value::of(!arguments[0].get().get_bool());
}

Value abs(Arguments arguments, Budget&) {
    return make_number(std::abs(at(arguments, 0)));
}

// It has the sign of the divisor.
Value modulo(Arguments arguments, Budget&) {
    double const divisor = at(arguments, 1);
    if (divisor == 0) return {};
    double const rest = std::fmod(at(arguments, 0), divisor);
    return make_number(rest != 0 && (rest < 0) != (divisor < 0) ? rest + divisor : rest);
}

Value floor(Arguments arguments, Budget&) {
    return rounded(arguments, [](double n) { return std::floor(n); });
}
Value ceiling(Arguments arguments, Budget&) {
    return rounded(arguments, [](double n) { return std::ceil(n); });
}
Value decimal(Arguments arguments, Budget&) {
    return rounded(arguments, [](double n) { return std::nearbyint(n); });  // halves to the even neighbour
}
Value round_up(Arguments arguments, Budget&) {
    return rounded(arguments, away_from_zero);
}
Value round_down(Arguments arguments, Budget&) {
    return rounded(arguments, [](double n) { return std::trunc(n); });
}
Value round_half_up(Arguments arguments, Budget&) {
    return rounded(arguments, [](double n) { return is_half(n) ? away_from_zero(n) : std::nearbyint(n); });
}
Value round_half_down(Arguments arguments, Budget&) {
    return rounded(arguments, [](double n) { return is_half(n) ? std::trunc(n) : std::nearbyint(n); });
}

Value sum(Arguments arguments, Budget&) {
    auto const all_of_it = total(Items(arguments));
    return all_of_it ? make_number(*all_of_it) : Value();
}
Value mean(Arguments arguments, Budget&) {
    Items const items(arguments);
    auto const all_of_it = total(items);
    return all_of_it ? make_number(*all_of_it / static_cast<double>(items.size())) : Value();
}
Value min(Arguments arguments, Budget& budget) {
    return extreme(arguments, -1, budget);
}
Value max(Arguments arguments, Budget& budget) {
    return extreme(arguments, 1, budget);
}

Value all(Arguments arguments, Budget&) {
    return connected(arguments, true, both);
}
Value any(Arguments arguments, Budget&) {
    return connected(arguments, false, either);
}

}  // namespace keepword::feel::builtin
