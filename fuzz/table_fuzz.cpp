// Any bytes are a table or an error that says why: in time, in limits, with valid text, and rows in their order.
#include <cstdint>
#include <cstdlib>

#include "engine/table/table.hpp"
#include "foundation/text.hpp"

namespace {

using namespace keepword;

void check(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    auto const read = table::read({reinterpret_cast<char const*>(data), size});
    if (!read) {
        check(!read.error().code.empty() && read.error().kind != Kind::internal);
        return 0;
    }
    check(read->rows() > 0 && read->rows() <= table::max_rows + 1 && read->width() <= table::max_columns);
    std::int64_t last = 0;
    for (std::size_t row = 0; row < read->rows(); ++row) {
        check(read->number(row) > last);
        last = read->number(row);
        for (std::size_t column = 0; column < read->width(); ++column) {
            auto const cell = read->at(row, column);
            check(cell.text.size() <= table::max_cell && text::valid_utf8(cell.text));
        }
    }
    return 0;
}
