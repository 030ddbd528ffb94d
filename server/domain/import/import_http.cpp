#include <fstream>
#include <sstream>

#include "domain/import/fields.hpp"
#include "domain/import/progress.hpp"
#include "engine/api/idempotency.hpp"
#include "engine/table/table.hpp"

// The routes: a file is brought, looked at as often as one likes, and imported.
namespace keepword::imports {
namespace {

using api::Call;
using storage::Transaction;

struct UploadTag;
using UploadId = Id<UploadTag>;

constexpr Duration kept_for = days(1);
constexpr std::size_t most_uploads = 10;  // of one person at a time

struct Upload {
    UploadId id;
    ImportKind kind = ImportKind::terminals;
    std::string name;
    std::string sha256;
    std::int64_t size = 0;
};

struct ImportUpload {
    UploadId id;
    std::string name;
    std::int64_t size = 0;
    std::string sha256;
    ImportChecked checked;
};
BOOST_DESCRIBE_STRUCT(ImportUpload, (), (id, name, size, sha256, checked))

struct ImportProgress {
    UploadId id;
    ImportKind kind = ImportKind::terminals;
    std::string name;
    bool running = false;
    std::int64_t rows = 0;
    std::int64_t done = 0;
};
BOOST_DESCRIBE_STRUCT(ImportProgress, (), (id, kind, name, running, rows, done))

struct ImportWish {
    std::optional<ImportKind> kind;  // as it was brought unless said
    std::optional<std::map<std::string, std::string>> mapping;
    std::optional<bool> update;
    std::optional<json::Text<100>> sheet;
};
BOOST_DESCRIBE_STRUCT(ImportWish, (), (kind, mapping, update, sheet))

std::filesystem::path file_of(std::filesystem::path const& folder, UploadId id) {
    return folder / id.str();
}

// Persons come with rights: that is as sensitive as entering them one by one.
Result<> expect_right(Call const& call, ImportKind kind) {
    if (kind != ImportKind::people) return {};
    if (!call.caller.may("people.manage")) return fail(Kind::forbidden, "right.missing");
    if (!call.caller.proven(call.now)) return fail(Kind::forbidden, "session.step-up");
    return {};
}

Result<ImportKind> kind_of(std::string const& word) {
    auto const kind = json::from_word<ImportKind>(word);
    if (!kind) return invalid("kind", word.empty() ? "required" : "choice");
    return *kind;
}

// Whoever brought a file has it; to all others it is not there.
Result<Upload> wanted(Parts const& parts, Call const& call) {
    auto const id = TRY(call.id<UploadTag>());
    auto const row = TRY(parts.database.read([&](Transaction& tx) {
        return tx.one("SELECT kind, name, sha256, size FROM import_upload WHERE id = ? AND person = ? AND at > ?", id,
                      call.caller.person, call.now - kept_for);
    }));
    if (!row || !std::filesystem::exists(file_of(parts.folder, id))) return fail(Kind::not_found, "not-found");
    return Upload{id, row->word<ImportKind>(0), row->text(1), row->text(2), row->integer(3)};
}

Result<std::string> bytes_of(Parts const& parts, UploadId id) {
    std::ifstream file(file_of(parts.folder, id), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (!file) return fail(Kind::internal, "file.unreadable", file_of(parts.folder, id).string());
    return std::move(bytes).str();
}

Wish wish_of(ImportWish const& in, Upload const& upload) {
    return {.kind = in.kind.value_or(upload.kind),
            .mapping = in.mapping.value_or(std::map<std::string, std::string>()),
            .update = in.update.value_or(false),
            .sheet = in.sheet ? in.sheet->value : std::string()};
}

// The name alone, without folders and what cannot be seen.
std::string file_name(std::string_view encoded) {
    auto const decoded = api::Query("n=" + std::string(encoded)).text("n");
    auto const slash = decoded.find_last_of("/\\");
    std::string out;
    for (char c : slash == std::string::npos ? decoded : decoded.substr(slash + 1)) {
        if (static_cast<unsigned char>(c) >= ' ' && c != 127) out.push_back(c);
    }
    auto const trimmed = text::head(text::trim(out), 200);
    return trimmed.empty() || !text::valid_utf8(trimmed) ? "file" : std::string(trimmed);
}

Result<ImportUpload> look_at(Parts const& parts, Call const& call, Upload const& upload, Wish const& wish) {
    auto const bytes = TRY(bytes_of(parts, upload.id));
    auto checked = TRY(check(parts, bytes, wish, call.now, call.caller.person));
    return ImportUpload{upload.id, upload.name, upload.size, upload.sha256, std::move(checked)};
}

// Nobody fills the disk: of many files the newest stay.
Result<std::vector<UploadId>> drop_oldest(Transaction& tx, PersonId person) {
    std::vector<UploadId> out;
    for (auto const& row : TRY(tx.query("SELECT id FROM import_upload WHERE person = ? ORDER BY id DESC", person)))
        out.push_back(row.id<UploadTag>(0));
    out.erase(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(std::min(out.size(), most_uploads)));
    for (auto const id : out) TRY(tx.execute("DELETE FROM import_upload WHERE id = ?", id));
    return out;
}

Result<api::Reply> bring(Parts const& parts, Call& call) {
    auto const kind = TRY(kind_of(call.query.text("kind")));
    TRY(expect_right(call, kind));
    if (!call.upload || call.upload->size == 0) return invalid("body", "required");
    Upload const upload{parts.ids.next<UploadTag>(), kind, file_name(api::header(call.headers, "x-file-name")),
                        call.upload->sha256, call.upload->size};
    std::error_code error;
    std::filesystem::create_directories(parts.folder, error);
    std::filesystem::rename(call.upload->path, file_of(parts.folder, upload.id), error);
    if (error) return fail(Kind::internal, "file.unwritable", error.message());
    // What stands for the body when the key is looked up.
    call.body = json::object{{"kind", json::word(kind)}, {"name", upload.name}, {"sha256", upload.sha256}};
    auto const checked = TRY(look_at(parts, call, upload, {.kind = kind}));
    std::vector<UploadId> dropped;
    auto reply = parts.database.write([&](Transaction& tx) {
        dropped.clear();
        return api::act_once(call, "POST /imports", tx, [&]() -> Result<api::Reply> {
            TRY(tx.execute(
                "INSERT INTO import_upload (id, person, kind, name, sha256, size, at) VALUES (?,?,?,?,?,?,?)",
                upload.id, call.caller.person, upload.kind, upload.name, upload.sha256, upload.size, call.now));
            dropped = TRY(drop_oldest(tx, call.caller.person));
            return api::Reply{.status = 201, .body = json::text_of(checked)};
        });
    });
    for (auto const id : dropped) std::filesystem::remove(file_of(parts.folder, id), error);
    return reply;
}

// What is refused is said as of any other input: the place as the field, "C17".
Error refusal(ImportDone const& done, Locale locale) {
    constexpr std::size_t most = 100;
    Error error(Kind::invalid, "import.refused");
    error.params.emplace_back("count", std::to_string(done.wrong));
    for (auto const& one : done.errors) {
        if (error.fields.size() >= most) break;
        error.fields.push_back(
            {one.column + std::to_string(one.row), one.code, locale == Locale::zh ? one.zh : one.en});
    }
    return error;
}

Result<api::Reply> import_file(Parts const& parts, Call& call, ImportWish const& in) {
    auto const upload = TRY(wanted(parts, call));
    auto const wish = wish_of(in, upload);
    TRY(expect_right(call, wish.kind));
    auto const prepared = TRY(prepare(parts, TRY(bytes_of(parts, upload.id)), wish, upload.name));
    auto& progress = *parts.progress;
    progress.set(upload.id.value, 0, rows_of(*prepared));
    auto done = parts.database.write([&](Transaction& tx) {
        return api::act_once(call, "POST /imports/{id}/run", tx, [&]() -> Result<api::Reply> {
            auto const brought = TRY(bring_in(parts, tx, *prepared, call.now, call.caller.person, [&](auto rows) {
                progress.set(upload.id.value, rows, rows_of(*prepared));
            }));
            if (!brought.holds) return fail(refusal(brought, call.locale));
            return api::Reply{.body = json::text_of(brought)};
        });
    });
    progress.end(upload.id.value);
    return done;
}

void add_reading_routes(api::Routes& out, Parts const& parts) {
    out.push_back(api::get("/imports/kinds",
                           {.right = "customers.manage", .help = "What files may hold: the fields of each kind"},
                           [parts](Call const& call, Transaction&) -> Result<api::Page<ImportFields>> {
                               api::Page<ImportFields> page{{}, {}};
                               for (auto const& kind : parts.fields.all().kinds) {
                                   if (kind.kind != ImportKind::people || call.caller.may("people.manage"))
                                       page.items.push_back(kind);
                               }
                               return page;
                           }));
    out.push_back(api::get("/imports/kinds/{kind}/template",
                           {.right = "customers.manage", .help = "A file with the headings, to be filled in"},
                           [parts](Call const& call, Transaction&) -> Result<api::Reply> {
                               auto const kind = json::from_word<ImportKind>(call.part("kind"));
                               if (!kind || (*kind == ImportKind::people && !call.caller.may("people.manage")))
                                   return fail(Kind::not_found, "not-found");
                               api::Reply reply;
                               for (auto const& one : parts.fields.all().kinds) {
                                   if (one.kind == *kind) reply.bytes = template_of(one, call.locale);
                               }
                               reply.headers = {
                                   {"content-type", "text/csv; charset=utf-8"},
                                   {"content-disposition", "attachment; filename=\"" + json::word(*kind) + ".csv\""}};
                               return reply;
                           }));
    out.push_back(api::work<api::Nothing>(
        "GET", "/imports/{id}",
        {.right = "customers.manage", .help = "A file that was brought, and how far its import is"},
        [parts](Call& call, api::Nothing&&) -> Result<ImportProgress> {
            auto const upload = TRY(wanted(parts, call));
            ImportProgress view{.id = upload.id, .kind = upload.kind, .name = upload.name};
            if (auto const running = parts.progress->of(upload.id.value)) {
                view.running = true;
                view.done = running->first;
                view.rows = running->second;
            }
            return view;
        }));
}

}  // namespace

std::shared_ptr<Progress> new_progress() {
    return std::make_shared<Progress>();
}

api::Routes routes(Parts const& parts) {
    api::Routes out;
    add_reading_routes(out, parts);
    auto upload = api::work<api::Nothing>(
        "POST", "/imports",
        {.right = "customers.manage",
         .help = "Bring a CSV or XLSX file as the body; X-File-Name is its name, percent-encoded",
         .query = {{"kind", "people, customers, sites, assets or terminals"}},
         .status = 201,
         .body = {.limit = static_cast<std::int64_t>(table::max_bytes), .to_file = true},
         .slow = true},
        [parts](Call& call, api::Nothing&&) { return bring(parts, call); });
    upload.reply = [](json::object& components) { return json::schema<ImportUpload>(components); };
    out.push_back(std::move(upload));
    auto look =
        api::work<ImportWish>("POST", "/imports/{id}/check",
                              {.right = "customers.manage",
                               .help = "What would become of the file, without importing it; people need people.manage",
                               .keep_answer = false,
                               .slow = true},
                              [parts](Call& call, ImportWish&& in) -> Result<ImportUpload> {
                                  auto const found = TRY(wanted(parts, call));
                                  auto const wish = wish_of(in, found);
                                  TRY(expect_right(call, wish.kind));
                                  return look_at(parts, call, found, wish);
                              });
    out.push_back(std::move(look));
    auto start = api::work<ImportWish>(
        "POST", "/imports/{id}/run",
        {.right = "customers.manage",
         .help = "Import the file: all rows, or none where anything does not hold; people need people.manage",
         .slow = true},
        [parts](Call& call, ImportWish&& in) { return import_file(parts, call, in); });
    start.reply = [](json::object& components) { return json::schema<ImportDone>(components); };
    out.push_back(std::move(start));
    return out;
}

Result<> forget_uploads(storage::Transaction& tx, std::filesystem::path const& folder, Instant now) {
    TRY(tx.execute("DELETE FROM import_upload WHERE at <= ?", now - kept_for));
    std::error_code none;
    for (auto const& file : std::filesystem::directory_iterator(folder, none)) {
        auto const id = UploadId::parse(file.path().filename().string());
        auto const kept = id ? TRY(tx.one("SELECT 1 FROM import_upload WHERE id = ?", *id)) : std::nullopt;
        std::error_code ignored;
        // One that is being brought has no row yet.
        auto const age =
            std::filesystem::file_time_type::clock::now() - std::filesystem::last_write_time(file, ignored);
        if (!kept && age > std::chrono::hours(1)) std::filesystem::remove(file, ignored);
    }
    return {};
}

}  // namespace keepword::imports
