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

Result<> see_that_they_belong(DataFolder const& folder, storage::Database& database) {
    auto const row = TRY(database.read([](storage::Transaction& tx) { return tx.one("SELECT mark FROM centre"); }));
    auto const mark = content(folder.mark());
    if (!row && mark.empty()) return give(folder, database);
    if (!row) return fail(other(folder));
    if (mark.empty() && row->text(0) == content(beginning(folder))) return keep(folder);
    return row->text(0) == mark ? Result<>() : fail(other(folder));
}

Result<> see_that_it_has_no_other(DataFolder const& folder) {
    bool const belongs = std::filesystem::exists(folder.mark());
    return belongs && !std::filesystem::exists(folder.database()) ? fail(other(folder)) : Result<>();
}

}  // namespace keepword
