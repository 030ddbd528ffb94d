#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "storage/blobs.hpp"
#include "testkit/full_disk.hpp"
#include "testkit/temp_dir.hpp"

namespace keepword::storage {
namespace {

namespace fs = std::filesystem;

class BlobsTest : public testing::Test {
  protected:
    std::ptrdiff_t files() const {
        return std::ranges::count_if(fs::recursive_directory_iterator(folder_.path()),
                                     [](auto const& entry) { return entry.is_regular_file(); });
    }
    testkit::TempDir folder_;
    Blobs blobs_{folder_.path()};
};

TEST_F(BlobsTest, what_is_put_is_found_by_its_hash) {
    auto const name = blobs_.put("abc");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(name->size, 3);
    EXPECT_EQ(blobs_.get(name->sha256), "abc");
    // The same bytes a second time are the same file.
    EXPECT_EQ(blobs_.put("abc")->sha256, name->sha256);
    EXPECT_EQ(files(), 1);
}

TEST_F(BlobsTest, a_file_written_in_pieces_is_one) {
    auto writer = blobs_.writer(1'000'000);
    ASSERT_TRUE(writer);
    std::string all;
    for (int i = 0; i < 100; ++i) {
        std::string const piece(997, static_cast<char>(i));
        ASSERT_TRUE(writer->write(piece));
        all += piece;
    }
    auto const name = writer->commit();
    ASSERT_TRUE(name);
    EXPECT_EQ(name->size, 99'700);
    EXPECT_EQ(blobs_.get(name->sha256), all);
    EXPECT_EQ(files(), 1);
}

TEST_F(BlobsTest, more_than_the_limit_is_refused_and_leaves_nothing) {
    {
        auto writer = blobs_.writer(4);
        ASSERT_TRUE(writer->write("1234"));
        auto const over = writer->write("5");
        ASSERT_FALSE(over);
        EXPECT_EQ(over.error().code, "blobs.too-large");
        EXPECT_EQ(over.error().kind, Kind::too_large);
    }
    EXPECT_EQ(files(), 0);
}

TEST_F(BlobsTest, a_writer_given_up_leaves_nothing) {
    {
        auto writer = blobs_.writer(100);
        ASSERT_TRUE(writer->write("half"));
        EXPECT_EQ(files(), 1);
    }
    EXPECT_EQ(files(), 0);
}

TEST_F(BlobsTest, a_killed_writer_leaves_nothing_and_a_living_one_is_not_disturbed) {
    pid_t const child = ::fork();
    if (child == 0) {
        auto writer = blobs_.writer(100);
        (void)writer->write("half");
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(files(), 1);
    auto living = blobs_.writer(100);
    ASSERT_TRUE(living->write("whole"));
    Blobs const next_start(folder_.path());
    EXPECT_EQ(files(), 1);
    EXPECT_TRUE(living->commit());
    EXPECT_EQ(files(), 1);
}

TEST_F(BlobsTest, a_damaged_file_is_noticed) {
    auto const name = blobs_.put("the whole truth");
    auto const path = blobs_.path(name->sha256);
    ASSERT_TRUE(path);
    std::fstream(*path, std::ios::in | std::ios::out | std::ios::binary).seekp(4).put('W');
    auto const read = blobs_.get(name->sha256);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, "blobs.damaged");
}

TEST_F(BlobsTest, names_that_are_none_lead_nowhere) {
    for (std::string const& name : {std::string("../../etc/passwd"), std::string(64, 'a'), std::string(64, '/'),
                                    std::string(64, 'A'), std::string()}) {
        auto const read = blobs_.get(name);
        ASSERT_FALSE(read) << name;
        EXPECT_EQ(read.error().code, "blobs.missing");
        EXPECT_EQ(read.error().kind, Kind::not_found);
    }
}

TEST_F(BlobsTest, an_upload_is_taken_over_under_its_name) {
    auto const spool = folder_ / "upload";
    std::ofstream(spool) << "abc";
    BlobName const name{crypto::hex(crypto::sha256("abc")), 3};
    ASSERT_TRUE(blobs_.adopt(spool, name));
    EXPECT_FALSE(fs::exists(spool));
    EXPECT_EQ(blobs_.get(name.sha256), "abc");
    EXPECT_FALSE(blobs_.adopt(spool, name));
}

TEST_F(BlobsTest, a_full_disk_is_said_and_leaves_nothing) {
    testkit::FullDisk const full(10);
    auto const put = blobs_.put("more than ten bytes");
    ASSERT_FALSE(put);
    EXPECT_EQ(put.error().code, "blobs.disk");
    EXPECT_EQ(files(), 0);
}

}  // namespace
}  // namespace keepword::storage
