// Bodies that go to a file: streamed, hashed, deleted unless taken.
#include <fstream>
#include <sstream>

#include "transport/test_client.hpp"

namespace keepword::transport {
namespace {

class UploadTest : public TransportTest {
  protected:
    UploadTest() {
        handler.rule("/up", {.limit = 64 << 20, .to_file = true});
        handler.on("/up", [this](api::HttpRequest request, Respond const& respond) {
            upload = request.upload;
            in_memory = request.body.size();
            if (upload) {
                std::ifstream file(upload->path, std::ios::binary);
                std::ostringstream bytes;
                bytes << file.rdbuf();
                content = bytes.str();
                if (take) std::filesystem::rename(upload->path, folder / "taken");
            }
            respond(text_answer("ok"));
        });
    }
    static std::string some_bytes(std::size_t count) {
        std::string bytes(count, '\0');
        for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 13);
        return bytes;
    }

    std::optional<api::Upload> upload;
    std::string content;
    std::size_t in_memory = 0;
    bool take = false;
};

TEST_F(UploadTest, ArrivesInAFileHashed) {
    start();
    auto const bytes = some_bytes(3'000'017);
    auto& client = connect();
    client.send("PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(bytes.size()) + "\r\n\r\n" + bytes);
    EXPECT_EQ(client.reply().status, 200);
    ASSERT_TRUE(upload);
    EXPECT_EQ(upload->size, 3'000'017);
    EXPECT_EQ(upload->sha256, crypto::hex(crypto::sha256(bytes)));
    EXPECT_TRUE(content == bytes);
    EXPECT_EQ(in_memory, 0U);
    EXPECT_EQ(upload->path.parent_path(), options.spool);
    EXPECT_TRUE(soon([&] { return spooled() == 0; }));
    // The connection goes on.
    client.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.reply().status, 200);
}

TEST_F(UploadTest, ArrivesInChunksAndIsTaken) {
    take = true;
    start();
    auto const bytes = some_bytes(200'000);
    auto& client = connect();
    client.send("POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::size_t at = 0, size = 1; at < bytes.size(); at += size, size = size * 3 + 1) {
        auto const piece = bytes.substr(at, size);
        std::ostringstream frame;
        frame << std::hex << piece.size() << "\r\n" << piece << "\r\n";
        client.send(frame.str());
    }
    client.send("0\r\n\r\n");
    EXPECT_EQ(client.reply().status, 200);
    ASSERT_TRUE(upload);
    EXPECT_EQ(upload->sha256, crypto::hex(crypto::sha256(bytes)));
    EXPECT_TRUE(soon([&] { return spooled() == 0; }));
    EXPECT_EQ(std::filesystem::file_size(folder / "taken"), bytes.size());
}

TEST_F(UploadTest, OfNothingIsAnEmptyFileAndNoBodyIsNone) {
    start();
    EXPECT_EQ(ask("PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").status, 200);
    ASSERT_TRUE(upload);
    EXPECT_EQ(upload->size, 0);
    EXPECT_EQ(ask("PUT /up HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    EXPECT_FALSE(upload);
}

TEST_F(UploadTest, IsDeletedWhenTheClientGoes) {
    start();
    auto& client = connect();
    client.send("PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + some_bytes(100'000));
    EXPECT_TRUE(soon([&] { return spooled() == 1; }));
    client.close();
    EXPECT_TRUE(soon([&] { return spooled() == 0; }));
    EXPECT_EQ(handler.calls(), 0);
}

TEST_F(UploadTest, StaysUntilTheHandlerAnswersThoughTheServerStops) {
    Held held;
    std::filesystem::path path;
    handler.on("/up", [&](api::HttpRequest const& request, Respond respond) {
        path = request.upload->path;
        held(std::move(respond));
    });
    options.limits.stop_time = milliseconds(1);
    start();
    connect().send("PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nfour");
    ASSERT_TRUE(held.wait(1));
    server.reset();
    EXPECT_TRUE(std::filesystem::exists(path));
    held.answer_all("late");
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(UploadTest, LeftByAnEarlierRunIsRemovedAtStart) {
    std::filesystem::create_directories(options.spool);
    std::ofstream(options.spool / "0123.upload") << "left";
    std::ofstream(options.spool / "other") << "not ours";
    start();
    EXPECT_FALSE(std::filesystem::exists(options.spool / "0123.upload"));
    EXPECT_TRUE(std::filesystem::exists(options.spool / "other"));
}

TEST_F(UploadTest, IsBoundedByTheSpoolBudget) {
    options.limits.spool_bytes = 10'000;
    start();
    EXPECT_EQ(ask("PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n" + some_bytes(20'000)).status, 503);
    EXPECT_EQ(spooled(), 0U);
    EXPECT_EQ(ask("PUT /up HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n" + some_bytes(9'000)).status, 200);
}

}  // namespace
}  // namespace keepword::transport
