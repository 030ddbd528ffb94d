#include "main/belonging.hpp"

#include <fstream>
#include <iterator>

#include "foundation/crypto.hpp"

namespace keepword {
namespace {

std::string content(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Error other(DataFolder const& folder) {
    return Error(Kind::conflict, "data.other-database").with("folder", folder.mark().parent_path().string());
}

// Under another name until the database has it too: killed in between, the next start goes on from here.
std::filesystem::path beginning(DataFolder const& folder) {
    return folder.mark().string() + ".begun";
}

Result<> keep(DataFolder const& folder) {
    std::error_code error;
    std::filesystem::rename(beginning(folder), folder.mark(), error);
    if (error) return fail(Kind::internal, "data.folder", folder.mark().string() + ": " + error.message());
    return {};
}

Result<> give(DataFolder const& folder, storage::Database& database) {
    auto mark = content(beginning(folder));
    if (mark.empty()) {
        mark = crypto::hex(crypto::random_bytes(16));
        TRY(write_durably(beginning(folder), mark));
    }
    TRY(database.write([&](storage::Transaction& tx) -> Result<> {
        TRY(tx.execute("INSERT INTO centre (only_one, mark) VALUES (1, ?)", mark));
        return {};
    }));
    return keep(folder);
}

}  // namespace

Result<std::optional<std::string>> mark_of(storage::Database& database) {
    return database.read([](storage::Transaction& tx) -> Result<std::optional<std::string>> {
        auto const row = TRY(tx.one("SELECT mark FROM centre"));
        return row ? std::optional(row->text(0)) : std::nullopt;
    });
}

Result<> see_that_they_belong(DataFolder const& folder, storage::Database& database) {
    auto const known = TRY(mark_of(database));
    auto const mark = content(folder.mark());
    if (!known && mark.empty()) return give(folder, database);
    if (known && mark.empty() && *known == content(beginning(folder))) return keep(folder);
    return known == mark ? Result<>() : fail(other(folder));
}

Result<> see_that_it_has_no_other(DataFolder const& folder) {
    bool const belongs = std::filesystem::exists(folder.mark());
    return belongs && !std::filesystem::exists(folder.database()) ? fail(other(folder)) : Result<>();
}

}  // namespace keepword
