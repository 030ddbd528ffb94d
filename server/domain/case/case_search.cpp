#include "domain/case/case_search.hpp"

#include <algorithm>

#include "domain/case/case_store.hpp"
#include "engine/search/search.hpp"

// What of a case can be found, and who finds it.
namespace keepword::cases {
namespace {

// These say again what the case itself or its file is found by.
bool repeats(std::string const& kind) {
    return kind == "opened" || kind == "attached";
}

// An id, or the key of a choice ("on-site"): nothing that somebody wrote.
bool is_key(std::string_view text) {
    bool const is_id = text.size() >= 15 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    return is_id || std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

// What was written into a form.
void add_texts(std::string& out, json::value const& value) {
    if (value.is_string() && !is_key(value.get_string())) (out += value.get_string()) += ' ';
    if (value.is_array()) {
        for (auto const& one : value.get_array()) add_texts(out, one);
    }
    if (value.is_object()) {
        for (auto const& [name, one] : value.get_object()) add_texts(out, one);
    }
}

Result<search::OneOf> marks_within(storage::Transaction& tx, CaseId id) {
    auto const row = TRY(tx.one("SELECT kind FROM cases WHERE id = ?", id));
    if (!row) return fail(Kind::not_found, "not-found");
    return search::OneOf{mark_within(row->text(0))};
}

}  // namespace

std::string text_of(Entry const& entry) {
    std::string out = entry.text;
    if (auto const* fields = entry.data.if_contains("fields")) add_texts(out += ' ', *fields);
    return out;
}

std::string mark_of(std::string const& kind) {
    return "kind-" + kind;
}

std::string mark_within(std::string const& kind) {
    return "within-" + kind;
}

std::string mark_of_fact(std::string const& name, std::string const& value) {
    return name + "-" + value;
}

Result<> index_case(storage::Transaction& tx, Record const& r) {
    std::string body = r.number + " " + r.description + " ";
    for (auto const& part : {r.contact_name, r.contact_phone, r.contact_email}) body += part.value_or("") + " ";
    // A case is found by where it is, too. The names are those of now: whoever renames a customer does not touch its
    // cases, but the customer is found and leads to them.
    for (auto const& row : TRY(tx.query("SELECT name, '', '' FROM organisation WHERE id = ? UNION ALL "
                                        "SELECT name, COALESCE(address, ''), '' FROM site WHERE id = ? UNION ALL "
                                        "SELECT name, COALESCE(serial, ''), COALESCE(ip, '') FROM asset WHERE id = ?",
                                        r.organisation, r.site, r.asset)))
        body += row.text(0) + " " + row.text(1) + " " + row.text(2) + " ";
    search::OneOf marks{mark_of(r.kind), mark_of_fact("urgency", json::word(r.urgency)),
                        mark_of_fact("channel", json::word(r.channel))};
    if (r.category) marks.push_back(mark_of_fact("category", *r.category));
    if (r.organisation) marks.push_back(mark_of_fact("organisation", r.organisation.str()));
    return search::index(tx, {.kind = "case",
                              .id = r.id.value,
                              .of_case = r.id.value,
                              .title = r.title,
                              .body = body,
                              .marks = std::move(marks),
                              .names = r.contact_name ? std::vector{*r.contact_name} : std::vector<std::string>()});
}

Result<> index_entry(storage::Transaction& tx, CaseId id, EntryId entry, Entry const& what) {
    auto const text = repeats(what.kind) ? std::string() : text_of(what);
    if (text::trim(text).empty()) return {};
    auto marks = TRY(marks_within(tx, id));
    return search::index(
        tx, {.kind = "entry", .id = entry.value, .of_case = id.value, .title = text, .marks = std::move(marks)});
}

Result<> index_file(storage::Transaction& tx, CaseId id, AttachmentId file, std::string const& name,
                    std::string const& text) {
    auto marks = TRY(marks_within(tx, id));
    return search::index(tx, {.kind = "file",
                              .id = file.value,
                              .of_case = id.value,
                              .title = name,
                              .body = text,
                              .marks = std::move(marks)});
}

Result<> index_again(storage::Transaction& tx, CaseId id) {
    TRY(index_case(tx, TRY(load_record(tx, id))));
    for (auto const& row : TRY(tx.query("SELECT id, kind, text, data FROM timeline WHERE case_id = ?", id))) {
        auto data = json::parse(row.text(3));
        Entry entry{.kind = row.text(1), .text = row.optional_text(2).value_or("")};
        if (data && data->is_object()) entry.data = std::move(data->get_object());
        TRY(index_entry(tx, id, row.id<EntryTag>(0), entry));
    }
    for (auto const& row : TRY(tx.query("SELECT a.id, a.name, t.text FROM attachment a LEFT JOIN attachment_text t "
                                        "ON t.attachment = a.id WHERE a.case_id = ?",
                                        id)))
        TRY(index_file(tx, id, row.id<AttachmentTag>(0), row.text(1), row.optional_text(2).value_or("")));
    return {};
}

}  // namespace keepword::cases
