#pragma once
#include <filesystem>
#include <memory>
#include <string_view>

#include "foundation/json.hpp"
#include "main/settings.hpp"

// The command line's verbs that need an open centre. One that is being served does them itself, asked through a socket
// in its data folder; otherwise the command line opens the centre and holds its lock meanwhile.
namespace keepword {

class Centre;

namespace admin {

// Does a verb on an open centre ("token create") and answers with what it prints. Kind::invalid for a verb it does not
// know and for wrong arguments; whatever else the verb fails with.
Result<json::object> perform(Centre& centre, std::string_view verb, json::object const& arguments);

// The same from the command line: by the program that serves this folder where one does, else by opening the centre.
Result<json::object> ask(Home const& home, std::string_view verb, json::object const& arguments);

// Takes the command line's questions, a few at a time, until it is destroyed. Only the user
// who serves (and root) is answered.
class Socket {
  public:
    // admin.socket (internal) where there can be none.
    static Result<std::unique_ptr<Socket>> listen(Centre& centre, std::filesystem::path const& data);
    virtual ~Socket() = default;
};

}  // namespace admin
}  // namespace keepword
