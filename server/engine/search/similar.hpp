#pragma once
#include <string_view>
#include <vector>

#include "storage/database.hpp"

// Finding what is like a text, where find() asks for all of its words: things are counted by how many of them they
// have. For what is offered while somebody types. A thing of another kind costs nothing, however many there are.
namespace keepword::search {

// How much a thing has of a text: how many of its words, and those by weight (a title's count threefold).
struct Similar {
    std::int64_t id = 0;
    std::int64_t words = 0;
    std::int64_t weight = 0;
};

// Makes a thing findable by likeness, or anew by what it says now. The first 600 different words count.
Result<> index_similar(storage::Transaction& tx, std::string_view kind, std::int64_t id, std::string_view title,
                       std::string_view body);
Result<> forget_similar(storage::Transaction& tx, std::int64_t id);

// What has most of the text's words, most weight first, of equal ones the newest. Of the text its first 80 different
// words count; where it has more than two, one word alone is chance and does not.
Result<std::vector<Similar>> similar(storage::Transaction& tx, std::string_view kind, std::string_view text,
                                     std::int64_t limit);

}  // namespace keepword::search
