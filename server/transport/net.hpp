#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <tuple>

#include "foundation/time.hpp"

// The few Asio types that transport is made of. Executors are concrete, because erased ones cost on every operation.
namespace keepword::transport {

namespace asio = boost::asio;
using boost::system::error_code;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using SteadyClock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>, Executor>;

// A coroutine of one I/O thread. g++ 12: no braced lists or aggregate temporaries as arguments of an awaited call.
template <class T = void>
using Task = asio::awaitable<T, Executor>;

// Operations give their error as a value.
using Await = asio::as_tuple_t<asio::use_awaitable_t<Executor>>;
using Done = std::tuple<error_code>;
using Moved = std::tuple<error_code, std::size_t>;  // and how many bytes

inline SteadyClock::duration steady(Duration duration) {
    return std::chrono::milliseconds(duration.ms);
}

}  // namespace keepword::transport
