// Is this certificate for the host we dialled?
//
// Rules of PostgreSQL's client, stricter and looser than OpenSSL's own check in details that matter
// to existing installations: a wildcard stands only for the whole leftmost label, an IP address may
// also be given in a dNSName, and the common name counts only when the certificate has no
// subjectAltName of the host's own type.
// Source: PostgreSQL documentation, "SSL Support", Client Verification of Server Certificates; RFC 6125.
// Pure functions, callable from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

struct x509_st;

namespace pgark::protocol {

struct CertificateNames {
  std::vector<std::string> dns;  // dNSName entries; those with an embedded NUL are left out
  std::vector<std::string> ip;   // iPAddress entries as 4 or 16 raw bytes
  std::string common_name;       // empty when absent

  // "db1, db2, 10.0.0.1" for messages; "nothing" when the certificate names no host.
  std::string describe() const;
};

CertificateNames certificate_names(const x509_st& certificate);

// A single pattern, as found in a dNSName or common name. ASCII case is ignored.
bool name_matches(std::string_view pattern, std::string_view host);

// Raw bytes of an IPv4 or IPv6 address literal; empty when `host` is not one.
std::string ip_literal_bytes(const std::string& host);

bool certificate_is_for(const CertificateNames& names, const std::string& host);

}  // namespace pgark::protocol
