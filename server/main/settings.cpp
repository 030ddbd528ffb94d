#include "main/settings.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <variant>

// The keys of the file, each once: what it is called, what is said of it, and where its value stands.
namespace keepword {
namespace {

struct Word {  // one of a few
    std::string* place;
    std::span<std::string_view const> known;
};
using Place = std::variant<std::filesystem::path*, std::string*, std::int64_t*, std::vector<std::string>*, bool*, Word>;

constexpr std::string_view log_formats[] = {"auto", "text", "json"};
constexpr std::string_view log_levels[] = {"debug", "info", "warning", "error"};

struct Key {
    std::string_view name;
    std::string_view zh;
    std::string_view en;
    Place (*place)(Settings&);
    bool is_file = false;  // a path, meant from where the settings file stands
};

constexpr Key keys[] = {
    {"data", "数据目录：附件、密钥，以及 SQLite 数据库。",
     "The centre's folder: files, keys, and the SQLite database where that is used.",
     [](Settings& s) -> Place { return &s.home.data; }},
    {"database", "postgresql://… 形式的数据库地址；留空则使用数据目录里的 SQLite。口令宜放在 ~/.pgpass。",
     "postgresql://…; empty: SQLite in the folder. Its password is better kept in ~/.pgpass.",
     [](Settings& s) -> Place { return &s.home.database; }},
    {"listen", "监听的地址和端口。", "Address and port to serve on.", [](Settings& s) -> Place { return &s.listen; }},
    {"tls_cert", "证书链文件（PEM）；留空则不加密，只宜在本机或反向代理之后使用。",
     "Certificate chain (PEM); empty: no encryption, for this machine alone or behind a proxy.",
     [](Settings& s) -> Place { return &s.tls_cert; }, true},
    {"tls_key", "证书的私钥文件（PEM）。", "The certificate's private key (PEM).",
     [](Settings& s) -> Place { return &s.tls_key; }, true},
    {"threads", "处理连接的线程数，1 到 64。", "Threads for connections, 1 to 64.",
     [](Settings& s) -> Place { return &s.threads; }},
    {"trusted_proxies", "可信的反向代理（地址或网段）；只有它们所说的来访者地址（X-Forwarded-For）才被采信。",
     "Proxies (addresses or networks) whose word for the caller's address (X-Forwarded-For) is taken.",
     [](Settings& s) -> Place { return &s.trusted_proxies; }},
    {"log", "日志格式：text、json，或 auto（在终端上为 text，否则为 json）。",
     "How the log is written: text, json, or auto (text at a terminal, else json).",
     [](Settings& s) -> Place { return Word{&s.log, log_formats}; }},
    {"log_level", "日志详细程度：debug、info、warning 或 error。", "How much is logged: debug, info, warning or error.",
     [](Settings& s) -> Place { return Word{&s.log_level, log_levels}; }},
    {"access_log", "是否为每个请求记一行日志（路由、状态、用时，不含个人信息）。",
     "A line for each request: route, status, time; nothing personal.",
     [](Settings& s) -> Place { return &s.access_log; }},
};

FieldError complaint(toml::source_region const& where, char const* code, std::string said) {
    return {fmt::format("{}:{}", where.begin.line, where.begin.column), code, std::move(said)};
}

bool take(toml::node const& node, std::string& to) {
    if (!node.is_string()) return false;
    to = node.as_string()->get();
    return true;
}
bool take(toml::node const& node, std::filesystem::path& to) {
    std::string text;
    if (!take(node, text) || text.empty()) return false;
    to = text;
    return true;
}
bool take(toml::node const& node, std::int64_t& to) {
    if (!node.is_integer()) return false;
    to = node.as_integer()->get();
    return to >= 1 && to <= 64;
}
bool take(toml::node const& node, bool& to) {
    if (!node.is_boolean()) return false;
    to = node.as_boolean()->get();
    return true;
}
bool take(toml::node const& node, Word const& to) {
    return take(node, *to.place) && std::ranges::find(to.known, *to.place) != to.known.end();
}
bool take(toml::node const& node, std::vector<std::string>& to) {
    auto const* list = node.as_array();
    if (list == nullptr) return false;
    to.clear();
    return std::ranges::all_of(*list, [&](toml::node const& one) { return take(one, to.emplace_back()); });
}

bool take_into(toml::node const& node, auto* to) {
    return take(node, *to);
}
bool take_into(toml::node const& node, Word const& to) {
    return take(node, to);
}

// Nobody means the folder that the program happens to be started in.
void from_folder(Place place, bool is_file, std::filesystem::path const& folder) {
    if (auto* const* path = std::get_if<std::filesystem::path*>(&place)) **path = folder / **path;
    auto* const* text = std::get_if<std::string*>(&place);
    if (is_file && text != nullptr && !(*text)->empty()) **text = (folder / **text).string();
}

std::string written(Place place) {
    struct Writer {
        std::string operator()(std::string const* text) const { return quoted(*text); }
        std::string operator()(std::filesystem::path const* path) const { return quoted(path->string()); }
        std::string operator()(std::int64_t const* number) const { return std::to_string(*number); }
        std::string operator()(bool const* flag) const { return *flag ? "true" : "false"; }
        std::string operator()(Word const& word) const { return quoted(*word.place); }
        std::string operator()(std::vector<std::string> const* list) const {
            std::string out;
            for (auto const& one : *list) out += (out.empty() ? "" : ", ") + quoted(one);
            return "[" + out + "]";
        }
        static std::string quoted(std::string const& text) {
            std::ostringstream out;
            out << toml::value<std::string>(text);
            return out.str();
        }
    };
    return std::visit(Writer{}, place);
}

}  // namespace

Result<> read_settings(std::filesystem::path const& file, Settings& settings) {
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file)) return fail(Kind::invalid, "file.unreadable", file.string());
    std::string const text{std::istreambuf_iterator<char>(in), {}};
    Error refused = Error(Kind::invalid, "config.invalid").with("file", file.string());
    try {
        auto const folder = std::filesystem::absolute(file).parent_path();
        for (auto const& [name, node] : toml::parse(text, file.string())) {
            auto const* const key = std::ranges::find(keys, name.str(), &Key::name);
            if (key == std::end(keys)) {
                refused.fields.push_back(complaint(name.source(), "config.unknown", std::string(name.str())));
                continue;
            }
            auto const place = key->place(settings);
            if (std::visit([&](auto to) { return take_into(node, to); }, place))
                from_folder(place, key->is_file, folder);
            else
                refused.fields.push_back(complaint(node.source(), "config.type", std::string(name.str())));
        }
    } catch (toml::parse_error const& e) {
        refused.fields.push_back(complaint(e.source(), "config.syntax", std::string(e.description())));
    }
    if (!refused.fields.empty()) return fail(std::move(refused));
    return {};
}

std::string shown(Settings const& settings, Locale language) {
    auto copy = settings;
    std::string out;
    for (auto const& key : keys) {
        out += fmt::format("# {}\n{} = {}\n\n", language == Locale::zh ? key.zh : key.en, key.name,
                           written(key.place(copy)));
    }
    out.pop_back();
    return out;
}

}  // namespace keepword
