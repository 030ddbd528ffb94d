#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "storage/migration.hpp"

// Moves a whole SQLite database into an empty PostgreSQL one: all rows, then each of them read back and compared.
namespace keepword::storage {

struct MoveOptions {
    std::string from;  // path of the SQLite file; nobody may write to it meanwhile, and its schema is up to date
    std::string to;    // postgresql://…
    std::string mark;  // of what is moved: only the same move is taken up again
    // Texts that the two databases keep in different forms: "table.column" and how the text of the first becomes the
    // text from which the second makes its own.
    struct Converted {
        std::string column;
        std::function<std::string(std::string_view)> text;
    };
    std::vector<Converted> converted;
    // Tables that only SQLite has, by the beginning of their names: indexes that PostgreSQL keeps in another way.
    std::string left_out;
};

enum class MoveStep { copying, comparing, finishing };
struct MoveProgress {
    MoveStep step;
    std::string table;
    std::int64_t rows;  // of this table, so far
};

struct Moved {
    std::int64_t tables = 0;
    std::int64_t rows = 0;  // copied or found copied, and compared
};

// Broken off at any moment (a kill, a lost connection), it goes on where it was when it is called again; until it has
// ended well the target is not taken for a database (being_moved). Errors: storage.move-not-empty (the target holds
// something else), storage.move-other (half a move of another mark), storage.move-different (a row is not what it was;
// parameters table, key), and those of the two databases.
Result<Moved> move_to_postgres(MoveOptions const& options, std::vector<Migration> migrations, Instant now,
                               std::function<void(MoveProgress const&)> const& progress);

// Whether a move into this database was begun and has not ended.
Result<bool> being_moved(Database& database);

}  // namespace keepword::storage
