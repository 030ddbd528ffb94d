#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "storage/value.hpp"

// SQL text is written in the program, never put together from what came from outside. The compiler sees to it: Sql is
// made from string literals only (its constructor is consteval), and Select joins such literals.
namespace keepword::storage {

class Sql {
  public:
    consteval Sql(char const* literal) : text_(literal) {}
    constexpr std::string_view text() const { return text_; }

  private:
    std::string_view text_;
};

// A query whose conditions depend on which filters were given.
//   Select select("SELECT id, name FROM person");
//   if (department) select.where("department = ?", *department);
//   select.end("ORDER BY id LIMIT ?", limit);
class Select {
  public:
    // Parameters of the head stand before those of the conditions.
    explicit Select(Sql head, auto const&... parameters) : text_(head.text()), values_{to_value(parameters)...} {}

    // One more table; before the conditions.
    Select& join(Sql table) {
        text_ += " ";
        text_ += table.text();
        return *this;
    }
    Select& where(Sql condition, auto const&... parameters) {
        text_ += filtered_ ? " AND (" : " WHERE (";
        text_ += condition.text();
        text_ += ")";
        filtered_ = true;
        (values_.push_back(to_value(parameters)), ...);
        return *this;
    }
    // "column IN (?, ?, …)"; nothing fits an empty list.
    template <class T>
    Select& where_in(Sql column, std::vector<T> const& any_of) {
        text_ += filtered_ ? " AND " : " WHERE ";
        filtered_ = true;
        if (any_of.empty()) {
            text_ += "1 = 0";
            return *this;
        }
        text_ += column.text();
        text_ += " IN (";
        for (std::size_t i = 0; i < any_of.size(); ++i) {
            text_ += i == 0 ? "?" : ",?";
            values_.push_back(to_value(any_of[i]));
        }
        text_ += ")";
        return *this;
    }
    // "condition OR condition OR …", one for each of the values; nothing fits an empty list.
    template <class T>
    Select& where_any(Sql condition, std::vector<T> const& any_of) {
        text_ += filtered_ ? " AND (" : " WHERE (";
        filtered_ = true;
        if (any_of.empty()) text_ += "1 = 0";
        for (std::size_t i = 0; i < any_of.size(); ++i) {
            if (i > 0) text_ += " OR ";
            text_ += condition.text();
            values_.push_back(to_value(any_of[i]));
        }
        text_ += ")";
        return *this;
    }
    // What follows the conditions: GROUP BY, ORDER BY, LIMIT.
    Select& end(Sql tail, auto const&... parameters) {
        text_ += " ";
        text_ += tail.text();
        (values_.push_back(to_value(parameters)), ...);
        return *this;
    }
    // The rows of several queries, each once; to be given its order and limit by end(). Of each query its own order and
    // limit hold before.
    static Select united(std::vector<Select> const& parts) {
        Select all("");
        for (auto const& part : parts) {
            all.text_ += all.text_.empty() ? "SELECT * FROM (" : " UNION SELECT * FROM (";
            all.text_ += part.text_;
            all.text_ += ") part";
            all.values_.insert(all.values_.end(), part.values_.begin(), part.values_.end());
        }
        return all;
    }
    // How many rows a query has.
    static Select counted(Select const& rows) {
        Select all("SELECT count(*) FROM (");
        all.text_ += rows.text_;
        all.text_ += ") counted";
        all.values_ = rows.values_;
        return all;
    }
    std::string_view text() const { return text_; }
    std::vector<Value> const& values() const { return values_; }

  private:
    std::string text_;
    std::vector<Value> values_;
    bool filtered_ = false;
};

// One INSERT of many rows, which costs a fraction of as many statements.
//   Insert into("INSERT INTO person (id, name) VALUES ", "(?,?)");
//   for (…) {
//       into.row(id, name);
//       if (into.full()) TRY(tx.execute(into));
//   }
//   if (into.rows() > 0) TRY(tx.execute(into));
class Insert {
  public:
    Insert(Sql head, Sql row) : head_(head), row_(row) {}

    void row(auto const&... parameters) {
        (values_.push_back(to_value(parameters)), ...);
        ++rows_;
    }
    std::size_t rows() const { return rows_; }
    // Well within the 32,766 parameters that SQLite takes; always as many, so that the statement is prepared once.
    bool full() const { return rows_ >= most_rows; }
    std::string text() const {
        std::string text(head_.text());
        for (std::size_t i = 0; i < rows_; ++i) {
            if (i > 0) text += ",";
            text += row_.text();
        }
        return text;
    }
    std::vector<Value> const& values() const { return values_; }
    void clear() {
        values_.clear();
        rows_ = 0;
    }

  private:
    static constexpr std::size_t most_rows = 100;
    Sql head_;
    Sql row_;
    std::vector<Value> values_;
    std::size_t rows_ = 0;
};

// A LIKE pattern (with ESCAPE '\') for "contains this text", in lower case: `lower(name) LIKE ? ESCAPE '\'`.
inline std::string contains(std::string_view wanted) {
    std::string out = "%";
    for (char c : text::ascii_lower(wanted)) {
        if (c == '%' || c == '_' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + "%";
}

}  // namespace keepword::storage
