#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/app.hpp"
#include "testkit/test_database.hpp"

namespace keepword::testkit {

// What a call was answered, with the JSON of its body.
struct Answer {
    int status = 0;
    api::Headers headers;
    std::string text;
    json::value body;  // null where the answer is no JSON

    std::string code() const;                                      // of a problem; else empty
    std::string etag() const;                                      // as If-Match takes it
    std::vector<FieldError> errors() const;                        // the wrong fields of a problem
    json::value const& operator[](std::string_view member) const;  // of the body; throws where it has none
};

// An App over a test database with some routes, called without sockets as any caller.
//   CallDriver calls(*database, clock, people::people_routes(parts));
//   auto const answer = calls.as(caller_with({"people.read"})).get("/people?q=chen");
//   EXPECT_EQ(answer.status, 200);
// The texts are the program's own. Pool and App live as long as the driver.
class CallDriver {
  public:
    // Without `identify`, as() says who calls; with one, cookies and tokens in `headers` do.
    CallDriver(storage::Database& database, Clock const& clock, api::Routes routes, api::Identify identify = {});
    CallDriver(CallDriver const&) = delete;
    CallDriver& operator=(CallDriver const&) = delete;
    ~CallDriver();

    // Makes calls with given headers, as somebody or as nobody.
    class As {
      public:
        As(CallDriver& driver, std::string caller) : driver_(driver), caller_(std::move(caller)) {}
        // The same with one more header.
        As with(std::string name, std::string value) const;
        Answer get(std::string_view target) const { return call("GET", target, {}); }
        Answer post(std::string_view target, json::value const& body = json::object()) const;
        Answer put(std::string_view target, json::value const& body) const;
        Answer patch(std::string_view target, json::value const& body) const;
        Answer remove(std::string_view target) const { return call("DELETE", target, {}); }
        // `target` is below /api/v1 and may have a query.
        Answer call(std::string_view method, std::string_view target, std::string body) const;
        // A body that came as a file, as transport hands one over.
        Answer upload(std::string_view method, std::string_view target, api::Upload upload) const;

      private:
        Answer send(std::string_view method, std::string_view target, std::string body,
                    std::optional<api::Upload> upload) const;
        CallDriver& driver_;
        std::string caller_;
        api::Headers headers_;
    };
    As as(api::Caller const& caller);
    As nobody() { return As(*this, ""); }

    // Where calls come from; 192.0.2.1 unless said.
    void set_remote(std::string remote) { remote_ = std::move(remote); }
    void set_secure(bool secure) { secure_ = secure; }

    api::Routes const& routes() const { return app_->routes(); }
    api::App& app() { return *app_; }

  private:
    Answer handle(api::HttpRequest request);

    struct Callers;
    std::shared_ptr<Callers> callers_;
    api::Texts texts_;
    Pool pool_;
    std::unique_ptr<api::App> app_;
    std::string remote_ = "192.0.2.1";
    bool secure_ = false;
};

// A person (id 1 unless said) with exactly these rights and no role.
api::Caller caller_with(std::vector<std::string> rights, PersonId person = PersonId{1});

// Tries every route of the driver both ways: nobody is refused, somebody with all of `rights` but the route's is
// refused, somebody with the route's right alone is let in (whatever the handler then says to an empty body and ids
// that are not there). Returns what does not hold, one line each; empty is good. A route that declares a right missing
// in `rights` does not hold either. For a driver without `identify`.
std::vector<std::string> broken_rights(CallDriver& driver, std::vector<std::string> const& rights);

}  // namespace keepword::testkit
