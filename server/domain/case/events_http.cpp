#include <algorithm>
#include <atomic>

#include "domain/case/case_views.hpp"
#include "engine/live/hub.hpp"

// Live updates (GET /events): what changed on cases the caller may see, and notices meant for the caller.
namespace keepword::cases {
namespace {

// A stream ends after this; the browser comes back at once with its Last-Event-ID, and its rights are looked at again.
constexpr Duration longest_stream = minutes(10);

bool lists(std::string const& set, std::string const& entry) {
    return set.find("," + entry + ",") != std::string::npos;
}

bool names(json::value const& data, char const* member, PersonId person) {
    auto const* people = data.is_object() ? data.get_object().if_contains(member) : nullptr;
    if (people == nullptr || !people->is_array()) return false;
    return std::find(people->get_array().begin(), people->get_array().end(), json::value(json::string(person.str()))) !=
           people->get_array().end();
}

std::string text_at(json::value const& data, char const* member) {
    auto const* found = data.is_object() ? data.get_object().if_contains(member) : nullptr;
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

// What this person may hear has changed: the stream ends, and the next one looks again.
bool ends(live::Event const& event) {
    return event.topic == people::rights_topic;
}

// The same rule as see(), over what publish() put into the event.
bool visible(Sight const& sight, live::Event const& event) {
    if (event.topic == live::reset_topic) return true;
    if (names(event.data, "people", sight.person)) return true;
    if (event.topic == "notice" || ends(event)) return false;
    auto const kind = text_at(event.data, "kind");
    if (lists(sight.kinds, kind) || lists(sight.scoped, kind + "@" + text_at(event.data, "organisation"))) return true;
    auto const region = text_at(event.data, "region");
    return region.size() == 6 &&
           (lists(sight.scoped, kind + "#" + region) || lists(sight.scoped, kind + "#" + region.substr(0, 4) + "00") ||
            lists(sight.scoped, kind + "#" + region.substr(0, 2) + "0000"));
}

// Only what the browser needs: who else may see the case is nobody's business.
std::string as_text(live::Event const& event) {
    json::object out;
    for (auto const* member : {"case", "what", "number", "text_zh", "text_en"}) {
        if (auto const* found = event.data.is_object() ? event.data.get_object().if_contains(member) : nullptr)
            out[member] = *found;
    }
    return "id: " + std::to_string(event.number) + "\nevent: " + event.topic + "\ndata: " + json::serialize(out) +
           "\n\n";
}

class Stream final : public api::EventSource {
  public:
    Stream(std::shared_ptr<live::Subscription> subscription, Clock const& clock)
        : subscription_(std::move(subscription)), clock_(clock), until_(clock.now() + longest_stream) {}
    Stream(Stream const&) = delete;
    Stream& operator=(Stream const&) = delete;
    // One that ended by itself is not closed by whoever sends it, and the hub would gather events for it for ever.
    ~Stream() override { subscription_->close(); }

    void next(std::function<void(std::string)> ready) override {
        if (*over_ || clock_.now() > until_) return ready({});
        subscription_->next([over = over_, ready = std::move(ready)](std::optional<live::Events> events) {
            if (!events) return ready({});
            std::string text = events->empty() ? ": still here\n\n" : "";
            for (auto const& event : *events) {
                // Only its number is said, which the browser resumes behind; what came after is heard by whoever still
                // may.
                if (ends(*event)) {
                    text += "id: " + std::to_string(event->number) + "\n\n";
                    *over = true;
                    break;
                }
                text += as_text(*event);
            }
            ready(std::move(text));
        });
    }
    void close() override { subscription_->close(); }

  private:
    std::shared_ptr<live::Subscription> subscription_;
    Clock const& clock_;
    Instant until_;
    std::shared_ptr<std::atomic<bool>> over_ = std::make_shared<std::atomic<bool>>(false);
};

Result<api::Reply> open_stream(Desk& desk, live::Hub& hub, Clock const& clock, api::Call const& call,
                               storage::Transaction& tx) {
    struct EventTag;
    auto const last = Id<EventTag>::parse(api::header(call.headers, "last-event-id"));
    auto const sight = TRY(sight_of(tx, desk.parts().library, call.caller));
    auto subscription = TRY(hub.subscribe(last ? std::optional(last->value) : std::nullopt,
                                          [sight](live::Event const& event) { return visible(sight, event); }));
    api::Reply reply;
    reply.events = std::make_shared<Stream>(std::move(subscription), clock);
    return reply;
}

}  // namespace

api::Routes event_routes(Desk& desk, live::Hub& hub, Clock const& clock) {
    api::Routes out;
    out.push_back(api::get(
        "/events", {.right = "signed-in", .help = "Live updates as server-sent events, resumable by Last-Event-ID"},
        [&](api::Call const& call, storage::Transaction& tx) { return open_stream(desk, hub, clock, call, tx); }));
    return out;
}

}  // namespace keepword::cases
