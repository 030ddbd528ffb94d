// The bodies of Beast's functions, compiled once for this room (BOOST_BEAST_SEPARATE_COMPILATION).
#include <boost/beast/src.hpp>
