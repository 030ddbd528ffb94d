#include <fmt/core.h>

#include <fstream>
#include <map>
#include <sstream>

#include "engine/bpmn/scenario_test.hpp"

// From a drawing in words to BPMN, so that a scenario goes through import and checks like any file.
namespace keepword::bpmn::testing_aid {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '&') {
            out += "&amp;";
        } else if (c == '"') {
            out += "&quot;";
        } else {
            out += c;
        }
    }
    return out;
}

// `rest` without its beginning, where it begins so.
bool cut(std::string& rest, std::string_view beginning) {
    if (!rest.starts_with(beginning)) return false;
    rest = trimmed(std::string_view(rest).substr(beginning.size()));
    return true;
}

class Drawing {
  public:
    explicit Drawing(std::vector<std::string>& problems) : problems_(problems) {}

    void line(std::string const& text) {
        if (text.find(" -> ") != std::string::npos) return flows(text);
        auto const colon = text.find(": ");
        if (colon == std::string::npos) return problem(text);
        node(text.substr(0, colon), trimmed(text.substr(colon + 2)));
    }

    std::string xml() const {
        std::string out =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<definitions "
            "xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" "
            "xmlns:kw=\"urn:keepword\" targetNamespace=\"urn:test\">\n";
        for (auto const& [name, id] : messages_)
            out += fmt::format("  <message id=\"{}\" name=\"{}\"/>\n", id, escaped(name));
        out += "  <process id=\"drawn\" isExecutable=\"true\">\n";
        for (auto const& node : nodes_) out += node;
        for (auto const& [id, source, target, condition] : flows_) {
            out += fmt::format("    <sequenceFlow id=\"{}\" sourceRef=\"{}\" targetRef=\"{}\">", id, source, target);
            if (!condition.empty())
                out += fmt::format("<conditionExpression>{}</conditionExpression>", escaped(condition));
            out += "</sequenceFlow>\n";
        }
        // A default is named on its source, which may have been drawn before the flow.
        std::string result = out + "  </process>\n</definitions>\n";
        for (auto const& [source, flow] : defaults_) {
            auto const at = result.find(fmt::format(" id=\"{}\"", source));
            result.insert(at, fmt::format(" default=\"{}\"", flow));
        }
        return result;
    }

  private:
    void problem(std::string const& text) { problems_.push_back("not understood: " + text); }

    void flows(std::string text) {
        std::string condition;
        bool otherwise = false;
        if (auto const at = text.find(" if "); at != std::string::npos) {
            condition = trimmed(text.substr(at + 4));
            text.resize(at);
        } else if (text.ends_with(" otherwise")) {
            otherwise = true;
            text.resize(text.size() - 10);
        }
        std::string from;
        while (!text.empty()) {
            auto const arrow = std::min(text.find(" -> "), text.size());
            std::string const to = trimmed(text.substr(0, arrow));
            text.erase(0, std::min(arrow + 4, text.size()));
            if (!from.empty()) flow(from, to, condition, otherwise);
            from = to;
        }
    }

    void flow(std::string const& from, std::string const& to, std::string const& condition, bool otherwise) {
        std::string id = from + "--" + to;
        int& count = seen_[id];
        if (++count > 1) id += fmt::format("-{}", count);
        flows_.push_back({id, from, to, condition});
        if (otherwise) defaults_[from] = id;
    }

    // `[marks=handled_at out=a,b]` at the end: our attributes; a comma stands for a blank.
    static std::string attributes(std::string& what) {
        auto const open = what.rfind('[');
        if (open == std::string::npos || !what.ends_with(']')) return "";
        std::istringstream words(what.substr(open + 1, what.size() - open - 2));
        what = trimmed(what.substr(0, open));
        std::string out;
        for (std::string word; words >> word;) {
            auto const equals = word.find('=');
            std::string value = word.substr(equals + 1);
            for (char& c : value) c = c == ',' ? ' ' : c;
            out += fmt::format(" kw:{}=\"{}\"", word.substr(0, equals), escaped(value));
        }
        return out;
    }

    std::string message(std::string const& name) {
        return messages_.emplace(name, fmt::format("message-{}", messages_.size() + 1)).first->second;
    }
    static std::string timer(std::string const& text) {
        char const* kind = text.starts_with('R')                              ? "timeCycle"
                           : text.starts_with('2') || text.starts_with("at ") ? "timeDate"
                                                                              : "timeDuration";
        std::string const length = text.starts_with("at ") ? text.substr(3) : text;
        return fmt::format("<timerEventDefinition><{0}>{1}</{0}></timerEventDefinition>", kind, escaped(length));
    }
    std::string message_event(std::string const& name) {
        return fmt::format("<messageEventDefinition messageRef=\"{}\"/>", message(name));
    }

    void put(std::string_view tag, std::string const& id, std::string const& more, std::string const& inside) {
        nodes_.push_back(fmt::format("    <{0} id=\"{1}\"{2}>{3}</{0}>\n", tag, id, more, inside));
    }

    void node(std::string const& id, std::string what) {
        std::string const more = attributes(what);
        if (event(id, what, more)) return;
        if (what == "user task") return put("userTask", id, more, "");
        if (what == "task") return put("task", id, more, "");
        if (what == "manual task") return put("manualTask", id, more, "");
        if (what == "service task") return put("serviceTask", id, more, "");
        if (what == "script task") return put("scriptTask", id, more, "");
        if (what == "exclusive gateway") return put("exclusiveGateway", id, more, "");
        if (what == "parallel gateway") return put("parallelGateway", id, more, "");
        if (cut(what, "send task "))
            return put("sendTask", id, more + fmt::format(" messageRef=\"{}\"", message(what)), "");
        if (cut(what, "receive task ")) {
            return put("receiveTask", id, more + fmt::format(" messageRef=\"{}\"", message(what)), "");
        }
        if (cut(what, "call of "))
            return put("callActivity", id, more + fmt::format(" calledElement=\"{}\"", what), "");
        problem(id + ": " + what);
    }

    bool event(std::string const& id, std::string what, std::string const& more) {
        if (what == "start") return put("startEvent", id, more, ""), true;
        if (what == "end") return put("endEvent", id, more, ""), true;
        if (what == "end of everything") return put("endEvent", id, more, "<terminateEventDefinition/>"), true;
        if (what == "passing event") return put("intermediateThrowEvent", id, more, ""), true;
        if (cut(what, "start by message ")) return put("startEvent", id, more, message_event(what)), true;
        if (cut(what, "start by timer ")) return put("startEvent", id, more, timer(what)), true;
        if (cut(what, "end with message ")) return put("endEvent", id, more, message_event(what)), true;
        if (cut(what, "throw message ")) return put("intermediateThrowEvent", id, more, message_event(what)), true;
        if (cut(what, "wait for message ")) return put("intermediateCatchEvent", id, more, message_event(what)), true;
        if (cut(what, "wait for ")) return put("intermediateCatchEvent", id, more, timer(what)), true;
        if (what.starts_with("interrupting timer ") || what.starts_with("timer ")) return boundary(id, what, more);
        return false;
    }

    // `interrupting timer PT30M on ask`, `timer R/PT10M beside ask`.
    bool boundary(std::string const& id, std::string what, std::string const& more) {
        bool const interrupting = cut(what, "interrupting timer ");
        if (!interrupting) cut(what, "timer ");
        std::string_view const between = interrupting ? " on " : " beside ";
        auto const at = what.find(between);
        if (at == std::string::npos) return false;
        auto const host = trimmed(what.substr(at + between.size()));
        put("boundaryEvent", id,
            more + fmt::format(" attachedToRef=\"{}\" cancelActivity=\"{}\"", host, interrupting ? "true" : "false"),
            timer(what.substr(0, at)));
        return true;
    }

    struct DrawnFlow {
        std::string id, source, target, condition;
    };
    std::vector<std::string>& problems_;
    std::vector<std::string> nodes_;
    std::vector<DrawnFlow> flows_;
    std::map<std::string, std::string> defaults_;
    std::map<std::string, std::string> messages_;  // name → id
    std::map<std::string, int> seen_;
};

}  // namespace

std::string trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    return std::string(text);
}

std::string file_bytes(std::string const& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream out;
    out << file.rdbuf();
    return out.str();
}

std::string bpmn_of(std::vector<std::string> const& drawing, std::vector<std::string>& problems) {
    Drawing out(problems);
    for (auto const& line : drawing) out.line(line);
    return out.xml();
}

// Blank lines and lines that begin with # say nothing. `scenario:` and `model:` stand alone; `drawing:` opens the
// drawing, which ends at the first `>`.
Scenario read_scenario(std::string const& path) {
    Scenario scenario;
    std::istringstream file(file_bytes(path));
    std::vector<std::string> drawing;
    int number = 0;
    for (std::string raw; std::getline(file, raw);) {
        ++number;
        std::string line = trimmed(raw);
        if (line.empty() || line.starts_with('#')) continue;
        if (cut(line, "scenario:")) {
            scenario.title = line;
        } else if (cut(line, "model:")) {
            scenario.xml = file_bytes(KEEPWORD_SOURCE "/" + line);
        } else if (cut(line, "violates:")) {
            scenario.violations.push_back(line);
        } else if (line == "drawing:") {
            continue;
        } else if (cut(line, ">")) {
            scenario.steps.push_back({number, line, {}, {}});
        } else if (scenario.steps.empty()) {
            drawing.push_back(line);
        } else if (line.starts_with("waiting:") || line.starts_with("variable ")) {
            scenario.steps.back().checks.push_back(line);
        } else {
            std::istringstream parts(line);
            for (std::string part; std::getline(parts, part, ',');)
                scenario.steps.back().expected.push_back(trimmed(part));
        }
    }
    if (!drawing.empty()) scenario.xml = bpmn_of(drawing, scenario.problems);
    if (scenario.title.empty()) scenario.problems.push_back("there is no scenario: line");
    if (scenario.xml.empty()) scenario.problems.push_back("there is no drawing and no model");
    if (scenario.steps.empty()) scenario.problems.push_back("there are no steps");
    return scenario;
}

}  // namespace keepword::bpmn::testing_aid
