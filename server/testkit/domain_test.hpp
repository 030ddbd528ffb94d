#pragma once
#include <gmock/gmock.h>

#include "testkit/both_databases.hpp"
#include "testkit/domain_kit.hpp"

namespace keepword::testkit {

// A test of a slice, which runs on both databases.
//   class PeopleTest : public testkit::DomainTest {};
//   KEEPWORD_ON_BOTH_DATABASES(PeopleTest);
class DomainTest : public testing::TestWithParam<storage::Dialect>, protected DomainKit {
  protected:
    DomainTest() : DomainKit(GetParam()) {}
};

}  // namespace keepword::testkit
