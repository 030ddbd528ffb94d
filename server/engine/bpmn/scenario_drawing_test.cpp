#include <fmt/core.h>

#include <algorithm>
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
        for (auto const& [key, id] : named_) {
            auto const& [kind, name] = key;
            bool const by_code = kind == "error" || kind == "escalation";
            out += fmt::format("  <{0} id=\"{1}\" {2}=\"{3}\"/>\n", kind, id, by_code ? kind + "Code" : "name",
                               escaped(name));
        }
        for (auto const& definition : beside_) out += definition;
        return out + "  <process id=\"drawn\" isExecutable=\"true\">\n" + inside_of("") +
               "  </process>\n</definitions>\n";
    }

  private:
    struct Node {
        std::string id, tag, attributes, inside, parent;
    };
    struct DrawnFlow {
        std::string id, source, target, condition;
    };

    void problem(std::string const& text) { problems_.push_back("not understood: " + text); }

    std::string parent_of(std::string const& id) const {
        for (auto const& node : nodes_) {
            if (node.id == id) return node.parent;
        }
        return "";
    }

    // The nodes and flows of a sub-process, or of the process itself.
    std::string inside_of(std::string const& parent) const {
        std::string out;
        for (auto const& node : nodes_) {
            if (node.parent != parent) continue;
            auto const first = defaults_.find(node.id);
            auto const more = first == defaults_.end() ? "" : fmt::format(" default=\"{}\"", first->second);
            out += fmt::format("    <{0} id=\"{1}\"{2}{3}>{4}{5}</{0}>\n", node.tag, node.id, more, node.attributes,
                               node.inside, node.tag == "subProcess" ? "\n" + inside_of(node.id) : "");
        }
        for (auto const& flow : flows_) {
            if (parent_of(flow.source) != parent) continue;
            out += fmt::format("    <sequenceFlow id=\"{}\" sourceRef=\"{}\" targetRef=\"{}\">", flow.id, flow.source,
                               flow.target);
            if (!flow.condition.empty())
                out += fmt::format("<conditionExpression>{}</conditionExpression>", escaped(flow.condition));
            out += "</sequenceFlow>\n";
        }
        return out;
    }

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

    // The id under which a message, signal, error or escalation of this name is listed.
    std::string named(std::string const& kind, std::string const& name) {
        return named_.emplace(std::pair(kind, name), fmt::format("{}-{}", kind, named_.size() + 1)).first->second;
    }

    static std::string timer(std::string const& text) {
        char const* kind = text.starts_with('R')                              ? "timeCycle"
                           : text.starts_with('2') || text.starts_with("at ") ? "timeDate"
                                                                              : "timeDuration";
        std::string const length = text.starts_with("at ") ? text.substr(3) : text;
        return fmt::format("<timerEventDefinition><{0}>{1}</{0}></timerEventDefinition>", kind, escaped(length));
    }

    // `message M`, `signal S`, `error E`, `error`, `timer PT1H`, `condition n > 1`; empty where it is none of these.
    std::string event_definition(std::string what, std::string const& more = "") {
        if (cut(what, "timer ")) return timer(what);
        if (cut(what, "condition ")) {
            return fmt::format("<conditionalEventDefinition><condition>{}</condition></conditionalEventDefinition>",
                               escaped(what));
        }
        for (std::string const kind : {"message", "signal", "error", "escalation"}) {
            if (what == kind) return fmt::format("<{}EventDefinition{}/>", kind, more);
            if (cut(what, kind + " ")) {
                return fmt::format("<{0}EventDefinition {0}Ref=\"{1}\"{2}/>", kind, named(kind, what), more);
            }
        }
        return "";
    }

    bool put(std::string_view tag, std::string const& id, std::string const& more, std::string const& inside) {
        nodes_.push_back({id, std::string(tag), more, inside, parent_});
        return true;
    }

    void node(std::string const& id, std::string what) {
        std::string loop;
        if (auto const bar = what.find(" | "); bar != std::string::npos) {
            loop = several_times(id, what.substr(bar + 3));
            what.resize(bar);
        }
        std::string const more = attributes(what);
        parent_.clear();
        if (auto const in = what.rfind(" in "); in != std::string::npos && is_sub_process(what.substr(in + 4))) {
            parent_ = what.substr(in + 4);
            what.resize(in);
        }
        if (!event(id, what, more) && !activity(id, what, more, loop)) problem(id + ": " + what);
    }

    bool is_sub_process(std::string const& id) const {
        return std::ranges::any_of(nodes_, [&](Node const& n) { return n.id == id && n.tag == "subProcess"; });
    }

    bool activity(std::string const& id, std::string what, std::string const& more, std::string const& loop) {
        static std::map<std::string, char const*, std::less<>> const plain{
            {"user task", "userTask"},
            {"task", "task"},
            {"manual task", "manualTask"},
            {"service task", "serviceTask"},
            {"script task", "scriptTask"},
            {"sub-process", "subProcess"},
            {"exclusive gateway", "exclusiveGateway"},
            {"parallel gateway", "parallelGateway"},
            {"inclusive gateway", "inclusiveGateway"},
            {"event gateway", "eventBasedGateway"},
            {"complex gateway", "complexGateway"},
        };
        if (auto const known = plain.find(what); known != plain.end()) return put(known->second, id, more, loop);
        if (what == "event sub-process") return put("subProcess", id, more + " triggeredByEvent=\"true\"", "");
        if (cut(what, "send task ")) {
            return put("sendTask", id, more + fmt::format(" messageRef=\"{}\"", named("message", what)), loop);
        }
        if (cut(what, "receive task ")) {
            return put("receiveTask", id, more + fmt::format(" messageRef=\"{}\"", named("message", what)), loop);
        }
        if (cut(what, "call of "))
            return put("callActivity", id, more + fmt::format(" calledElement=\"{}\"", what), loop);
        if (!cut(what, "script ")) return false;
        // `script total = a + b`
        auto const equals = what.find(" = ");
        if (equals == std::string::npos) return false;
        return put("scriptTask", id,
                   more + fmt::format(" scriptFormat=\"feel\" kw:resultVariable=\"{}\"", what.substr(0, equals)),
                   loop + fmt::format("<script>{}</script>", escaped(what.substr(equals + 3))));
    }

    // What stands behind ` | `: `3 times`, `for each x of list`, `one after another`, `until …`, `collecting x as y`,
    // `throwing signal S each time`, `again while …`, `at most 3`, `asking before`.
    std::string several_times(std::string const& id, std::string text) {
        std::string attributes;
        std::string inside;
        bool standard = false;
        while (!text.empty()) {
            auto const bar = std::min(text.find(" | "), text.size());
            std::string part = trimmed(text.substr(0, bar));
            text.erase(0, std::min(bar + 3, text.size()));
            if (cut(part, "again while ")) {
                standard = true;
                inside += fmt::format("<loopCondition>{}</loopCondition>", escaped(part));
            } else if (cut(part, "at most ")) {
                standard = true;
                attributes += fmt::format(" loopMaximum=\"{}\"", part);
            } else if (part == "asking before") {
                attributes += " testBefore=\"true\"";
            } else if (part == "one after another") {
                attributes += " isSequential=\"true\"";
            } else if (cut(part, "until ")) {
                inside += fmt::format("<completionCondition>{}</completionCondition>", escaped(part));
            } else if (cut(part, "for each ")) {
                auto const of = part.find(" of ");
                attributes += fmt::format(" kw:item=\"{}\" kw:collection=\"{}\"", part.substr(0, of),
                                          escaped(part.substr(of + 4)));
            } else if (cut(part, "collecting ")) {
                auto const as = part.find(" as ");
                attributes += fmt::format(" kw:output=\"{}\" kw:collect=\"{}\"", escaped(part.substr(0, as)),
                                          part.substr(as + 4));
            } else if (part.ends_with(" times")) {
                inside.insert(
                    0, fmt::format("<loopCardinality>{}</loopCardinality>", escaped(part.substr(0, part.size() - 6))));
            } else if (cut(part, "throwing ")) {
                attributes += thrown_by_rounds(id, part, inside);
            } else {
                problem(part);
            }
        }
        return fmt::format("<{0}{1}>{2}</{0}>",
                           standard ? "standardLoopCharacteristics" : "multiInstanceLoopCharacteristics", attributes,
                           inside);
    }

    // `signal S each time`, `signal S the first time`, `signal S when numberOfCompletedInstances = 2`.
    std::string thrown_by_rounds(std::string const& id, std::string what, std::string& inside) {
        if (auto const at = what.find(" when "); at != std::string::npos) {
            inside += fmt::format(
                "<complexBehaviorDefinition id=\"{0}-complex\"><condition>{1}</condition><event id=\"{0}-event\">{2}"
                "</event></complexBehaviorDefinition>",
                id, escaped(what.substr(at + 6)), event_definition(what.substr(0, at)));
            return " behavior=\"Complex\"";
        }
        bool const each = what.ends_with(" each time");
        what.resize(what.size() - (each ? 10 : 15));
        beside_.push_back(event_definition(what, fmt::format(" id=\"{}-thrown\"", id)));
        return fmt::format(" behavior=\"{0}\" {1}BehaviorEventRef=\"{2}-thrown\"", each ? "None" : "One",
                           each ? "none" : "one", id);
    }

    bool event(std::string const& id, std::string what, std::string const& more) {
        if (what == "start") return put("startEvent", id, more, "");
        if (what == "end") return put("endEvent", id, more, "");
        if (what == "end of everything") return put("endEvent", id, more, "<terminateEventDefinition/>");
        if (what == "passing event") return put("intermediateThrowEvent", id, more, "");
        if (cut(what, "link to ")) return put("intermediateThrowEvent", id, more, link(what));
        if (cut(what, "link from ")) return put("intermediateCatchEvent", id, more, link(what));
        if (cut(what, "start by ")) {
            bool const beside = what.ends_with(" beside the rest");
            if (beside) what.resize(what.size() - 16);
            return put("startEvent", id, more + (beside ? " isInterrupting=\"false\"" : ""), event_definition(what));
        }
        if (cut(what, "end with ")) return put("endEvent", id, more, event_definition(what));
        if (cut(what, "throw ")) return put("intermediateThrowEvent", id, more, event_definition(what));
        if (cut(what, "wait for ")) {
            auto const definition = event_definition(what);
            return put("intermediateCatchEvent", id, more, definition.empty() ? timer(what) : definition);
        }
        return boundary(id, what, more);
    }

    static std::string link(std::string const& name) {
        return fmt::format("<linkEventDefinition name=\"{}\"/>", escaped(name));
    }

    // `interrupting timer PT30M on ask`, `timer R/PT10M beside ask`, `error E on inner`, `signal S beside ask`.
    bool boundary(std::string const& id, std::string what, std::string const& more) {
        bool interrupting = cut(what, "interrupting ");
        interrupting = interrupting || what.starts_with("error");
        std::string_view const between = interrupting ? " on " : " beside ";
        auto const at = what.rfind(between);
        if (at == std::string::npos) return false;
        auto const definition = event_definition(what.substr(0, at));
        if (definition.empty()) return false;
        auto const host = trimmed(what.substr(at + between.size()));
        parent_ = parent_of(host);
        return put(
            "boundaryEvent", id,
            more + fmt::format(" attachedToRef=\"{}\" cancelActivity=\"{}\"", host, interrupting ? "true" : "false"),
            definition);
    }

    std::vector<std::string>& problems_;
    std::vector<Node> nodes_;
    std::vector<DrawnFlow> flows_;
    std::string parent_;  // of the node that is being drawn
    std::vector<std::string> beside_;
    std::map<std::string, std::string> defaults_;
    std::map<std::pair<std::string, std::string>, std::string> named_;  // (kind, name) → id
    std::map<std::string, int> seen_;
};

}  // namespace

std::string bpmn_of(std::vector<std::string> const& drawing, std::vector<std::string>& problems) {
    Drawing out(problems);
    for (auto const& line : drawing) out.line(line);
    return out.xml();
}

}  // namespace keepword::bpmn::testing_aid
