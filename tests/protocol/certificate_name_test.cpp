#include "protocol/certificate_name.hpp"

#include <gtest/gtest.h>

#include "support/certificates.hpp"

namespace pgark::protocol {
namespace {

CertificateNames names_of(const test::CertificateOptions& options) {
  static const test::Certificate authority = test::Certificate::authority("Test CA");
  return certificate_names(authority.issue(options).x509());
}

TEST(CertificateName, exact_names_ignore_case) {
  EXPECT_TRUE(name_matches("db.example.org", "DB.Example.ORG"));
  EXPECT_FALSE(name_matches("db.example.org", "db.example.org."));
  EXPECT_FALSE(name_matches("db.example.org", "b.example.org"));
  EXPECT_FALSE(name_matches("", "db"));
  EXPECT_FALSE(name_matches("db", ""));
}

TEST(CertificateName, a_wildcard_is_one_whole_leftmost_label) {
  EXPECT_TRUE(name_matches("*.example.org", "db.example.org"));
  EXPECT_FALSE(name_matches("*.example.org", "a.db.example.org"));
  EXPECT_FALSE(name_matches("*.example.org", "example.org"));
  EXPECT_FALSE(name_matches("*.example.org", ".example.org"));
  EXPECT_FALSE(name_matches("d*.example.org", "db.example.org"));
  EXPECT_FALSE(name_matches("db.*.org", "db.example.org"));
  EXPECT_FALSE(name_matches("*", "db"));
  EXPECT_FALSE(name_matches("*.", "db."));
}

TEST(CertificateName, alternative_names_make_the_common_name_irrelevant) {
  const CertificateNames names =
      names_of({.common_name = "old.example.org", .dns_names = {"a.org", "*.b.org"}});
  EXPECT_TRUE(certificate_is_for(names, "a.org"));
  EXPECT_TRUE(certificate_is_for(names, "x.b.org"));
  EXPECT_FALSE(certificate_is_for(names, "old.example.org"));
  EXPECT_EQ(names.describe(), "a.org, *.b.org");
}

TEST(CertificateName, the_common_name_counts_without_alternative_names) {
  const CertificateNames names = names_of({.common_name = "db.example.org"});
  EXPECT_TRUE(certificate_is_for(names, "db.example.org"));
  EXPECT_EQ(names.describe(), "db.example.org");
}

TEST(CertificateName, addresses) {
  const CertificateNames names =
      names_of({.common_name = "10.0.0.9", .ip_addresses = {"10.0.0.7", "fd00::7"}});
  EXPECT_TRUE(certificate_is_for(names, "10.0.0.7"));
  EXPECT_TRUE(certificate_is_for(names, "fd00:0::0:7"));
  EXPECT_FALSE(certificate_is_for(names, "10.0.0.9"));
  EXPECT_FALSE(certificate_is_for(names, "10.0.0.8"));
  EXPECT_EQ(names.describe(), "10.0.0.7, fd00::7");
}

TEST(CertificateName, an_address_given_as_a_dns_name) {
  EXPECT_TRUE(certificate_is_for(names_of({.dns_names = {"10.0.0.7"}}), "10.0.0.7"));
}

TEST(CertificateName, only_names_of_its_own_type_displace_the_common_name) {
  const CertificateNames names = names_of({.common_name = "10.0.0.9", .dns_names = {"a.org"}});
  EXPECT_TRUE(certificate_is_for(names, "10.0.0.9"));
  EXPECT_FALSE(certificate_is_for(names, "b.org"));
}

TEST(CertificateName, an_embedded_nul_hides_nothing) {
  const std::string trick("good.org\0.evil.org", 18);
  const CertificateNames names = names_of({.common_name = trick});
  EXPECT_FALSE(certificate_is_for(names, "good.org"));
  EXPECT_EQ(names.describe(), "nothing");
}

TEST(CertificateName, literals) {
  EXPECT_EQ(ip_literal_bytes("127.0.0.1"), std::string("\x7f\0\0\1", 4));
  EXPECT_EQ(ip_literal_bytes("::1").size(), 16u);
  EXPECT_EQ(ip_literal_bytes("fe80::1%eth0").size(), 16u);
  EXPECT_EQ(ip_literal_bytes("db1"), "");
}

}  // namespace
}  // namespace pgark::protocol
