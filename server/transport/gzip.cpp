#include "transport/gzip.hpp"

#include <zlib.h>

#include <new>

namespace keepword::transport {

struct Gzip::State {
    z_stream stream{};
};

Gzip::Gzip() : state_(std::make_unique<State>()) {
    // Level 5: within a few percent of the best on JSON, at half its time. 16 + 15 bits: with gzip's own frame.
    if (deflateInit2(&state_->stream, 5, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::bad_alloc();
    }
}

Gzip::~Gzip() {
    deflateEnd(&state_->stream);
}

void Gzip::begin() {
    deflateReset(&state_->stream);
}

std::string Gzip::add(std::string_view bytes, bool last) {
    auto& stream = state_->stream;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string out;
    do {
        auto const before = out.size();
        out.resize(before + bytes.size() / 2 + 256);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        stream.avail_out = static_cast<uInt>(out.size() - before);
        deflate(&stream, last ? Z_FINISH : Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
    } while (stream.avail_out == 0);
    return out;
}

}  // namespace keepword::transport
