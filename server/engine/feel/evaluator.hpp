#pragma once
#include <vector>

#include "engine/feel/feel.hpp"
#include "engine/feel/program.hpp"
#include "engine/feel/value.hpp"

// Walks the syntax tree: private to this folder. Operators are in evaluate.cpp, what goes through lists in iterate.cpp.
namespace keepword::feel {

class Evaluator {
  public:
    Evaluator(Program const& program, Scopes scopes) : program_(program), scopes_(scopes) {}

    // The value of the whole expression; null where the budget did not suffice.
    Value all() {
        auto out = evaluate(program_.root);
        return budget_.spent() ? Value() : std::move(out);
    }
    // The same to be kept: null where it is too large or nested too deeply.
    json::value result();

  private:
    // A name that the expression itself gives: of an iteration, or the item of a filter, whose members then have
    // their names too. Contexts made by the expression show the members they have so far.
    struct Local {
        std::string_view name;
        json::value const* value = nullptr;
        json::object const* members = nullptr;
    };
    // Locals that end with a block.
    class Block {
      public:
        explicit Block(std::vector<Local>& locals) : locals_(locals), size_(locals.size()) {}
        ~Block() { locals_.resize(size_); }
        Block(Block const&) = delete;
        Block& operator=(Block const&) = delete;

      private:
        std::vector<Local>& locals_;
        std::size_t size_;
    };

    Value evaluate(std::uint32_t at);
    json::value taken(std::uint32_t at) { return evaluate(at).take(budget_); }

    json::value const* find(std::string const& name) const;
    Value look_up(std::vector<std::string> const& path);
    Value member(Value of, std::string const& name);
    Value list(Node const& node);
    Value negate(Node const& node);
    Value arithmetic(Node const& node);
    Truth compare(Op op, json::value const& a, json::value const& b);
    Value compare(Node const& node);
    Value between(Node const& node);
    Value connect(Node const& node);
    Value membership(Node const& node);
    Truth passes(json::value const& v, Node const& test, std::uint32_t at);
    Value call(Node const& node);

    Value context(Node const& node);
    Value filter(Node const& node);
    Value filtered(Value const& list, std::uint32_t condition);
    template <class Body>
    bool iterate(Node const& node, std::size_t which, Body const& body);
    Value for_each(Node const& node);
    Value quantify(Node const& node);

    Program const& program_;
    Scopes scopes_;
    std::vector<Local> locals_;
    Budget budget_{max_steps, max_bytes};
};

}  // namespace keepword::feel
