#include <magic.h>

#include <array>

#include "domain/case/case_routes.hpp"
#include "domain/case/case_views.hpp"
#include "engine/api/idempotency.hpp"

// Files on a case: taken as a stream, named by their hash, told apart by their content, never run and never inlined.
namespace keepword::cases {
namespace {

constexpr std::int64_t max_attachment = 200LL << 20;
constexpr std::int64_t max_attachments = 500;        // on one case
constexpr std::int64_t max_of_a_case = 512LL << 20;  // together: an export is packed and verified in memory

// "X-File-Name" is percent-encoded UTF-8. Folders, control and invisible characters are taken out of it.
std::string safe_name(std::string_view encoded) {
    auto const decoded = api::Query("n=" + std::string(encoded)).text("n");
    auto const slash = decoded.find_last_of("/\\");
    std::string out;
    for (unsigned char c : slash == std::string::npos ? decoded : decoded.substr(slash + 1)) {
        if (c >= ' ' && c != 0x7F && c != '"' && c != '<' && c != '>') out.push_back(static_cast<char>(c));
    }
    // Zero-width and direction characters make "gpj.exe" look like a picture.
    for (std::string_view hidden : {"\u200B", "\u200C", "\u200D", "\u200E", "\u200F", "\u202A", "\u202B", "\u202C",
                                    "\u202D", "\u202E", "\u2066", "\u2067", "\u2068", "\u2069", "\uFEFF"}) {
        for (auto at = out.find(hidden); at != std::string::npos; at = out.find(hidden)) out.erase(at, hidden.size());
    }
    auto const trimmed = text::head(text::trim(out), 200);
    return trimmed.empty() ? "file" : std::string(trimmed);
}

std::string percent_encoded(std::string_view name) {
    std::string out;
    for (unsigned char c : name) {
        if (std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_')
            out.push_back(static_cast<char>(c));
        else
            out += "%" + text::ascii_lower(crypto::hex(std::string_view(reinterpret_cast<char*>(&c), 1)));
    }
    return out;
}

bool is_picture(std::string_view type) {
    constexpr std::array<std::string_view, 4> known{"image/png", "image/jpeg", "image/gif", "image/webp"};
    return std::find(known.begin(), known.end(), type) != known.end();
}

Result<> expect_room(storage::Transaction& tx, CaseId id, std::int64_t more) {
    auto const row =
        TRY(tx.one("SELECT count(*), CAST(coalesce(sum(size), 0) AS BIGINT) FROM attachment WHERE case_id = ?", id));
    if (row->integer(0) >= max_attachments) return fail(Kind::too_large, "attachment.too-many");
    if (row->integer(1) + more > max_of_a_case) return fail(Kind::too_large, "attachment.case-full");
    return {};
}

// The bytes become durable under their name first; only then does a row name them, so that no row points to nothing.
Result<api::Reply> upload(Desk& desk, storage::Database& database, api::Call& call) {
    auto const id = TRY(call.id<CaseTag>());
    TRY(database.read([&](storage::Transaction& tx) -> Result<> {
        TRY(expect_visible(tx, desk.parts().library, call.caller, id));
        if (!TRY(may_work_on(tx, desk.parts().library, call.caller, id))) return fail(Kind::forbidden, "right.case");
        return expect_room(tx, id, call.upload ? static_cast<std::int64_t>(call.upload->size) : 0);
    }));
    if (!call.upload || call.upload->size == 0) return invalid("body", "required");
    auto const name = safe_name(api::header(call.headers, "x-file-name"));
    auto const type = type_by_content(call.upload->path);
    auto const blob = TRY(desk.parts().blobs.adopt(call.upload->path, {call.upload->sha256, call.upload->size}));
    auto const text = desk.parts().text_in ? desk.parts().text_in(TRY(desk.parts().blobs.path(blob.sha256)), type) : "";
    auto const attach = [&](storage::Transaction& tx) -> Result<api::Reply> {
        // Once more, where no other upload can come between.
        TRY(expect_room(tx, id, static_cast<std::int64_t>(blob.size)));
        auto const attachment = TRY(desk.attach({tx, call.now, call.caller.person}, id, name, type, blob, {}, text));
        AttachmentView const view{attachment, name,        type,
                                  blob.size,  blob.sha256, api::Ref{call.caller.person.str(), call.caller.name},
                                  call.now};
        return api::Reply{.status = 201, .body = json::text_of(view)};
    };
    // What stands for the body when the key is looked up: the same file under the same name.
    call.body = json::object{{"name", name}, {"sha256", blob.sha256}};
    return database.write([&](storage::Transaction& tx) {
        return api::act_once(call, "POST /cases/{id}/attachments", tx, [&] { return attach(tx); });
    });
}

Result<api::Reply> download(Desk& desk, api::Call const& call, storage::Transaction& tx, bool inlined) {
    auto const id = TRY(call.id<CaseTag>());
    TRY(expect_visible(tx, desk.parts().library, call.caller, id));
    auto const row = TRY(tx.one("SELECT name, type, sha256 FROM attachment WHERE id = ? AND case_id = ?",
                                TRY(call.id<AttachmentTag>("attachment")), id));
    if (!row || (inlined && !is_picture(row->text(1)))) return fail(Kind::not_found, "not-found");
    api::Reply reply;
    reply.file = TRY(desk.parts().blobs.path(row->text(2)));
    reply.headers = {{"content-type", inlined ? row->text(1) : "application/octet-stream"},
                     {"content-disposition", std::string(inlined ? "inline" : "attachment") + "; filename*=UTF-8''" +
                                                 percent_encoded(row->text(0))},
                     {"cache-control", "private, max-age=86400"}};
    return reply;
}

Result<api::Reply> pack(Desk& desk, storage::Database& database, Clock const& clock, api::Call& call) {
    auto const id = TRY(call.id<CaseTag>());
    // An export holds the whole case with its audit: for the centre's own people.
    if (!call.caller.may("cases.read")) return fail(Kind::not_found, "not-found");
    TRY(database.read([&](storage::Transaction& tx) -> Result<> {
        return expect_visible(tx, desk.parts().library, call.caller, id);
    }));
    auto packed = TRY(export_case(desk, database, id, clock.now(), &call.caller));
    api::Reply reply;
    reply.headers = {
        {"content-type", "application/zip"},
        {"content-disposition", "attachment; filename*=UTF-8''" + percent_encoded(packed.number + ".zip")}};
    reply.bytes = std::move(packed.zip);
    return reply;
}

}  // namespace

std::string type_by_content(std::filesystem::path const& file) {
    std::unique_ptr<magic_set, decltype(&magic_close)> cookie(magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR), &magic_close);
    if (!cookie || magic_load(cookie.get(), nullptr) != 0) return "application/octet-stream";
    char const* type = magic_file(cookie.get(), file.c_str());
    return type != nullptr ? type : "application/octet-stream";
}

api::Routes file_routes(Desk& desk, storage::Database& database, Clock const& clock) {
    api::Routes out;
    auto attach =
        api::work<api::Nothing>("POST", "/cases/{id}/attachments",
                                {.right = "signed-in",
                                 .help = "Attach the body as a file; X-File-Name is its name, percent-encoded",
                                 .status = 201,
                                 .body = {.limit = max_attachment, .to_file = true}},
                                [&](api::Call& call, api::Nothing&&) { return upload(desk, database, call); });
    attach.reply = [](json::object& components) { return json::schema<AttachmentView>(components); };
    out.push_back(std::move(attach));
    out.push_back(
        api::get("/cases/{id}/attachments/{attachment}", {.right = "signed-in", .help = "Download a file"},
                 [&](api::Call const& call, storage::Transaction& tx) { return download(desk, call, tx, false); }));
    out.push_back(
        api::get("/cases/{id}/attachments/{attachment}/preview",
                 {.right = "signed-in", .help = "Show a picture; other files are not shown"},
                 [&](api::Call const& call, storage::Transaction& tx) { return download(desk, call, tx, true); }));
    out.push_back(api::work<api::Nothing>(
        "GET", "/cases/{id}/export", {.right = "signed-in", .help = "The case as one signed zip"},
        [&](api::Call& call, api::Nothing&&) { return pack(desk, database, clock, call); }));
    return out;
}

}  // namespace keepword::cases
