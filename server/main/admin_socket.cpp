#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>

#include "foundation/log.hpp"
#include "foundation/pool.hpp"
#include "foundation/system_error.hpp"
#include "main/admin.hpp"
#include "main/centre.hpp"

// One question a connection: a line of JSON each way, `{"verb":…,"arguments":{…}}` and `{"done":{…}}` or
// `{"failed":{…}}`.
namespace keepword::admin {
namespace {

constexpr std::size_t max_line = 32U << 20U;  // a process file is at most 4 MB, its forms together less
constexpr int patience_seconds = 10;          // for whoever connects and then says nothing

class Handle {
  public:
    explicit Handle(int number) : number_(number) {}
    Handle(Handle&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Handle& operator=(Handle&&) = delete;
    ~Handle() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

  private:
    int number_;
};

// Through the folder's own handle: a socket's address has room for 107 bytes, a folder's path may be longer.
struct Address {
    Handle folder;
    sockaddr_un name{};
};

Address address_in(std::filesystem::path const& data) {
    Address out{Handle(::open(data.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC))};
    out.name.sun_family = AF_UNIX;
    auto const path = "/proc/self/fd/" + std::to_string(out.folder.get()) + "/admin.sock";
    std::memcpy(out.name.sun_path, path.c_str(), path.size() + 1);
    return out;
}

sockaddr const* as_address(sockaddr_un const& name) {
    return reinterpret_cast<sockaddr const*>(&name);
}

bool send_line(int to, std::string line) {
    line.push_back('\n');
    for (std::string_view rest = line; !rest.empty();) {
        auto const sent = ::send(to, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        rest.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

// Empty: nothing whole came.
std::string receive_line(int from) {
    std::string line;
    char bytes[65'536];
    while (line.size() <= max_line) {
        auto const count = ::recv(from, bytes, sizeof bytes, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return {};
        line.append(bytes, static_cast<std::size_t>(count));
        if (line.back() != '\n') continue;
        line.pop_back();
        return line;
    }
    return {};
}

// Whoever may read the data folder may as well ask; nobody else may, whatever became of the socket's mode.
bool is_trusted(int peer) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) return false;
    return who.uid == ::geteuid() || who.uid == 0;
}

json::object as_json(Error const& error) {
    json::array params;
    for (auto const& [name, value] : error.params) params.push_back(json::array{name, value});
    json::array fields;
    for (auto const& field : error.fields) fields.push_back(json::array{field.field, field.code, field.said});
    return {{"kind", static_cast<std::int64_t>(error.kind)},
            {"code", error.code},
            {"params", std::move(params)},
            {"fields", std::move(fields)},
            {"detail", error.detail}};
}

// What another version of the program says must not end this one: whatever is not there is empty.
Error as_error(json::value const& told) {
    auto const text = [](json::value const& at, char const* pointer) {
        boost::system::error_code none;
        auto const* found = at.find_pointer(pointer, none);
        return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
    };
    auto const each = [&](char const* pointer, auto use) {
        boost::system::error_code none;
        auto const* list = told.find_pointer(pointer, none);
        if (list == nullptr || !list->is_array()) return;
        for (auto const& item : list->get_array()) use(text(item, "/0"), text(item, "/1"), text(item, "/2"));
    };
    boost::system::error_code none;
    auto const* kind = told.find_pointer("/kind", none);
    bool const known = kind != nullptr && kind->is_int64() && kind->get_int64() >= 0 &&
                       kind->get_int64() <= static_cast<std::int64_t>(Kind::internal);
    Error error(known ? static_cast<Kind>(kind->get_int64()) : Kind::internal, text(told, "/code"),
                text(told, "/detail"));
    each("/params",
         [&](std::string name, std::string value, std::string const&) { error.params.emplace_back(name, value); });
    each("/fields", [&](std::string name, std::string code, std::string said) {
        error.fields.push_back({std::move(name), std::move(code), std::move(said)});
    });
    return error;
}

json::object object_at(json::object const& in, char const* name) {
    auto const* found = in.if_contains(name);
    return found != nullptr && found->is_object() ? found->get_object() : json::object();
}

Result<json::object> answer(Centre& centre, std::string_view line) {
    auto const asked = TRY(json::parse(line));
    auto const* verb = asked.is_object() ? asked.get_object().if_contains("verb") : nullptr;
    if (verb == nullptr || !verb->is_string()) return invalid("verb", "required");
    return perform(centre, verb->get_string(), object_at(asked.get_object(), "arguments"));
}

class Listening final : public Socket {
  public:
    Listening(Centre& centre, Handle socket, Handle stop, std::filesystem::path path)
        : centre_(centre), socket_(std::move(socket)), stop_(std::move(stop)), path_(std::move(path)) {
        thread_ = std::thread([this] { run(); });
    }
    ~Listening() override {
        std::uint64_t const one = 1;
        (void)!::write(stop_.get(), &one, sizeof one);
        thread_.join();
        peers_.stop();
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

  private:
    void run() {
        while (true) {
            pollfd waiting[] = {{socket_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
            if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return;
            if (waiting[1].revents != 0) return;
            if ((waiting[0].revents & POLLIN) == 0) continue;
            auto const peer = std::make_shared<Handle>(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (*peer)
                (void)peers_.submit([this, peer] { serve(peer->get()); });
            else if (::poll(&waiting[1], 1, 200) > 0)  // out of descriptors: trying at once would only burn time
                return;
        }
    }

    void serve(int peer) {
        timeval const patience{patience_seconds, 0};
        ::setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(peer, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (!is_trusted(peer)) return;
        auto line = receive_line(peer);
        if (line.empty()) return;
        Result<json::object> done = fail(Kind::internal, "internal");
        try {
            done = answer(centre_, line);
        } catch (std::exception const& e) {
            done = fail(Kind::internal, "internal", e.what());
        }
        wipe(line);
        json::object const told =
            done ? json::object{{"done", *done}} : json::object{{"failed", as_json(done.error())}};
        if (!send_line(peer, json::serialize(told))) log::warning("The command line did not wait for its answer");
    }

    Centre& centre_;
    Handle socket_;
    Handle stop_;
    std::filesystem::path path_;
    Pool peers_{4, 16};  // whoever revokes a token must not wait for the end of a backup
    std::thread thread_;
};

// Nothing: nobody serves this folder.
Result<std::optional<json::object>> ask_server(std::filesystem::path const& data, std::string_view verb,
                                               json::object const& arguments) {
    auto const address = address_in(data);
    Handle const socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!address.folder || !socket) return std::optional<json::object>();
    if (::connect(socket.get(), as_address(address.name), sizeof address.name) != 0) {
        return std::optional<json::object>();
    }
    if (!send_line(socket.get(), json::serialize(json::object{{"verb", verb}, {"arguments", arguments}})))
        return fail(Kind::unavailable, "admin.gone");
    auto const line = receive_line(socket.get());
    if (line.empty()) return fail(Kind::unavailable, "admin.gone");
    auto const told = TRY(json::parse(line));
    if (!told.is_object()) return fail(Kind::unavailable, "admin.gone");
    if (auto const* failed = told.get_object().if_contains("failed")) return std::unexpected(as_error(*failed));
    return std::optional(object_at(told.get_object(), "done"));
}

}  // namespace

Result<std::unique_ptr<Socket>> Socket::listen(Centre& centre, std::filesystem::path const& data) {
    auto const path = data / "admin.sock";
    std::error_code ignored;
    // One left by a program that was killed: the folder's lock says that nobody serves by it.
    std::filesystem::remove(path, ignored);
    auto const address = address_in(data);
    Handle socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    Handle stop(::eventfd(0, EFD_CLOEXEC));
    if (!address.folder || !socket || !stop ||
        ::bind(socket.get(), as_address(address.name), sizeof address.name) != 0 || ::listen(socket.get(), 16) != 0) {
        return fail(Kind::internal, "admin.socket", path.string() + ": " + system_error());
    }
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                 ignored);
    return std::unique_ptr<Socket>(new Listening(centre, std::move(socket), std::move(stop), path));
}

Result<json::object> ask(Home const& home, std::string_view verb, json::object const& arguments) {
    if (auto done = TRY(ask_server(home.data, verb, arguments))) return *std::move(done);
    TRY(expect_centre(home));
    auto centre = TRY(Centre::open({.home = home}));
    return perform(*centre, verb, arguments);
}

}  // namespace keepword::admin
