#include "testkit/mail_corpus.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace keepword::testkit {
namespace {

namespace fs = std::filesystem;

fs::path corpus() {
    return fs::path(KEEPWORD_SOURCE) / "server/outbound/corpus";
}

std::string numbered(std::string line, std::size_t n) {
    auto const number = std::to_string(n);
    for (std::size_t at = 0; (at = line.find("%n", at)) != std::string::npos; at += number.size())
        line.replace(at, 2, number);
    return line + "\r\n";
}

std::string filled(std::string const& line) {
    std::size_t used = 0;
    auto const size = std::stoul(line.substr(6), &used);
    auto const text = line.substr(6 + used + 1);
    if (text.empty()) throw std::runtime_error("%fill of nothing");
    std::string out;
    while (out.size() < size) out += text;
    out.resize(size);
    return out + "\r\n";
}

std::string cooked(fs::path const& path) {
    std::ifstream in(path);
    std::string out;
    std::vector<std::string> block;
    std::size_t times = 0;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("%repeat ")) {
            times = std::stoul(line.substr(8));
        } else if (line == "%end") {
            for (std::size_t n = 1; n <= times; ++n) {
                for (auto const& one : block) out += numbered(one, n);
            }
            block.clear();
            times = 0;
        } else if (times > 0) {
            block.push_back(line);
        } else {
            out += line.starts_with("%fill ") ? filled(line) : line + "\r\n";
        }
    }
    return out;
}

}  // namespace

std::vector<CorpusMail> mail_corpus() {
    std::vector<CorpusMail> out;
    for (auto const& entry : fs::recursive_directory_iterator(corpus())) {
        auto const& path = entry.path();
        if (path.extension() != ".eml" && path.extension() != ".recipe") continue;
        out.push_back({path.parent_path().filename().string() + "/" + path.stem().string(), path});
    }
    std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) { return a.name < b.name; });
    return out;
}

std::string read_file(fs::path const& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string corpus_bytes(CorpusMail const& mail) {
    return mail.path.extension() == ".recipe" ? cooked(mail.path) : read_file(mail.path);
}

}  // namespace keepword::testkit
