#pragma once
#include <string>

#include "outbound/header.hpp"

namespace keepword::outbound {

// Who is behind a mail, by its header, and the field that says so.
struct Origin {
    MailOrigin origin = MailOrigin::person;
    std::string reason;
};
Origin mail_origin(Header const& header, ContentType const& type, Address const& from, std::string_view subject);

// What a bounce says in words where it has no delivery status, or none that names our mail.
void read_bounce_text(std::string_view text, Bounce& out);

// What a delivery status (RFC 3464) says; `bytes` is the part's content.
void read_delivery_status(std::string_view bytes, Bounce& out);

}  // namespace keepword::outbound
