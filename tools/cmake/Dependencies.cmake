# Every library comes from Debian 12; docs/dependencies.md says what each is for.
find_package(Boost 1.81 REQUIRED COMPONENTS json url system context)
find_package(OpenSSL 3 REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(pugixml REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(GMIME REQUIRED IMPORTED_TARGET gmime-3.0)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(ZIP REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(MAGIC REQUIRED IMPORTED_TARGET libmagic)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)
# GMime's flags for 32-bit files would make the precompiled headers useless to whoever uses GMime.
set_target_properties(PkgConfig::GMIME PROPERTIES INTERFACE_COMPILE_OPTIONS "")
if(KEEPWORD_TESTS)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
endif()

# Which room is the only home of which library: the link says so too.
set(KEEPWORD_LIBS_foundation Boost::json Boost::headers OpenSSL::Crypto PkgConfig::SODIUM fmt::fmt spdlog::spdlog ICU::uc Threads::Threads)
set(KEEPWORD_LIBS_storage PkgConfig::SQLITE PkgConfig::PQ)
set(KEEPWORD_LIBS_engine_bpmn pugixml::pugixml)
set(KEEPWORD_LIBS_engine_api PkgConfig::ZLIB)
set(KEEPWORD_LIBS_transport Boost::url Boost::system Boost::context OpenSSL::SSL PkgConfig::ZLIB)
set(KEEPWORD_LIBS_outbound PkgConfig::GMIME PkgConfig::CURL)
set(KEEPWORD_LIBS_domain_access PkgConfig::QRENCODE)
set(KEEPWORD_LIBS_domain_case PkgConfig::ZIP PkgConfig::MAGIC)
set(KEEPWORD_LIBS_main CLI11::CLI11)

# What a room alone is compiled with. Asio's and Beast's function bodies are compiled once, in transport/asio.cpp and
# beast.cpp; no header of transport that others include shows them.
set(KEEPWORD_DEFINES_transport BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION)
# It starts scripts of the source tree.
set(KEEPWORD_DEFINES_testkit KEEPWORD_SOURCE="${CMAKE_SOURCE_DIR}")
