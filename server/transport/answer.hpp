#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/api/http.hpp"
#include "transport/gzip.hpp"

namespace keepword::transport {

// What of a request decides how its answer is sent, kept while the handler has the request itself.
struct Asked {
    bool get = false;        // GET or HEAD
    bool head_only = false;  // HEAD: the answer without its body
    bool http11 = true;
    bool keep_alive = false;  // the connection goes on after the answer
    bool takes_gzip = false;
    std::string if_none_match;  // empty: not asked for
    std::string range;
    std::string if_range;
};

// Reads it out of the request. A HEAD becomes a GET, so that no handler needs to know of it, and entity tags lose the
// mark that compression gave them (see plan()), so that handlers meet only the tags they made.
Asked read_asked(api::HttpRequest& request, bool http11, bool keep_alive);

// Compressed forms of constant bodies, made once per thread. Not more of them than constants in the program.
using Packed = std::unordered_map<char const*, std::string>;

// What a plan is made with: the thread's own.
struct Means {
    Gzip& gzip;
    Packed& packed;
    std::string_view date;      // for the Date header
    std::size_t compress_from;  // bytes
};

// How an answer is to be sent.
struct Plan {
    enum class Content { none, bytes, gzip, file, events };
    std::string head;  // the status line and the headers, with the empty line
    Content content = Content::none;
    std::string_view bytes;   // for `bytes` and `gzip`: the response's or the thread's, not the plan's
    std::int64_t from = 0;    // for `file`
    std::int64_t length = 0;  // for `file`
    bool chunked = false;     // for `gzip` and `events`: the length is not known before
    bool keep_alive = false;
};

// Bodies up to here are compressed whole before they go; larger ones piece by piece while they go, so that one large
// answer does not hold up the others of its thread.
constexpr std::size_t whole_gzip = 64 * 1024;

// Decides on 304, 206, 416 and compression, and writes the head. Changes the response: a small body is replaced by its
// compressed form; an answer that cannot be sent becomes a 500. `file_size`: of response.file, if it could be opened.
// A compressed answer's strong entity tag "5" becomes "5-gz", because a strong tag names bytes and these are others.
Plan plan(Asked const& asked, api::HttpResponse& response, std::optional<std::int64_t> file_size, Means const& means);

}  // namespace keepword::transport
