#include <algorithm>
#include <array>
#include <tuple>

#include "domain/demo/copying.hpp"
#include "domain/demo/demo.hpp"
#include "engine/audit/audit.hpp"
#include "engine/search/search.hpp"

// A centre as large as wanted: the demo's closed cases copied into the time before them, row by row, each copy with
// ids, numbers and times of its own and with an audit chain that is worked out anew. Playing a million cases through
// their processes would take hours, and their rows would look the same.
namespace keepword::demo {
namespace {

constexpr Duration week = days(7);
constexpr std::int64_t most_periods = 24;
constexpr unsigned most_copies = 1'023;  // of one case in one period: what an id's process bits can tell apart
constexpr std::int64_t cases_of_a_transaction = 500;

using Put = Result<> (*)(storage::Transaction&, storage::Sql, std::vector<storage::Value> const&);

template <std::size_t... I>
Result<> put_values(storage::Transaction& tx, storage::Sql sql, std::vector<storage::Value> const& row,
                    std::index_sequence<I...>) {
    TRY(tx.execute(sql, row[I]...));
    return {};
}
template <std::size_t Columns>
Result<> put(storage::Transaction& tx, storage::Sql sql, std::vector<storage::Value> const& row) {
    if (row.size() != Columns) return fail(Kind::internal, "demo.columns", std::string(sql.text()));
    return put_values(tx, sql, row, std::make_index_sequence<Columns>());
}

struct TableCopy {
    storage::Sql read;  // the rows of a case
    storage::Sql write;
    Put put;
};
// With every column in its order: one more in a table is told at once by the database.
constexpr std::array<TableCopy, 13> tables{{
    {"SELECT * FROM cases WHERE id = ?",
     "INSERT INTO cases VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", put<30>},
    {"SELECT * FROM case_engine WHERE case_id = ?", "INSERT INTO case_engine VALUES (?,?)", put<2>},
    {"SELECT * FROM task WHERE case_id = ? ORDER BY id",
     "INSERT INTO task VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", put<18>},
    {"SELECT * FROM clock WHERE case_id = ? ORDER BY id", "INSERT INTO clock VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
     put<16>},
    {"SELECT * FROM case_pause WHERE case_id = ?", "INSERT INTO case_pause VALUES (?,?,?,?,?)", put<5>},
    {"SELECT * FROM timeline WHERE case_id = ? ORDER BY id", "INSERT INTO timeline VALUES (?,?,?,?,?,?,?,?,?,?)",
     put<10>},
    {"SELECT * FROM case_visit WHERE case_id = ? ORDER BY instance, element",
     "INSERT INTO case_visit VALUES (?,?,?,?,?)", put<5>},
    {"SELECT * FROM case_flow WHERE case_id = ? ORDER BY flow", "INSERT INTO case_flow VALUES (?,?,?)", put<3>},
    {"SELECT * FROM attachment WHERE case_id = ? ORDER BY id", "INSERT INTO attachment VALUES (?,?,?,?,?,?,?,?,?)",
     put<9>},
    {"SELECT * FROM case_link WHERE from_case = ?", "INSERT INTO case_link VALUES (?,?,?,?,?)", put<5>},
    {"SELECT * FROM case_person WHERE case_id = ?", "INSERT INTO case_person VALUES (?,?,?)", put<3>},
    {"SELECT t.* FROM attachment_text t JOIN attachment a ON a.id = t.attachment WHERE a.case_id = ?",
     "INSERT INTO attachment_text VALUES (?,?)", put<2>},
    // The last one: PostgreSQL has the words in a form of its own, and gets them anew.
    {"SELECT id, kind, of_case, words FROM search_entry WHERE of_case = ? ORDER BY id",
     "INSERT INTO search_entry (id, kind, of_case, words) VALUES (?,?,?,?)", put<4>},
}};

// Cases that name each other, and everything of them.
struct Family {
    std::vector<cases::CaseId> cases;
    std::vector<std::pair<std::size_t, RowPattern>> rows;   // with the place of their table
    std::map<std::int64_t, std::vector<RowPattern>> audit;  // of each case: at, actor, action, subject, data
    std::set<std::string> numbers;
};

Result<std::vector<Family>> families(storage::Transaction& tx) {
    std::map<std::int64_t, std::int64_t> head;  // of each case: the oldest it hangs together with
    std::set<std::int64_t> unfit;               // open, or with mails, which are of the outside
    for (auto const& row : TRY(tx.query("SELECT c.id, c.parent_case, c.state, (SELECT count(*) FROM mail m "
                                        "WHERE m.case_id = c.id) FROM cases c ORDER BY c.id"))) {
        auto const id = row.integer(0);
        auto const parent = head.find(row.integer(1));
        head[id] = parent == head.end() ? id : parent->second;
        if ((row.text(2) != "archived" && row.text(2) != "cancelled") || row.integer(3) > 0) unfit.insert(head[id]);
    }
    // A link to a case of another family would be a link into nowhere.
    for (auto const& row : TRY(tx.query("SELECT from_case, to_case FROM case_link"))) {
        if (head[row.integer(0)] != head[row.integer(1)]) unfit.insert({head[row.integer(0)], head[row.integer(1)]});
    }
    std::map<std::int64_t, Family> by_head;
    for (auto const& [id, first] : head) {
        if (!unfit.contains(first)) by_head[first].cases.push_back({id});
    }
    std::vector<Family> out;
    for (auto& [first, family] : by_head) out.push_back(std::move(family));
    return out;
}

std::size_t tables_of(storage::Transaction& tx) {
    return tx.dialect() == storage::Dialect::sqlite ? tables.size() : tables.size() - 1;
}

Result<> read_family(storage::Transaction& tx, Family& family) {
    std::vector<std::pair<std::size_t, storage::Row>> rows;
    Own own;
    for (auto const id : family.cases) {
        own.ids.insert(id.value);
        for (std::size_t table = 0; table < tables_of(tx); ++table) {
            for (auto& row : TRY(tx.query(tables[table].read, id))) {
                // The first column of every table with ids of its own is that id; elsewhere it is the case's.
                own.ids.insert(row.integer(0));
                if (table == 0) own.numbers.insert({row.text(1), search::words_in_rows(row.text(1))});
                rows.emplace_back(table, std::move(row));
            }
        }
    }
    // Cases of a family refer to each other, so that all of them come before what hangs on them.
    std::ranges::stable_sort(rows, {}, &std::pair<std::size_t, storage::Row>::first);
    for (auto const& [table, row] : rows) family.rows.emplace_back(table, RowPattern(row, own));
    for (auto const id : family.cases) {
        for (auto const& row : TRY(tx.query("SELECT at, actor, action, subject, data FROM audit WHERE chain = ? "
                                            "ORDER BY seq",
                                            audit::case_chain(id.value))))
            family.audit[id.value].emplace_back(row, own);
    }
    // As they are written; how they stand among the words follows from that.
    std::erase_if(own.numbers, [](std::string const& number) { return number.find('-') == std::string::npos; });
    family.numbers = std::move(own.numbers);
    return {};
}

// Numbers of days gone by, counted on where the centre's own have ended.
class Numbers {
  public:
    // "KF20260205-0007", as much earlier as the copy is.
    Result<std::string> earlier(storage::Transaction& tx, std::string const& number, Duration by) {
        auto const dash = number.find('-');
        auto const prefix = number.substr(0, dash - 8);
        auto const written = number.substr(dash - 8, 8);
        auto const day = TRY(Day::parse(written.substr(0, 4) + "-" + written.substr(4, 2) + "-" + written.substr(6)));
        auto const then = Day::from_number(day.number() - by.ms / days(1).ms).str();
        auto& last = last_[{prefix, then}];
        if (last == 0) {
            auto const row = TRY(tx.one("SELECT last FROM case_number WHERE prefix = ? AND day = ?", prefix, then));
            last = row ? row->integer(0) : 0;
        }
        auto const count = std::to_string(++last);
        return prefix + then.substr(0, 4) + then.substr(5, 2) + then.substr(8) + "-" +
               std::string(count.size() < 4 ? 4 - count.size() : 0, '0') + count;
    }
    Result<> keep(storage::Transaction& tx) const {
        for (auto const& [key, last] : last_) {
            TRY(
                tx.execute("INSERT INTO case_number (prefix, day, last) VALUES (?, ?, ?) "
                           "ON CONFLICT (prefix, day) DO UPDATE SET last = excluded.last",
                           key.first, key.second, last));
        }
        return {};
    }

  private:
    std::map<std::pair<std::string, std::string>, std::int64_t> last_;
};

Result<> write_copy(storage::Transaction& tx, Family const& family, Copy const& copy) {
    for (auto const& [table, row] : family.rows) TRY(tables[table].put(tx, tables[table].write, row.filled(copy)));
    for (auto const& [id, entries] : family.audit) {
        auto const now = copied_id(id, copy);
        std::vector<audit::Entry> chain;
        for (auto const& entry : entries) {
            auto const values = entry.filled(copy);
            auto const text = [&](std::size_t i) { return std::get<std::string>(values[i]); };
            auto data = TRY(json::parse(text(4), json::max_stored_depth));
            chain.push_back({audit::case_chain(now), Instant{std::get<std::int64_t>(values[0])}, text(1), text(2),
                             text(3), std::move(data)});
        }
        TRY(audit::append_all(tx, chain));
        if (tx.dialect() == storage::Dialect::postgresql) TRY(cases::index_again(tx, {now}));
    }
    return {};
}

}  // namespace

Result<std::int64_t> scale(Parts const& parts, Instant now, std::int64_t wanted,
                           std::function<void(std::int64_t)> const& progress) {
    auto all = TRY(parts.database.read([](storage::Transaction& tx) -> Result<std::vector<Family>> {
        auto found = TRY(families(tx));
        for (auto& family : found) TRY(read_family(tx, family));
        return found;
    }));
    std::int64_t of_a_set = 0;
    for (auto const& family : all) of_a_set += static_cast<std::int64_t>(family.cases.size());
    if (of_a_set == 0) return fail(Kind::conflict, "demo.nothing-to-copy");
    // Copies lie so far apart that none reaches into the next, whole weeks, so that workdays stay workdays; and none is
    // older than ids can be.
    auto const room = all.front().cases.front().value >> id_layout::time_shift;
    auto const history = now.ms - id_layout::epoch - room;
    Duration const period{(history / week.ms + 2) * week.ms};
    auto const periods = std::min(most_periods, room / period.ms - 1);
    if (periods < 1) return fail(Error(Kind::invalid, "demo.too-large"));
    auto const copies = (wanted + periods * of_a_set - 1) / (periods * of_a_set);
    if (copies > most_copies) return fail(Error(Kind::invalid, "demo.too-large"));
    Numbers numbers;
    std::int64_t made = 0;
    // The oldest first and copies of one case together, so that rows come nearly in the order of their ids.
    for (std::int64_t back = periods; back > 0 && made < wanted; --back) {
        for (auto family = all.begin(); family != all.end() && made < wanted;) {
            auto const before = std::tuple(family, made, numbers);
            TRY(parts.database.write([&](storage::Transaction& tx) -> Result<> {
                // PostgreSQL may run it a second time.
                std::tie(family, made, numbers) = before;
                for (std::int64_t begun = made;
                     family != all.end() && made < wanted && made - begun < cases_of_a_transaction; ++family) {
                    for (std::int64_t i = 0; i < copies && made < wanted; ++i) {
                        Copy copy{.earlier = {period.ms * back}, .process = static_cast<unsigned>(i), .numbers = {}};
                        for (auto const& number : family->numbers) {
                            auto const earlier = TRY(numbers.earlier(tx, number, copy.earlier));
                            copy.numbers[number] = earlier;
                            copy.numbers[search::words_in_rows(number)] = search::words_in_rows(earlier);
                        }
                        TRY(write_copy(tx, *family, copy));
                        made += static_cast<std::int64_t>(family->cases.size());
                    }
                }
                return numbers.keep(tx);
            }));
            progress(made);
        }
    }
    TRY(parts.database.write(search::rebuild));
    return made;
}

}  // namespace keepword::demo
