#include "testkit/call_driver.hpp"

#include <algorithm>
#include <future>
#include <mutex>
#include <stdexcept>

#include "embedded/embedded.hpp"

namespace keepword::testkit {
namespace {

constexpr std::string_view caller_header = "x-test-caller";

api::Texts program_texts() {
    auto const file = embedded::find("data/texts.json");
    if (!file) throw std::runtime_error("data/texts.json is not in the program");
    auto texts = api::Texts::load(*file);
    if (!texts) throw std::runtime_error(texts.error().code + ": " + texts.error().detail);
    return *std::move(texts);
}

// A path as a call has it: "/people/{id}/grants/{grant}" with 1 in every place.
std::string filled(std::string_view path) {
    std::string out;
    for (auto part : text::split(path.substr(1), '/')) out += part.starts_with('{') ? "/1" : "/" + std::string(part);
    return out;
}

bool is_refusal(Answer const& answer) {
    return answer.status == 403 && answer.code() == "right.missing";
}

}  // namespace

// Shared with the App's threads, where a test calls from several.
struct CallDriver::Callers {
    std::mutex mutex;
    std::vector<api::Caller> known;

    std::string add(api::Caller caller) {
        std::lock_guard const lock(mutex);
        known.push_back(std::move(caller));
        return std::to_string(known.size() - 1);
    }
    api::Caller at(std::string_view number) {
        std::lock_guard const lock(mutex);
        return known.at(std::stoul(std::string(number)));
    }
};

std::string Answer::code() const {
    auto const* found = body.is_object() ? body.get_object().if_contains("code") : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string Answer::etag() const {
    return std::string(api::header(headers, "etag"));
}

std::vector<FieldError> Answer::errors() const {
    std::vector<FieldError> out;
    auto const* found = body.is_object() ? body.get_object().if_contains("errors") : nullptr;
    if (found == nullptr) return out;
    for (auto const& error : found->as_array()) {
        out.push_back({std::string(error.at("field").as_string()), std::string(error.at("code").as_string())});
    }
    return out;
}

json::value const& Answer::operator[](std::string_view member) const {
    if (!body.is_object() || !body.get_object().contains(member)) {
        throw std::runtime_error("no \"" + std::string(member) + "\" in " + std::to_string(status) + " " + text);
    }
    return body.get_object().at(member);
}

CallDriver::CallDriver(storage::Database& database, Clock const& clock, api::Routes routes, api::Identify identify)
    : callers_(std::make_shared<Callers>()), texts_(program_texts()), pool_(2, 64) {
    if (!identify) {
        identify = [callers = callers_](storage::Transaction&, api::HttpRequest const& request) -> Result<api::Caller> {
            auto const number = api::header(request.headers, caller_header);
            if (number.empty()) return api::Caller();
            return callers->at(number);
        };
    }
    app_ = std::make_unique<api::App>(api::AppParts{.database = database,
                                                    .clock = clock,
                                                    .pool = pool_,
                                                    .slow_pool = pool_,
                                                    .texts = texts_,
                                                    .identify = std::move(identify),
                                                    .assets = [](auto&&...) { return std::nullopt; },
                                                    .ready = [] { return std::vector<api::Check>(); },
                                                    .metrics = [] { return std::string(); },
                                                    .version = "test"},
                                      std::move(routes));
}

CallDriver::~CallDriver() {
    pool_.stop();
}

CallDriver::As CallDriver::as(api::Caller const& caller) {
    return As(*this, callers_->add(caller));
}

Answer CallDriver::handle(api::HttpRequest request) {
    auto promise = std::make_shared<std::promise<api::HttpResponse>>();
    auto future = promise->get_future();
    request.remote = remote_;
    request.secure = secure_;
    request.id = "test";
    app_->handle(std::move(request),
                 [promise](api::HttpResponse response) { promise->set_value(std::move(response)); });
    if (future.wait_for(std::chrono::seconds(60)) != std::future_status::ready) throw std::runtime_error("no answer");
    auto response = future.get();
    Answer answer{.status = response.status, .headers = std::move(response.headers)};
    answer.text = response.body.empty() ? std::string(response.constant) : std::move(response.body);
    if (api::header(answer.headers, "content-type").find("json") != std::string_view::npos) {
        auto parsed = json::parse(answer.text);
        if (!parsed) throw std::runtime_error("an answer that is no JSON: " + answer.text);
        answer.body = *std::move(parsed);
    }
    return answer;
}

CallDriver::As CallDriver::As::with(std::string name, std::string value) const {
    auto copy = *this;
    copy.headers_.emplace_back(std::move(name), std::move(value));
    return copy;
}

Answer CallDriver::As::post(std::string_view target, json::value const& body) const {
    return call("POST", target, json::serialize(body));
}
Answer CallDriver::As::put(std::string_view target, json::value const& body) const {
    return call("PUT", target, json::serialize(body));
}
Answer CallDriver::As::patch(std::string_view target, json::value const& body) const {
    return call("PATCH", target, json::serialize(body));
}
Answer CallDriver::As::call(std::string_view method, std::string_view target, std::string body) const {
    return send(method, target, std::move(body), std::nullopt);
}
Answer CallDriver::As::upload(std::string_view method, std::string_view target, api::Upload upload) const {
    return send(method, target, "", std::move(upload));
}

Answer CallDriver::As::send(std::string_view method, std::string_view target, std::string body,
                            std::optional<api::Upload> upload) const {
    auto const question = target.find('?');
    api::HttpRequest request{
        .method = std::string(method),
        .path = "/api/v1" + std::string(target.substr(0, question)),
        .query = question == std::string_view::npos ? "" : std::string(target.substr(question + 1)),
        .headers = headers_,
        .body = std::move(body),
        .upload = std::move(upload)};
    if (!caller_.empty()) request.headers.emplace_back(caller_header, caller_);
    if (!request.body.empty() && api::header(headers_, "content-type").empty()) {
        request.headers.emplace_back("content-type", "application/json");
    }
    return driver_.handle(std::move(request));
}

api::Caller caller_with(std::vector<std::string> rights, PersonId person) {
    std::sort(rights.begin(), rights.end());
    return {.person = person, .login = "tester", .name = "测试", .rights = std::move(rights)};
}

std::vector<std::string> broken_rights(CallDriver& driver, std::vector<std::string> const& rights) {
    std::vector<std::string> broken;
    for (auto const& route : driver.routes()) {
        auto const name = route.method + " " + route.path;
        auto const complain = [&](bool holds, std::string_view what) {
            if (!holds) broken.push_back(name + " (" + route.rule.right + "): " + std::string(what));
        };
        auto const attempt = [&](CallDriver::As const& who) {
            return who.call(route.method, filled(route.path), route.request ? "{}" : "");
        };
        auto const unsigned_in = attempt(driver.nobody());
        if (route.rule.right == "public") {
            complain(unsigned_in.status != 401 || unsigned_in.code() != "session.none", "nobody must be let in");
            continue;
        }
        complain(unsigned_in.status == 401, "nobody must be refused");
        if (route.rule.right == "signed-in") {
            complain(!is_refusal(attempt(driver.as(caller_with({})))), "whoever is signed in must be let in");
            continue;
        }
        auto others = rights;
        complain(std::erase(others, route.rule.right) == 1, "no role gives this right");
        complain(is_refusal(attempt(driver.as(caller_with(others)))), "all other rights must not do");
        auto const entitled = attempt(driver.as(caller_with({route.rule.right})));
        complain(entitled.status != 401 && !is_refusal(entitled), "the right must do");
        complain(entitled.status < 500, "must not fail: " + std::to_string(entitled.status) + " " + entitled.text);
    }
    return broken;
}

}  // namespace keepword::testkit
