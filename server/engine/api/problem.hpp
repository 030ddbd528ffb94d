#pragma once
#include <string>

#include "engine/api/call.hpp"
#include "engine/api/texts.hpp"
#include "foundation/result.hpp"

// The one place where a kind of error becomes an HTTP status (RFC 9457 problem documents).
namespace keepword::api {

int status_of(Kind kind);

// The answer an error becomes: code, text in the caller's language, wrong fields; of the inside only a name to look
// for in the log (`incident`), and only where the fault is ours.
HttpResponse problem(Error const& error, Texts const& texts, Locale locale, std::string const& request);

}  // namespace keepword::api
