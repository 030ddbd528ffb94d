#include <algorithm>
#include <set>

#include "engine/bpmn/core.hpp"

// States and events as JSON: what is stored, and what is kept for replay.
namespace keepword::bpmn {
namespace {

constexpr std::int64_t version = 1;

json::string text(std::string const& s) {
    return json::string(s);
}

// Reads members and remembers whether anything did not fit, so that the code below stays one line per member.
class Reader {
  public:
    Reader(json::value const& v, bool& good) : object_(v.if_object()), good_(good) {
        if (object_ == nullptr) good_ = false;
    }

    json::value const* member(char const* name) const {
        return object_ == nullptr ? nullptr : object_->if_contains(name);
    }

    std::string word(char const* name) {
        auto const* v = member(name);
        if (v == nullptr) return "";
        if (!v->is_string()) good_ = false;
        return v->is_string() ? std::string(v->get_string()) : "";
    }
    std::int64_t number(char const* name) {
        auto const* v = member(name);
        if (v == nullptr) return 0;
        if (!v->is_int64() || v->get_int64() < 0) good_ = false;
        return v->is_int64() ? v->get_int64() : 0;
    }
    std::uint32_t count(char const* name) {
        return static_cast<std::uint32_t>(std::min<std::int64_t>(number(name), UINT32_MAX));
    }
    json::object object(char const* name) {
        auto const* v = member(name);
        if (v == nullptr) return {};
        if (!v->is_object()) good_ = false;
        return v->is_object() ? v->get_object() : json::object();
    }
    json::array const& list(char const* name) {
        static json::array const empty;
        auto const* v = member(name);
        if (v == nullptr) return empty;
        if (!v->is_array()) good_ = false;
        return v->is_array() ? v->get_array() : empty;
    }
    template <class E>
    E choice(char const* name) {
        auto const found = json::from_word<E>(word(name));
        if (!found) good_ = false;
        return found.value_or(E{});
    }

  private:
    json::object const* object_;
    bool& good_;
};

// ---- states ------------------------------------------------------------------------------------------------------

class StateWriter {
  public:
    explicit StateWriter(Definition const& d) : d_(d) {}

    json::value scope(Scope const& s) const {
        json::object out{{"i", s.instance}, {"e", text(d_.at(s.element).id)}, {"vars", s.variables}};
        if (s.parent != 0) out["p"] = s.parent;
        if (s.interrupted) out["x"] = true;
        if (s.progress) out["rounds"] = progress(*s.progress);
        if (s.round != 0) out["round"] = s.round;
        return out;
    }
    static json::value progress(Progress const& p) {
        json::object out{{"planned", p.planned}, {"begun", p.begun}, {"done", p.done}};
        if (!p.items.empty()) out["items"] = p.items;
        if (!p.results.empty()) out["results"] = p.results;
        return out;
    }
    json::value token(Token const& t) const {
        json::object out{
            {"i", t.instance}, {"s", t.scope}, {"e", text(d_.at(t.element).id)}, {"w", text(json::word(t.wait))}};
        if (t.flow != none) out["f"] = text(d_.flows[t.flow].id);
        if (!t.code.empty()) out["c"] = text(t.code);
        json::array back;
        for (Index const task : t.back) back.push_back(text(d_.at(task).id));
        if (!back.empty()) out["b"] = std::move(back);
        return out;
    }
    json::value timer(Timer const& t) const {
        return json::object{
            {"i", t.instance}, {"a", t.attached},  {"e", text(d_.at(t.element).id)}, {"since", text(t.since.str())},
            {"n", t.fired},    {"t", text(t.text)}};
    }

  private:
    Definition const& d_;
};

class StateReader {
  public:
    explicit StateReader(Definition const& d) : d_(d) {}

    Result<State> read(json::value const& v) {
        Reader in(v, good_);
        State state;
        if (in.number("v") != version) return fail(Kind::internal, "state.invalid", "version");
        state.status = in.choice<Status>("status");
        state.next = in.number("next");
        auto const* called = in.member("called");
        for (auto const& item : in.list("scopes")) state.scopes.push_back(scope(item));
        // Of states that were kept before they said so, the variable does.
        if (called == nullptr) called = state.variables().if_contains("called");
        state.called = called != nullptr && *called == json::value(true);
        for (auto const& item : in.list("tokens")) state.tokens.push_back(token(item));
        for (auto const& item : in.list("timers")) state.timers.push_back(timer(item));
        if (!good_ || !consistent(state)) return fail(Kind::internal, "state.invalid", "does not fit the definition");
        return state;
    }

  private:
    Index element(std::string const& id) {
        Index const found = d_.find(id);
        if (found == none) good_ = false;
        return found;
    }
    Scope scope(json::value const& v) {
        Reader in(v, good_);
        Scope out{in.number("i"), in.number("p"), element(in.word("e")), in.object("vars")};
        out.interrupted = in.member("x") != nullptr;
        if (auto const* rounds = in.member("rounds")) out.progress = progress(*rounds);
        out.round = in.count("round");
        return out;
    }
    Progress progress(json::value const& v) {
        Reader in(v, good_);
        return {in.count("planned"), in.count("begun"), in.count("done"), in.list("items"), in.list("results")};
    }
    Token token(json::value const& v) {
        Reader in(v, good_);
        Token out;
        out.instance = in.number("i");
        out.scope = in.number("s");
        out.element = element(in.word("e"));
        out.wait = in.choice<Wait>("w");
        out.code = in.word("c");
        if (in.member("f") != nullptr) {
            out.flow = d_.find_flow(in.word("f"));
            if (out.flow == none) good_ = false;
        }
        for (auto const& id : in.list("b"))
            out.back.push_back(element(id.is_string() ? std::string(id.get_string()) : ""));
        return out;
    }
    Timer timer(json::value const& v) {
        Reader in(v, good_);
        Timer out;
        out.instance = in.number("i");
        out.attached = in.number("a");
        out.element = element(in.word("e"));
        auto const since = Instant::parse(in.word("since"));
        if (!since) good_ = false;
        out.since = since.value_or(Instant{});
        out.fired = in.count("n");
        out.text = in.word("t");
        return out;
    }
    // A round stands inside what is around its rounds, and has its place among the results.
    bool fits_round(State const& state, Scope const& scope) const {
        auto const* around = state.scope(scope.parent);
        bool const is_round = around != nullptr && around->progress && around->element == scope.element;
        if (!is_round) return scope.round == 0;
        auto const& progress = *around->progress;
        return scope.round > 0 && scope.round <= progress.begun &&
               (progress.results.empty() || scope.round <= progress.results.size());
    }
    // What the core relies on: numbers are from the past, every token has its scope, and scopes stand outside in, so
    // that going outwards comes to an end.
    bool consistent(State const& state) const {
        std::set<Instance> scopes{0};
        for (auto const& scope : state.scopes) {
            if (scope.instance <= 0 || scope.instance >= state.next || !scopes.contains(scope.parent)) return false;
            if (!scopes.insert(scope.instance).second) return false;
            if (scope.progress && !d_.at(scope.element).loop) return false;
            if (!fits_round(state, scope)) return false;
        }
        auto const fits = [&](Token const& token) {
            return token.instance > 0 && token.instance < state.next && token.scope != 0 &&
                   scopes.contains(token.scope);
        };
        // Every scope but the process has its token around it, and every token that waits for what is inside its scope.
        auto const hosted = [&](Scope const& scope) {
            auto const* token = state.token(scope.instance);
            return scope.parent == 0 || (token != nullptr && token->scope == scope.parent);
        };
        auto const has_inside = [&](Token const& token) {
            return token.wait != Wait::inside || state.scope(token.instance) != nullptr;
        };
        return std::ranges::all_of(state.tokens, fits) && std::ranges::all_of(state.tokens, has_inside) &&
               std::ranges::all_of(state.scopes, hosted) && (state.status == Status::fresh) == state.scopes.empty();
    }

    Definition const& d_;
    bool good_ = true;
};

// ---- events ------------------------------------------------------------------------------------------------------

json::object written(Start const& e) {
    return {{"event", "start"}, {"element", text(e.element)}, {"process", text(e.process)}, {"variables", e.variables}};
}
json::object written(CompleteTask const& e) {
    json::object out{{"event", "complete-task"}, {"instance", e.instance}, {"variables", e.variables}};
    if (e.outcome) out["outcome"] = text(*e.outcome);
    return out;
}
json::object written(TimerFired const& e) {
    return {{"event", "timer-fired"}, {"instance", e.instance}, {"missed", e.missed}};
}
json::object written(MessageArrived const& e) {
    return {{"event", "message-arrived"}, {"name", text(e.name)}, {"instance", e.instance}, {"variables", e.variables}};
}
json::object written(SignalArrived const& e) {
    return {{"event", "signal-arrived"}, {"name", text(e.name)}, {"variables", e.variables}};
}
json::object written(Happened const& e) {
    return {{"event", "happened"}, {"element", text(e.element)}, {"instance", e.instance}, {"variables", e.variables}};
}
json::object written(CallErrored const& e) {
    return {{"event", "call-errored"}, {"instance", e.instance}, {"code", text(e.code)}};
}
json::object written(CallEscalated const& e) {
    return {{"event", "call-escalated"}, {"instance", e.instance}, {"code", text(e.code)}};
}
json::object written(CallEnded const& e) {
    return {{"event", "call-ended"}, {"instance", e.instance}, {"variables", e.variables}};
}
json::object written(CallFailed const& e) {
    return {{"event", "call-failed"}, {"instance", e.instance}, {"code", text(e.code)}};
}
json::object written(ReturnTask const& e) {
    return {{"event", "return-task"}, {"instance", e.instance}, {"reason", text(e.reason)}};
}
json::object written(Retry const& e) {
    return {{"event", "retry"}, {"instance", e.instance}};
}
json::object written(SetVariables const& e) {
    return {{"event", "set-variables"}, {"variables", e.variables}, {"instance", e.instance}};
}
json::object written(Cancel const& e) {
    return {{"event", "cancel"}, {"reason", text(e.reason)}};
}

std::optional<Event> read_event(std::string const& kind, Reader& in) {
    Instance const instance = in.number("instance");
    if (kind == "start") return Start{in.word("element"), in.word("process"), in.object("variables")};
    if (kind == "complete-task") {
        CompleteTask out{instance, std::nullopt, in.object("variables")};
        if (in.member("outcome") != nullptr) out.outcome = in.word("outcome");
        return out;
    }
    if (kind == "timer-fired") {
        return TimerFired{instance, in.count("missed")};
    }
    if (kind == "message-arrived") return MessageArrived{in.word("name"), instance, in.object("variables")};
    if (kind == "signal-arrived") return SignalArrived{in.word("name"), in.object("variables")};
    if (kind == "happened") return Happened{in.word("element"), instance, in.object("variables")};
    if (kind == "call-errored") return CallErrored{instance, in.word("code")};
    if (kind == "call-escalated") return CallEscalated{instance, in.word("code")};
    if (kind == "call-ended") return CallEnded{instance, in.object("variables")};
    if (kind == "call-failed") return CallFailed{instance, in.word("code")};
    if (kind == "return-task") return ReturnTask{instance, in.word("reason")};
    if (kind == "retry") return Retry{instance};
    if (kind == "set-variables") return SetVariables{in.object("variables"), instance};
    if (kind == "cancel") return Cancel{in.word("reason")};
    return std::nullopt;
}

}  // namespace

json::value to_json(State const& state, Definition const& definition) {
    StateWriter const writer(definition);
    json::array scopes;
    json::array tokens;
    json::array timers;
    for (auto const& scope : state.scopes) scopes.push_back(writer.scope(scope));
    for (auto const& token : state.tokens) tokens.push_back(writer.token(token));
    for (auto const& timer : state.timers) timers.push_back(writer.timer(timer));
    json::object out{
        {"v", version}, {"status", text(json::word(state.status))}, {"next", state.next}, {"called", state.called}};
    if (!scopes.empty()) out["scopes"] = std::move(scopes);
    if (!tokens.empty()) out["tokens"] = std::move(tokens);
    if (!timers.empty()) out["timers"] = std::move(timers);
    return out;
}

Result<State> state_from_json(json::value const& text, Definition const& definition) {
    return StateReader(definition).read(text);
}

json::value to_json(Event const& event) {
    return std::visit([](auto const& e) { return json::value(written(e)); }, event);
}

Result<Event> event_from_json(json::value const& text) {
    bool good = true;
    Reader in(text, good);
    auto const event = read_event(in.word("event"), in);
    if (!event || !good) return fail(Kind::internal, "event.invalid");
    return *event;
}

}  // namespace keepword::bpmn
