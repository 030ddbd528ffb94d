#include <map>

#include "domain/knowledge/knowledge_store.hpp"

// An ended case becomes a draft: what was reported as the symptom, what was entered on its steps as the solution, and
// what the customer was told as the answer. Who the customer was stays in the case.
namespace keepword::knowledge {
namespace {

struct Told {
    std::string label;
    std::string text;
};
using Tellings = std::map<std::string, Told>;  // by the field's id, the last that was entered

std::string replaced(std::string text, std::string_view what, std::string_view instead) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + instead.size()))
        text.replace(at, what.size(), instead);
    return text;
}

// Names, numbers and addresses of the people concerned say nothing to the next reader.
class Nameless {
  public:
    static Result<Nameless> of(storage::Transaction& tx, cases::CaseId id) {
        Nameless out;
        auto const row =
            TRY(tx.one("SELECT o.name, c.contact_name, c.contact_phone, c.contact_email, s.name, c.number FROM cases c "
                       "LEFT JOIN organisation o ON o.id = c.organisation LEFT JOIN site s ON s.id = c.site "
                       "WHERE c.id = ?",
                       id));
        constexpr std::string_view words[] = {"客户单位", "客户", "客户电话", "客户邮箱", "客户机房", "该工单"};
        for (std::size_t i = 0; row && i < std::size(words); ++i) {
            auto const known = row->optional_text(i);
            if (known && text::length(*known) > 1) out.names_.emplace_back(*known, words[i]);
        }
        return out;
    }
    std::string operator()(std::string text) const {
        for (auto const& [name, word] : names_) text = replaced(std::move(text), name, word);
        return text;
    }

  private:
    std::vector<std::pair<std::string, std::string_view>> names_;
};

// What was entered on the steps of the case, and of those it called, as far as the caller sees them.
Result<Tellings> tellings_of(storage::Transaction& tx, process::Library& library, api::Call const& call,
                             cases::CaseId id) {
    storage::Select select("SELECT c.process_hash, t.element, t.data FROM timeline t JOIN cases c ON c.id = t.case_id");
    select.where("c.id = ? OR c.parent_case = ?", id, id).where("t.kind = 'completed'");
    TRY(cases::keep_visible(select, tx, library, call.caller));
    select.end("ORDER BY t.id");
    Tellings out;
    for (auto const& row : TRY(tx.query(select))) {
        auto const version = TRY(library.version(tx, row.text(0)));
        auto const* form = row.null(1) ? nullptr : version->form_of(row.text(1));
        auto const data = row.json(2);
        auto const* fields = data.is_object() ? data.get_object().if_contains("fields") : nullptr;
        if (form == nullptr || fields == nullptr || !fields->is_object()) continue;
        for (auto const& field : form->fields) {
            auto const* value = fields->get_object().if_contains(field.id);
            if (value == nullptr || !value->is_string() || field.type != process::FieldType::multiline) continue;
            auto const text = std::string(text::trim(std::string_view(value->get_string())));
            if (!text.empty()) out[field.id] = {call.locale == Locale::zh ? field.label.zh : field.label.en, text};
        }
    }
    return out;
}

// The fields that tell how it was solved, each under its own words, none twice.
std::string solution_of(Tellings const& told) {
    std::string out;
    std::vector<std::string> said;
    for (auto const* id :
         {"cause", "process_summary", "tried", "work_done", "solution", "centre_answer", "result", "experience"}) {
        auto const found = told.find(id);
        if (found == told.end() || std::ranges::find(said, found->second.text) != said.end()) continue;
        // The summary begins with what was tried.
        if (std::string_view(id) == "tried" && told.contains("process_summary")) continue;
        said.push_back(found->second.text);
        if (!out.empty()) out += "\n\n";
        out += found->second.label + "\n" + found->second.text;
    }
    return out;
}

std::string answer_of(Tellings const& told) {
    for (auto const* id : {"result", "solution", "reply"}) {
        if (auto const found = told.find(id); found != told.end()) return found->second.text;
    }
    return {};
}

template <std::size_t Max>
json::Text<Max> cut_to(std::string const& text) {
    return {std::string(text::head(text, Max))};
}

}  // namespace

Result<ArticleId> draft_from_case(cases::Desk& desk, api::Call const& call, storage::Transaction& tx,
                                  cases::CaseId id) {
    auto& library = desk.parts().library;
    TRY(cases::expect_visible(tx, library, call.caller, id));
    auto const row = TRY(tx.one("SELECT kind, state, title, description, category FROM cases WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    // Of those kinds only who took part knows; an article is read by everybody.
    if (library.closed(row->text(0))) return fail(Kind::conflict, "knowledge.closed-kind");
    auto const state = row->word<cases::State>(1);
    if (state != cases::State::archived && state != cases::State::cancelled)
        return fail(Kind::conflict, "knowledge.case-open");
    auto const told = TRY(tellings_of(tx, library, call, id));
    auto const nameless = TRY(Nameless::of(tx, id));
    ArticleDraft const draft{.title = cut_to<200>(nameless(row->text(2))),
                             .category = {row->optional_text(4).value_or("other")},
                             .audience = Audience::staff,
                             .symptom = cut_to<5'000>(nameless(row->text(3))),
                             .solution = cut_to<10'000>(nameless(solution_of(told))),
                             .answer = cut_to<5'000>(nameless(answer_of(told))),
                             .why = {}};
    return create(tx, {call.caller.person, call.now, desk.parts().ids}, draft, id);
}

}  // namespace keepword::knowledge
