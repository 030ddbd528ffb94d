#pragma once
#include <gtest/gtest.h>

#include <string>

#include "storage/database.hpp"

namespace keepword::testkit {

inline std::string dialect_name(testing::TestParamInfo<storage::Dialect> const& parameter) {
    return parameter.param == storage::Dialect::sqlite ? "sqlite" : "postgresql";
}

}  // namespace keepword::testkit

// Runs every TEST_P of a suite (a testing::TestWithParam<storage::Dialect>) on SQLite and on PostgreSQL.
#define KEEPWORD_ON_BOTH_DATABASES(suite)                                                                       \
    INSTANTIATE_TEST_SUITE_P(                                                                                   \
        On, suite, testing::Values(keepword::storage::Dialect::sqlite, keepword::storage::Dialect::postgresql), \
        keepword::testkit::dialect_name)
