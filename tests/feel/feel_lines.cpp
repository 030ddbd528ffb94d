// Evaluates expressions for tests that are not written in C++: reads {"expression":…,"context":{…}} from each line, and
// answers with a line {"value":…} or {"refused":{"column":…,"what":…}}.
#include <iostream>
#include <string>

#include "engine/feel/feel.hpp"

namespace {

using namespace keepword;

json::object answer(json::object const& asked) {
    auto const parsed = feel::parse(asked.at("expression").as_string());
    if (parsed) return {{"value", feel::evaluate(*parsed, asked.at("context").as_object())}};
    json::object refused;
    for (auto const& [name, value] : parsed.error().params) refused[name] = value;
    refused["column"] = std::stoi(std::string(refused.at("column").as_string()));
    return {{"refused", std::move(refused)}};
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        auto const asked = json::parse(line);
        if (!asked) return 1;
        std::cout << json::serialize(answer(asked->as_object())) << std::endl;
    }
}
