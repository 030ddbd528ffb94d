#pragma once
#include <memory>
#include <string>
#include <string_view>

namespace keepword::transport {

// One gzip stream at a time; the 256 kB that zlib needs are kept from one to the next.
class Gzip {
  public:
    Gzip();
    ~Gzip();
    Gzip(Gzip const&) = delete;
    Gzip& operator=(Gzip const&) = delete;

    // Begins a new stream.
    void begin();
    // What comes out for these bytes; may be nothing yet. `last` ends the stream.
    std::string add(std::string_view bytes, bool last);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace keepword::transport
