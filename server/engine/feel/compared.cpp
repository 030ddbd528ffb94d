#include <algorithm>

#include "engine/feel/feel.hpp"
#include "engine/feel/program.hpp"

// Which texts an expression compares a variable with: how a gateway's conditions say what a task offers.
namespace keepword::feel {
namespace {

bool compares_with(Node const& node, std::string_view variable) {
    return node.op == Op::name && node.path.size() == 1 && node.path[0] == variable;
}

class Collector {
  public:
    Collector(Program const& program, std::string_view variable) : program_(program), variable_(variable) {}

    std::vector<std::string> all() {
        visit(program_.root);
        return std::move(out_);
    }

  private:
    void visit(std::uint32_t at) {
        Node const& node = program_.at(at);
        if (node.op == Op::equal || node.op == Op::in) {
            if (compares_with(program_.at(node.kids[0]), variable_)) {
                for (std::size_t i = 1; i < node.kids.size(); ++i) texts(node.kids[i]);
            } else if (node.op == Op::equal && compares_with(program_.at(node.kids[1]), variable_)) {
                texts(node.kids[0]);
            }
            return;
        }
        if (node.op == Op::and_ || node.op == Op::or_) {
            for (auto const kid : node.kids) visit(kid);
        }
    }
    void texts(std::uint32_t at) {
        Node const& node = program_.at(at);
        if (node.op == Op::list) {
            for (auto const kid : node.kids) texts(kid);
        }
        if (node.op != Op::literal || !node.value.is_string()) return;
        std::string text(node.value.get_string());
        if (std::ranges::find(out_, text) == out_.end()) out_.push_back(std::move(text));
    }

    Program const& program_;
    std::string_view variable_;
    std::vector<std::string> out_;
};

}  // namespace

std::vector<std::string> compared_texts(Expression const& expression, std::string_view variable) {
    return Collector(expression.program(), variable).all();
}

}  // namespace keepword::feel
