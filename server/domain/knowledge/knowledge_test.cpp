#include "domain/knowledge/knowledge.hpp"

#include "domain/calendar/calendar.hpp"
#include "domain/case/case.hpp"
#include "embedded/embedded.hpp"
#include "testkit/call_driver.hpp"
#include "testkit/domain_test.hpp"
#include "testkit/temp_dir.hpp"

namespace keepword::knowledge {
namespace {

using storage::Transaction;
using testing::ElementsAre;
using testing::IsEmpty;
using Names = std::vector<std::string>;

// Articles over HTTP and cases at the desk: an author, a reviewer who writes too, an engineer who only reads.
class KnowledgeTest : public testkit::DomainTest {
  protected:
    using As = testkit::CallDriver::As;

    KnowledgeTest() {
        write([&](Transaction& tx) -> Result<> {
            std::vector<process::EmbeddedFile> files;
            for (auto const& file : embedded::below("processes/")) files.push_back({file.path, file.bytes});
            TRY(process::seed(tx, process::packages_of(files), clock_.now()));
            return calendars::seed(tx, files_below("data/calendars/"), files_below("data/holidays/"));
        });
        author_ = staff("吴建军", "network-engineer");
        other_author_ = staff("彭浩", "network-engineer");
        supervisor_ = staff("钟卫平", "technical-supervisor");
        acceptance_ = staff("陈晓燕", "acceptance-engineer");
        reader_ = staff("曾琴", "visitor");
    }

    PersonId staff(std::string const& name, std::string const& role) {
        return write([&](Transaction& tx) -> Result<PersonId> {
            people::Act const act{.by = {}, .now = clock_.now(), .ids = ids_};
            auto const id = TRY(people::create_person(tx, act, {.name = {name}}));
            TRY(people::give_role(tx, act, roles_, regions_, id, {.role = {role}}));
            return id;
        });
    }
    As as(PersonId person) {
        auto caller = testkit::caller_with({}, person);
        caller.roles = read([&](Transaction& tx) { return people::holdings(tx, person, clock_.now()); });
        caller.rights = roles_.rights_of(caller.roles, false);
        return calls_.as(caller);
    }
    As outsider() {
        auto caller = testkit::caller_with({}, PersonId{77});
        caller.organisation = 5;
        return calls_.as(caller);
    }

    static json::object words(std::string const& title, std::string const& symptom = "晚间高峰点播频繁缓冲",
                              std::string const& category = "playback-stutter") {
        return {{"title", title},
                {"category", category},
                {"audience", "both"},
                {"symptom", symptom},
                {"solution", "把热点节目推到邻近节点"},
                {"answer", "已为您切换节点，请重新进入点播。"}};
    }
    static std::string path(std::string const& id, std::string const& act = "") {
        return "/knowledge/" + id + (act.empty() ? "" : "/" + act);
    }
    std::string drafted(json::object const& said) {
        auto const made = as(author_).post("/knowledge", said);
        EXPECT_EQ(made.status, 201) << made.text;
        return std::string(made["id"].as_string());
    }
    std::string published(json::object const& said) {
        auto const id = drafted(said);
        EXPECT_EQ(as(author_).post(path(id, "submit")).status, 200);
        auto const done = as(supervisor_).post(path(id, "approve"));
        EXPECT_EQ(done.status, 200) << done.text;
        return id;
    }
    Names titles(As const& who, std::string const& query) {
        auto const found = who.get(query);
        EXPECT_EQ(found.status, 200) << found.text;
        Names out;
        for (auto const& item : found["items"].as_array()) out.emplace_back(item.at("title").as_string());
        return out;
    }
    static Names texts(json::value const& list) {
        Names out;
        for (auto const& item : list.as_array()) out.emplace_back(item.as_string());
        return out;
    }
    cases::CaseId opened(std::string const& category = "playback-stutter") {
        cases::CaseId id;
        write([&](Transaction& tx) -> Result<> {
            cases::NewCase in{.channel = cases::Channel::hotline, .facts = {}, .variables = {}};
            in.facts.title = {"点播卡顿"};
            in.facts.description = {"王老师说晚上点播一直缓冲"};
            in.facts.category = json::Text<60>{category};
            in.facts.contact_name = {"王老师"};
            in.facts.contact_phone = {"0791-80000011"};
            id = TRY(desk_.open({tx, clock_.now(), acceptance_}, in));
            return {};
        });
        return id;
    }
    void complete(cases::CaseId id, std::string const& element, char const* outcome, json::object const& fields) {
        write([&](Transaction& tx) -> Result<> {
            auto const task = TRY(desk_.open_task(tx, id, element));
            return desk_.complete({tx, clock_.now(), acceptance_}, *task,
                                  outcome == nullptr ? std::nullopt : std::optional<std::string>(outcome), fields);
        });
    }

    people::RoleBook roles_ = testkit::must(people::RoleBook::load(*embedded::find("data/roles.json")));
    people::RegionBook regions_ = testkit::must(people::RegionBook::load(*embedded::find("data/regions.json")));
    testkit::TempDir folder_;
    storage::Blobs blobs_{folder_ / "blobs"};
    process::Library library_{roles_.closed_kinds()};
    calendars::Calendars calendars_;
    cases::Desk desk_{cases::Parts{
        .ids = ids_,
        .library = library_,
        .blobs = blobs_,
        .calendar = [this](Transaction& tx, std::string const& key) { return calendars_.load(tx, key); },
        .tell_customer = [](Transaction&, cases::CustomerMessage const&, Instant) -> Result<> { return {}; },
        .holdings = [](Transaction& tx, PersonId person, Instant now) { return people::holdings(tx, person, now); },
        .holders = [](Transaction&, std::string const&, Instant) -> Result<std::vector<PersonId>> {
            return std::vector<PersonId>();
        },
        .sign = [](std::string_view) { return std::string(64, '\0'); },
        .public_key = std::string(32, '\0')}};
    testkit::CallDriver calls_{*database_, clock_, routes(desk_)};
    PersonId author_;
    PersonId other_author_;
    PersonId supervisor_;
    PersonId acceptance_;
    PersonId reader_;
};
KEEPWORD_ON_BOTH_DATABASES(KnowledgeTest);

TEST_P(KnowledgeTest, rights_hold_both_ways_on_every_route) {
    EXPECT_THAT(testkit::broken_rights(calls_, roles_.every_right()), IsEmpty());
}

TEST_P(KnowledgeTest, an_article_is_written_reviewed_by_somebody_else_and_read) {
    auto const id = drafted(words("晚间点播卡顿"));
    EXPECT_EQ(as(reader_).get(path(id)).status, 404) << "a draft is there for those who write and review";
    EXPECT_EQ(as(supervisor_).post(path(id, "approve")).code(), "knowledge.not-in-review");
    EXPECT_EQ(as(author_).post(path(id, "submit"))["state"], "in-review");
    EXPECT_EQ(as(author_).patch(path(id), words("改")).code(), "version.required");
    EXPECT_EQ(as(author_).with("if-match", "\"2\"").patch(path(id), words("改")).code(), "knowledge.in-review");
    auto const returned = as(supervisor_).post(path(id, "return"), {{"reason", "请写清节点"}});
    EXPECT_EQ(returned["versions"].at(0).at("returned"), "请写清节点");
    auto const changed = as(author_).with("if-match", returned.etag()).patch(path(id), words("晚间高峰点播卡顿"));
    ASSERT_EQ(changed.status, 200) << changed.text;
    EXPECT_EQ(as(author_).post(path(id, "submit")).status, 200);
    auto const done = as(supervisor_).post(path(id, "approve"));
    EXPECT_EQ(done["state"], "published");
    EXPECT_EQ(done["review_due"], "2026-09-02") << "six months later";
    EXPECT_THAT(titles(as(reader_), "/knowledge"), ElementsAre("晚间高峰点播卡顿"));
    auto const read = as(reader_).get(path(id));
    EXPECT_EQ(read["versions"].at(0).at("solution"), "把热点节目推到邻近节点");
    EXPECT_EQ(read["versions"].at(0).at("reviewed_by").at("name"), "钟卫平");
    EXPECT_THAT(texts(read["may"]), IsEmpty());
}

TEST_P(KnowledgeTest, nobody_reviews_what_they_wrote_in) {
    auto const own = as(supervisor_).post("/knowledge", words("主管写的"));
    std::string const id(own["id"].as_string());
    as(supervisor_).post(path(id, "submit"));
    EXPECT_EQ(as(supervisor_).post(path(id, "approve")).code(), "knowledge.own-version");
    EXPECT_THAT(texts(as(supervisor_).get(path(id))["may"]), ElementsAre("own", "return"));
    // Whoever put a word in, although the last who wrote was somebody else.
    auto const shared = drafted(words("两人写的"));
    auto const first = as(author_).get(path(shared));
    auto const second =
        as(supervisor_).with("if-match", first.etag()).patch(path(shared), words("两人写的", "又一种现象"));
    EXPECT_EQ(as(author_).with("if-match", second.etag()).patch(path(shared), words("两人写的")).status, 200);
    as(author_).post(path(shared, "submit"));
    EXPECT_EQ(as(supervisor_).post(path(shared, "approve")).code(), "knowledge.own-version");
    EXPECT_EQ(as(author_).post(path(shared, "approve")).code(), "right.missing");
}

TEST_P(KnowledgeTest, what_is_published_stays_until_the_next_version_is_reviewed) {
    auto const id = published(words("晚间点播卡顿"));
    auto revised = words("晚间点播卡顿（新）");
    revised["audience"] = "staff";
    revised["why"] = "节点已扩容";
    EXPECT_EQ(as(other_author_).post(path(id, "versions"), revised)["pending"], "draft");
    EXPECT_EQ(as(author_).post(path(id, "versions"), revised).code(), "knowledge.draft-exists");
    EXPECT_EQ(as(reader_).get(path(id))["title"], "晚间点播卡顿");
    EXPECT_EQ(as(reader_).get(path(id))["versions"].as_array().size(), 1U);
    EXPECT_TRUE(as(reader_).get(path(id))["pending"].is_null());
    EXPECT_EQ(outsider().get(path(id)).status, 200);
    EXPECT_EQ(as(other_author_).post(path(id, "submit")).status, 200);
    EXPECT_THAT(titles(as(supervisor_), "/knowledge?state=in-review"), ElementsAre("晚间点播卡顿"));
    EXPECT_EQ(as(supervisor_).post(path(id, "approve"))["number"], 2);
    EXPECT_EQ(as(reader_).get(path(id))["title"], "晚间点播卡顿（新）");
    EXPECT_EQ(outsider().get(path(id)).status, 404) << "for the centre's own people now";
    auto const restored = as(author_).post(path(id, "restore"), {{"number", 1}});
    EXPECT_EQ(restored["versions"].at(0).at("title"), "晚间点播卡顿");
    EXPECT_EQ(as(author_).post(path(id, "discard"))["versions"].at(0).at("state"), "dropped");
    EXPECT_EQ(as(author_).post(path(id, "restore"), {{"number", 9}}).code(), "knowledge.no-version");
    EXPECT_EQ(as(supervisor_).post(path(id, "retire"), {{"reason", " "}}).status, 422);
    EXPECT_EQ(as(supervisor_).post(path(id, "retire"), {{"reason", "系统已下线"}})["state"], "retired");
    EXPECT_THAT(titles(as(reader_), "/knowledge/suggest?q=%E7%82%B9%E6%92%AD%E5%8D%A1%E9%A1%BF"), IsEmpty());
}

TEST_P(KnowledgeTest, what_goes_to_review_is_whole) {
    auto said = words("点播卡顿");
    said["symptom"] = "";
    said["answer"] = " ";
    auto const id = drafted(said);
    EXPECT_THAT(as(author_).post(path(id, "submit")).errors(),
                ElementsAre(FieldError{"symptom", "required"}, FieldError{"answer", "required"}));
    said["title"] = " ";
    EXPECT_THAT(as(author_).post("/knowledge", said).errors(), ElementsAre(FieldError{"title", "required"}));
}

TEST_P(KnowledgeTest, a_review_comes_due_and_an_expired_article_is_offered_no_longer) {
    auto const id = published(words("晚间点播卡顿"));
    auto const confirmed =
        as(supervisor_).post(path(id, "confirm"), {{"review_due", "2026-04-01"}, {"expires", "2026-05-31"}});
    ASSERT_EQ(confirmed.status, 200) << confirmed.text;
    EXPECT_EQ(as(supervisor_).post(path(id, "confirm"), {{"review_due", "2026-03-02"}}).errors().at(0).code, "past");
    auto const suggest = [&] {
        return as(acceptance_).get("/knowledge/suggest?q=%E7%82%B9%E6%92%AD%E5%8D%A1%E9%A1%BF");
    };
    EXPECT_EQ(suggest()["items"].at(0).at("due"), false);
    clock_.advance(days(30));
    EXPECT_EQ(suggest()["items"].at(0).at("due"), true);
    EXPECT_THAT(titles(as(reader_), "/knowledge?due=true"), ElementsAre("晚间点播卡顿"));
    EXPECT_EQ(as(supervisor_).get("/knowledge/counts")["due"], 1);
    clock_.advance(days(60));
    EXPECT_EQ(suggest()["items"].as_array().size(), 1U) << "its last day";
    clock_.advance(days(1));
    EXPECT_EQ(suggest()["items"].as_array().size(), 0U);
    EXPECT_EQ(outsider().get(path(id)).status, 404);
    EXPECT_EQ(as(reader_).get(path(id))["expired"], true);
    EXPECT_EQ(as(supervisor_).post(path(id, "confirm"))["expired"], false);
}

TEST_P(KnowledgeTest, offers_are_ranked_by_words_category_and_what_solved_such_cases) {
    published(words("点播卡顿重启机顶盒"));
    auto const solver = published(words("点播卡顿切换节点"));
    published(words("账单金额错误", "账单与后台统计不一致", "billing"));
    auto const due = published(words("点播卡顿检查网线"));
    EXPECT_EQ(as(supervisor_).post(path(due, "confirm"), {{"review_due", "2026-03-03"}}).status, 200);
    auto const query = "/knowledge/suggest?category=playback-stutter&q=%E7%82%B9%E6%92%AD%E5%8D%A1%E9%A1%BF";
    EXPECT_THAT(titles(as(acceptance_), query),
                ElementsAre("点播卡顿检查网线", "点播卡顿切换节点", "点播卡顿重启机顶盒"));
    for (int i = 0; i < 2; ++i) {
        auto const used =
            as(acceptance_).post("/cases/" + opened().str() + "/knowledge", {{"article", solver}, {"solved", true}});
        EXPECT_EQ(used.status, 204) << used.text;
    }
    clock_.advance(days(2));
    auto const found = as(acceptance_).get(query);
    EXPECT_THAT(titles(as(acceptance_), query),
                ElementsAre("点播卡顿切换节点", "点播卡顿重启机顶盒", "点播卡顿检查网线"));
    EXPECT_EQ(found["items"].at(0).at("solved"), 2);
    EXPECT_EQ(found["items"].at(0).at("alike"), true);
    EXPECT_THAT(titles(as(acceptance_), "/knowledge/suggest?category=billing"), ElementsAre("账单金额错误"));
    EXPECT_THAT(titles(as(acceptance_), "/knowledge/suggest"), IsEmpty());
}

TEST_P(KnowledgeTest, a_use_is_told_on_the_case_and_counted_once) {
    auto const article = published(words("点播卡顿"));
    auto const id = opened();
    auto const route = "/cases/" + id.str() + "/knowledge";
    auto const use = [&](bool solved) {
        return as(acceptance_).post(route, {{"article", article}, {"solved", solved}, {"text", "照此处理"}}).status;
    };
    EXPECT_EQ(use(false), 204);
    EXPECT_EQ(use(false), 204);
    EXPECT_EQ(use(true), 204);
    auto const told = read([&](Transaction& tx) -> Result<std::int64_t> {
        return TRY(tx.one("SELECT count(*) FROM timeline WHERE case_id = ? AND kind = 'knowledge'", id))->integer(0);
    });
    EXPECT_EQ(told, 2) << "that it was used, and that it solved";
    auto const shown = as(acceptance_).get(path(article));
    EXPECT_EQ(shown["used"], 1);
    EXPECT_EQ(shown["solved"], 1);
    EXPECT_EQ(shown["uses"].as_array().size(), 1U);
    EXPECT_THAT(as(reader_).get(path(article))["uses"].as_array(), IsEmpty()) << "who has no lane sees no case";
    EXPECT_EQ(as(reader_).post(route, {{"article", article}, {"solved", true}}).status, 404);
    EXPECT_THAT(as(acceptance_).post(route, {{"article", "9000000000000001"}, {"solved", true}}).errors(),
                ElementsAre(FieldError{"article", "not-there"}));
}

TEST_P(KnowledgeTest, an_ended_case_becomes_a_draft_without_its_people) {
    auto const id = opened();
    auto const make = [&](PersonId who) { return as(who).post("/knowledge/from-case", {{"case", id.str()}}); };
    EXPECT_EQ(make(acceptance_).code(), "knowledge.case-open");
    EXPECT_EQ(make(reader_).code(), "right.missing");
    complete(id, "accept", nullptr, {});
    complete(id, "handle-first", "solved",
             {{"tried", "请王老师重启"}, {"solution", "更换网线后恢复，已回电 0791-80000011。"}});
    complete(id, "feed-back", "accepted",
             {{"channel", "phone"}, {"reply", "王老师您好，已更换网线。"}, {"customer_answer", "好了"}});
    complete(id, "archive", nullptr, {});
    auto const made = make(acceptance_);
    ASSERT_EQ(made.status, 201) << made.text;
    auto const& version = made["versions"].at(0);
    EXPECT_EQ(version.at("symptom"), "客户说晚上点播一直缓冲");
    EXPECT_EQ(version.at("solution"), "沟通与处理经过\n请客户重启\n\n解决办法\n更换网线后恢复，已回电 客户电话。");
    EXPECT_EQ(version.at("answer"), "更换网线后恢复，已回电 客户电话。");
    EXPECT_EQ(made["from_case"].at("id"), json::value(json::string(id.str())));
    EXPECT_THAT(titles(as(acceptance_), "/knowledge?case=" + id.str()), ElementsAre("点播卡顿"));
    std::string const article(made["id"].as_string());
    EXPECT_EQ(
        as(acceptance_).post("/cases/" + id.str() + "/knowledge", {{"article", article}, {"solved", true}}).status,
        409);
    // Until it is handed in, it says what stands in the case: only its writer and whoever sees the case reads it.
    auto const elsewhere = staff("熊丽萍", "department-manager");
    EXPECT_EQ(as(elsewhere).get(path(article)).status, 404);
    EXPECT_EQ(as(supervisor_).get(path(article)).status, 200);
    EXPECT_EQ(as(acceptance_).post(path(article, "submit")).status, 200);
    EXPECT_EQ(as(elsewhere).get(path(article)).status, 200);
    EXPECT_TRUE(as(elsewhere).get(path(article))["from_case"].is_null());
}

TEST_P(KnowledgeTest, people_from_outside_read_the_answers_meant_for_them_and_nothing_else) {
    auto const both = published(words("点播卡顿怎么办"));
    auto inside = words("内部处理流程");
    inside["audience"] = "staff";
    auto const staff_only = published(inside);
    auto const draft = drafted(words("还没写完"));
    EXPECT_THAT(titles(outsider(), "/knowledge"), ElementsAre("点播卡顿怎么办"));
    EXPECT_THAT(titles(outsider(), "/knowledge?state=draft"), IsEmpty());
    EXPECT_THAT(titles(outsider(), "/knowledge?q=%E5%88%87%E6%8D%A2%E8%8A%82%E7%82%B9"), ElementsAre("点播卡顿怎么办"))
        << "in the answer";
    EXPECT_THAT(titles(outsider(), "/knowledge?q=%E7%83%AD%E7%82%B9"), IsEmpty()) << "in the solution";
    EXPECT_EQ(outsider().get(path(staff_only)).text, outsider().get(path("9000000000000001")).text);
    EXPECT_EQ(outsider().get(path(draft)).status, 404);
    auto const read = outsider().get(path(both));
    EXPECT_EQ(read["versions"].at(0).at("answer"), "已为您切换节点，请重新进入点播。");
    EXPECT_TRUE(read["versions"].at(0).at("solution").is_null());
    EXPECT_TRUE(read["versions"].at(0).at("symptom").is_null());
    EXPECT_TRUE(read["versions"].at(0).at("written_by").is_null());
    EXPECT_TRUE(read["owner"].is_null());
    EXPECT_EQ(outsider().get("/knowledge/suggest?q=a").code(), "right.missing");
    // An outside engineer's role is for cases.
    auto partner = testkit::caller_with({"knowledge.review", "knowledge.write"}, PersonId{78});
    partner.organisation = 5;
    EXPECT_EQ(calls_.as(partner).post("/knowledge", words("外面写的")).code(), "knowledge.inside");
    EXPECT_EQ(calls_.as(partner).post(path(both, "retire"), {{"reason", "不要了"}}).code(), "knowledge.inside");
    EXPECT_EQ(calls_.as(partner).post(path(staff_only, "retire"), {{"reason", "不要了"}}).status, 404);
}

TEST_P(KnowledgeTest, of_many_alike_the_one_with_the_rare_word_comes_first) {
    write([&](Transaction& tx) -> Result<> {
        people::Act const act{.by = author_, .now = clock_.now(), .ids = ids_};
        people::Act const reviewer{.by = supervisor_, .now = clock_.now(), .ids = ids_};
        for (int i = 0; i < 300; ++i) {
            ArticleDraft said{
                .title = {"点播卡顿第" + std::to_string(i) + "种情况"}, .category = {"playback-stutter"}, .why = {}};
            said.symptom = {"节目播放到一半画面停住，提示网络异常 E" + std::to_string(i)};
            said.solution = {"处理"};
            auto const id = TRY(create(tx, act, said));
            TRY(submit(tx, act, id));
            TRY(approve(tx, reviewer, id, {}));
        }
        return {};
    });
    auto const found = titles(as(acceptance_), "/knowledge/suggest?q=E123%20%E7%82%B9%E6%92%AD%E5%8D%A1%E9%A1%BF");
    ASSERT_EQ(found.size(), 6U);
    EXPECT_EQ(found.front(), "点播卡顿第123种情况");
}

}  // namespace
}  // namespace keepword::knowledge
