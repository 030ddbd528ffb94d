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

// What a delivery status (RFC 3464) says; `bytes` is the part's content.
void read_delivery_status(std::string_view bytes, Bounce& out);

}  // namespace keepword::outbound
