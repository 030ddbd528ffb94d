#include "domain/mailbox/taking.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "domain/mailbox/intake_text.hpp"
#include "domain/mailbox/known_mail.hpp"
#include "domain/mailbox/reply.hpp"
#include "domain/mailbox/threading.hpp"
#include "engine/live/live.hpp"

namespace keepword::mailbox {
namespace {

constexpr std::size_t max_marks = 60;          // of one mail that are looked at
constexpr std::int64_t max_attachments = 500;  // on one case
constexpr char const* process = "customer-acceptance";

std::string shown(outbound::Address const& a) {
    return a.name.empty() ? a.address : a.name + " <" + a.address + ">";
}

std::string shown(std::vector<outbound::Address> const& all) {
    std::string out;
    for (auto const& one : all) out += (out.empty() ? "" : ", ") + shown(one);
    return std::string(text::head(out, 2'000));
}

template <std::size_t Max>
std::optional<json::Text<Max>> fact(std::string_view text) {
    if (text::trim(text).empty()) return std::nullopt;
    return json::Text<Max>{std::string(text::head(text::trim(text), Max))};
}

// Which case a mail belongs to, and with what right.
struct Belonging {
    enum class Whose { nobodys, own, others } whose = Whose::nobodys;
    cases::CaseId id{};
};

class Taking {
  public:
    Taking(Parts const& parts, cases::Desk& desk, storage::Transaction& tx, Record const& box, Place const& place,
           Prepared const& prepared, Instant now)
        : parts_(parts),
          desk_(desk),
          act_{tx, now, {}},
          box_(box),
          place_(place),
          prepared_(prepared),
          mail_(prepared.mail) {}

    Result<std::optional<Outcome>> run() {
        if (TRY(is_taken())) return std::optional<Outcome>();
        fill_row();
        TRY(decide());
        TRY(insert_mail(tx(), row_));
        if (!row_.case_id || row_.outcome == Outcome::duplicate) TRY(audit_set_aside());
        if (wants_receipt()) TRY(post_receipt(parts_, desk_, act_, box_, row_.case_id, mail_.from.address));
        return std::optional(row_.outcome);
    }

  private:
    storage::Transaction& tx() const { return act_.tx; }
    std::string sender() const { return folded_address(mail_.from.address); }

    // Taken by an earlier pass, or under the numbers the folder had before.
    Result<bool> is_taken() {
        // The numbers of a folder mean nothing once the mailbox was pointed to another one.
        if (TRY(load_mailbox(tx(), box_.id)).version != box_.version) return fail(Kind::unavailable, "mailbox.changed");
        if (TRY(tx().one("SELECT 1 FROM mail WHERE mailbox = ? AND uidvalidity = ? AND uid = ?", box_.id,
                         place_.uidvalidity, place_.uid))) {
            return true;
        }
        auto const moved =
            TRY(tx().one("SELECT id FROM mail WHERE raw = ? AND mailbox = ? AND direction = 'in' "
                         "AND (uidvalidity IS NULL OR uidvalidity <> ?) ORDER BY id LIMIT 1",
                         prepared_.raw.sha256, box_.id, place_.uidvalidity));
        if (!moved) return false;
        TRY(tx().execute("UPDATE mail SET uidvalidity = ?, uid = ?, ended_at = NULL WHERE id = ?", place_.uidvalidity,
                         place_.uid, moved->id<MailTag>(0)));
        return true;
    }

    void fill_row() {
        auto const cut = [](std::string_view text, std::size_t most) { return std::string(text::head(text, most)); };
        row_.id = parts_.ids.next<MailTag>();
        row_.mailbox = box_.id;
        row_.uidvalidity = place_.uidvalidity;
        row_.uid = place_.uid;
        row_.message_id = cut(mail_.message_id, 1'000);
        row_.in_reply_to = cut(mail_.in_reply_to, 1'000);
        row_.raw = prepared_.raw.sha256;
        row_.name = cut(mail_.from.name, 300);
        row_.address = cut(mail_.from.address, 300);
        row_.sender = cut(shown(mail_.from), 700);
        row_.recipients = shown(mail_.to);
        row_.subject = cut(mail_.subject, 1'000);
        // A sender's clock that is ahead would put the mail into the future.
        row_.at = std::min(mail_.date.value_or(act_.now), act_.now);
        row_.text = mail_.text;
        if (!mail_.html.empty()) row_.html = mail_.html;
        row_.problems = prepared_.problems;
        row_.created_at = act_.now;
        if (!prepared_.fingerprint.empty()) row_.fingerprint = prepared_.fingerprint;
    }

    Result<> decide() {
        if (auto const why = TRY(loop_sign(tx(), prepared_)); !why.empty()) return set_aside(Outcome::loop, why);
        if (TRY(is_duplicate())) return {};
        bool const from_before = place_.renumbered && place_.seen && mail_.date && *mail_.date < box_.created_at;
        if (from_before) return set_aside(Outcome::earlier, "");
        if (mail_.origin == outbound::MailOrigin::bounce) return take_bounce();
        auto const thread = TRY(find_thread());
        if (mail_.origin == outbound::MailOrigin::automatic) {
            if (thread.whose == Belonging::Whose::own) {
                if (TRY(is_too_many(thread.id))) return {};
                return note_automatic(thread.id);
            }
            return set_aside(Outcome::automatic, mail_.origin_reason);
        }
        if (TRY(is_too_many(thread.whose == Belonging::Whose::own ? thread.id : cases::CaseId{}))) return {};
        switch (thread.whose) {
            case Belonging::Whose::own:
                return answer(thread.id);
            case Belonging::Whose::others:
                return open_linked(thread.id, "related", Outcome::related);
            case Belonging::Whose::nobodys:
                return open_case(Outcome::opened);
        }
        return {};
    }

    Result<> set_aside(Outcome outcome, std::string const& reason) {
        row_.outcome = outcome;
        row_.reason = text::head(reason, 300);
        return {};
    }

    // One mail that was delivered twice: to two of our addresses, by way of a list, or out of another folder.
    Result<bool> is_duplicate() {
        auto const first = TRY(earlier_copy(tx(), row_, prepared_, act_.now));
        if (!first) return false;
        row_.outcome = Outcome::duplicate;
        row_.reason = "mail:" + first->id.str();
        row_.case_id = first->case_id;
        return true;
    }

    // Whoever works on the sender's newest case must know that more has come than can be read there.
    Result<bool> is_too_many(cases::CaseId on) {
        auto const flood = TRY(is_flood(tx(), row_, sender(), on, act_.now));
        if (flood.limit.empty()) return false;
        if (flood.first && flood.newest) {
            TRY(desk_.note(
                act_, flood.newest, "incident",
                fmt::format("{} 一小时内来信过多，疑似循环发信，其后的来信不再登记，可在邮箱的最近来信中查看。",
                            row_.sender.empty() ? "（无发件人）" : row_.sender),
                {{"code", flood.limit}, {"mail", row_.id.str()}}));
        }
        TRY(set_aside(Outcome::loop, flood.limit));
        return true;
    }

    std::vector<Mark> marks() const {
        std::vector<Mark> out;
        auto const add = [&](std::optional<Mark> mark) {
            if (mark && out.size() < max_marks && std::find(out.begin(), out.end(), *mark) == out.end())
                out.push_back(*mark);
        };
        // The mail that is answered is the newest word on where it belongs.
        add(mark_in_message_id(mail_.in_reply_to));
        for (auto i = mail_.references.rbegin(); i != mail_.references.rend(); ++i) add(mark_in_message_id(*i));
        for (auto const& address : mail_.delivered_to) add(mark_in_address(address, box_.address));
        for (auto const* all : {&mail_.to, &mail_.cc}) {
            for (auto const& one : *all) add(mark_in_address(one.address, box_.address));
        }
        add(mark_in_subject(mail_.subject));
        return out;
    }

    Result<Belonging> find_thread() {
        Belonging out;
        if (sender().empty()) return out;
        for (auto const& mark : marks()) {
            auto const row = mark.id ? TRY(tx().one("SELECT id FROM cases WHERE id = ?", mark.id))
                                     : TRY(tx().one("SELECT id FROM cases WHERE number = ?", mark.number));
            if (!row) continue;
            auto const id = row->id<cases::CaseTag>(0);
            if (crypto::equal(proof_for(parts_.mac, id, sender()), mark.proof))
                return Belonging{Belonging::Whose::own, id};
            if (out.whose == Belonging::Whose::nobodys && TRY(was_given_to_somebody(id, mark.proof))) {
                out = {Belonging::Whose::others, id};
            }
        }
        return out;
    }

    // A mark that is genuine, but was given to another address: whoever writes may know of the case, yet is not its
    // customer.
    Result<bool> was_given_to_somebody(cases::CaseId id, std::string const& proof) {
        for (auto const& row :
             TRY(tx().query("SELECT DISTINCT peer FROM mail WHERE case_id = ? AND direction = 'out' LIMIT 100", id))) {
            if (crypto::equal(proof_for(parts_.mac, id, row.text(0)), proof)) return true;
        }
        return false;
    }

    // A mail of ours that did not arrive, or not yet; some servers also say that one did.
    Result<> take_bounce() {
        auto const of = TRY(bounced_mail(tx(), mail_, act_.now));
        if (!of) return set_aside(Outcome::automatic, mail_.origin_reason);
        if (TRY(is_too_many(of->case_id))) return {};
        auto const& bounce = mail_.bounce;
        bool const arrived = bounce.action == "delivered" || bounce.action == "relayed" || bounce.action == "expanded";
        bool const later = bounce.action == "delayed" || (bounce.action.empty() && bounce.status.starts_with('4'));
        auto text = fmt::format(fmt::runtime(arrived ? "发给 {} 的邮件已送达对方服务器{}。"
                                             : later ? "发给 {} 的邮件暂未送达{}，邮件服务器仍在重试。"
                                                     : "发给 {} 的邮件被退回{}。"),
                                of->address, bounce.status.empty() ? "" : "（" + bounce.status + "）");
        if (of->by_address) text += "（退信没有注明是哪一封，按收件人地址归入本工单。）";
        TRY(note(of->case_id, text, {{"origin", "bounce"}, {"of", of->id.str()}, {"status", bounce.status}}));
        row_.reason = text::head(mail_.origin_reason, 300);
        row_.outcome = Outcome::noted;
        if (arrived) return {};
        return later ? tell_holders("邮件暂未送达", "a mail is delayed")
                     : tell_holders("邮件被退回", "a mail was returned");
    }

    Result<> note_automatic(cases::CaseId id) {
        TRY(note(id, said(), {{"origin", "automatic"}}));
        row_.reason = text::head(mail_.origin_reason, 300);
        row_.outcome = Outcome::noted;
        return {};
    }

    // The entry of this mail on a case.
    Result<> note(cases::CaseId id, std::string const& text, json::object data) {
        data["mail"] = row_.id.str();
        row_.case_id = id;
        row_.entry = TRY(desk_.note(act_, id, "mail-in", text, std::move(data)));
        return {};
    }

    Result<> answer(cases::CaseId id) {
        auto const row = TRY(tx().one("SELECT state, paused_at FROM cases WHERE id = ?", id));
        auto const state = row->word<cases::State>(0);
        // What is sealed stays as it is: a new case carries on.
        if (state == cases::State::archived || state == cases::State::cancelled) {
            return open_linked(id, "continues", Outcome::continued);
        }
        TRY(note(id, said(), {}));
        TRY(attach_files());
        if (!row->null(1)) TRY(desk_.resume(act_, id));
        row_.outcome = Outcome::threaded;
        return tell_holders("客户来信", "the customer has written");
    }

    Result<> open_linked(cases::CaseId other, std::string const& kind, Outcome outcome) {
        TRY(open_case(outcome));
        return desk_.link(act_, row_.case_id, other, kind);
    }

    Result<> open_case(Outcome outcome) {
        auto facts = TRY(known_contact());
        facts.title = json::Text<200>{intake_title(mail_, prepared_.damaged)};
        facts.description = json::Text<20'000>{said()};
        auto const id = TRY(desk_.open(
            act_, {.kind = process, .channel = cases::Channel::mail, .facts = std::move(facts), .variables = {}}));
        // The words stand in the entry before; this one leads to the mail itself.
        TRY(note(id, "", {{"first", true}}));
        row_.outcome = outcome;
        return attach_files();
    }

    // Whoever writes, found by the address. Where two share it nobody knows which of them wrote.
    Result<cases::Facts> known_contact() {
        cases::Facts facts;
        facts.contact_name = fact<100>(mail_.from.name);
        if (is_address(mail_.from.address)) facts.contact_email = fact<200>(mail_.from.address);
        auto const found =
            TRY(tx().query("SELECT id, name, organisation, phone FROM person WHERE lower(email) = ? AND active = 1 "
                           "ORDER BY id LIMIT 20",
                           sender()));
        if (found.empty() || sender().empty()) return facts;
        bool const same =
            std::all_of(found.begin(), found.end(), [&](auto const& r) { return r.integer(2) == found[0].integer(2); });
        if (same && !found[0].null(2)) facts.organisation = found[0].id<cases::AnyTag>(2);
        if (found.size() > 1) return facts;
        facts.contact = found[0].id<PersonTag>(0);
        facts.contact_name = fact<100>(found[0].text(1));
        if (!found[0].null(3)) facts.contact_phone = fact<50>(found[0].text(3));
        return facts;
    }

    std::string said() const {
        std::string unreadable;
        for (auto const& code : prepared_.damaged ? prepared_.problems : std::vector<std::string>()) {
            unreadable += (unreadable.empty() ? "" : "；") + problem_text(parts_.texts, Locale::zh, code);
        }
        return intake_text(mail_, !prepared_.files.empty(), unreadable);
    }

    Result<> attach_files() {
        auto const row = TRY(tx().one("SELECT count(*) FROM attachment WHERE case_id = ?", row_.case_id));
        bool const room = row->integer(0) + std::ssize(prepared_.files) < max_attachments;
        if (room) {
            for (auto const& file : prepared_.files) {
                TRY(desk_.attach(act_, row_.case_id, file.name, file.type, file.blob, row_.entry, file.text));
            }
        }
        if (!room) row_.problems.push_back("too-many-files");
        if (!prepared_.damaged && room) return {};
        TRY(desk_.attach(act_, row_.case_id, "原始邮件.eml", "message/rfc822", prepared_.raw, row_.entry));
        return {};
    }

    // Shown at once wherever somebody who works on the case has a browser open.
    Result<> tell_holders(std::string const& zh, std::string const& en) {
        json::array people;
        for (auto const& row : TRY(tx().query("SELECT assignee FROM task WHERE case_id = ? AND state = 'claimed' "
                                              "UNION SELECT owner FROM cases WHERE id = ?",
                                              row_.case_id, row_.case_id))) {
            if (!row.null(0)) people.push_back(json::string(row.id<PersonTag>(0).str()));
        }
        auto const number = TRY(tx().one("SELECT number FROM cases WHERE id = ?", row_.case_id))->text(0);
        return live::publish(tx(), act_.now, "notice", row_.case_id.value,
                             json::object{{"case", row_.case_id.str()},
                                          {"number", number},
                                          {"text_zh", number + " " + zh},
                                          {"text_en", number + ": " + en},
                                          {"people", std::move(people)}});
    }

    Result<> audit_set_aside() {
        return write_audit(tx(), act_.now, {}, "mail.set-aside", "mail:" + row_.id.str(),
                           {{"mailbox", box_.id.str()},
                            {"outcome", json::word(row_.outcome)},
                            {"reason", row_.reason.value_or("")},
                            {"from", row_.address},
                            {"message_id", row_.message_id},
                            {"sha256", prepared_.raw.sha256}});
    }

    // Only persons are answered by a machine, and nobody for ever.
    bool wants_receipt() const {
        bool const is_new =
            row_.outcome == Outcome::opened || row_.outcome == Outcome::continued || row_.outcome == Outcome::related;
        auto const local = sender().substr(0, sender().find('@'));
        bool const reads = local.find("noreply") == std::string::npos && local.find("no-reply") == std::string::npos &&
                           local.find("donotreply") == std::string::npos;
        return is_new && box_.receipts && mail_.origin == outbound::MailOrigin::person && reads &&
               is_address(mail_.from.address);
    }

    Parts const& parts_;
    cases::Desk& desk_;
    cases::Act act_;
    Record const& box_;
    Place const& place_;
    Prepared const& prepared_;
    outbound::Mail const& mail_;
    MailRecord row_;
};

}  // namespace

Result<std::optional<Outcome>> take(Parts const& parts, cases::Desk& desk, storage::Transaction& tx,
                                    Record const& mailbox, Place const& place, Prepared const& prepared, Instant now) {
    return Taking(parts, desk, tx, mailbox, place, prepared, now).run();
}

}  // namespace keepword::mailbox
