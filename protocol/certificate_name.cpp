#include "protocol/certificate_name.hpp"

#include <arpa/inet.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

namespace pgark::protocol {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::string string_of(const ASN1_STRING* value) {
  const auto* data = reinterpret_cast<const char*>(ASN1_STRING_get0_data(value));
  return {data, static_cast<std::size_t>(ASN1_STRING_length(value))};
}

std::string common_name_of(const X509& certificate) {
  const X509_NAME* subject = X509_get_subject_name(&certificate);
  const int index = subject == nullptr ? -1 : X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return {};
  const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index));
  std::string name = value == nullptr ? std::string() : string_of(value);
  // An embedded NUL is an old trick to make "good.example\0.evil.example" pass for another host.
  return name.find('\0') == std::string::npos ? name : std::string();
}

std::string ip_text(const std::string& raw) {
  char text[INET6_ADDRSTRLEN] = {};
  const int family = raw.size() == 4 ? AF_INET : AF_INET6;
  return inet_ntop(family, raw.data(), text, sizeof text) == nullptr ? "?" : text;
}

}  // namespace

std::string CertificateNames::describe() const {
  std::string text;
  const auto add = [&text](const std::string& name) {
    if (!text.empty()) text += ", ";
    text += name;
  };
  for (const std::string& name : dns) add(name);
  for (const std::string& raw : ip) add(ip_text(raw));
  if (text.empty() && !common_name.empty()) add(common_name);
  return text.empty() ? "nothing" : text;
}

CertificateNames certificate_names(const x509_st& certificate) {
  CertificateNames names;
  names.common_name = common_name_of(certificate);
  const auto free_names = [](GENERAL_NAMES* list) { GENERAL_NAMES_free(list); };
  const std::unique_ptr<GENERAL_NAMES, decltype(free_names)> list(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)),
      free_names);
  const int count = list == nullptr ? 0 : sk_GENERAL_NAME_num(list.get());
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* entry = sk_GENERAL_NAME_value(list.get(), i);
    if (entry->type == GEN_DNS) {
      std::string name = string_of(entry->d.dNSName);
      if (name.find('\0') == std::string::npos) names.dns.push_back(std::move(name));
    } else if (entry->type == GEN_IPADD) {
      std::string raw = string_of(entry->d.iPAddress);
      if (raw.size() == 4 || raw.size() == 16) names.ip.push_back(std::move(raw));
    }
  }
  return names;
}

bool name_matches(std::string_view pattern, std::string_view host) {
  if (pattern.empty() || host.empty()) return false;
  if (equal_ignoring_case(pattern, host)) return true;
  if (pattern.size() < 3 || !pattern.starts_with("*.")) return false;
  const std::string_view suffix = pattern.substr(1);  // ".example.org"
  if (host.size() <= suffix.size()) return false;
  const std::size_t label_length = host.size() - suffix.size();
  const bool one_label = host.substr(0, label_length).find('.') == std::string_view::npos;
  return one_label && equal_ignoring_case(host.substr(label_length), suffix);
}

std::string ip_literal_bytes(const std::string& host) {
  unsigned char raw[16];
  const auto* text = reinterpret_cast<const char*>(raw);
  if (inet_pton(AF_INET, host.c_str(), raw) == 1) return {text, 4};
  // A zone ("fe80::1%eth0") is ours, not the certificate's.
  if (inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), raw) == 1) return {text, 16};
  return {};
}

bool certificate_is_for(const CertificateNames& names, const std::string& host) {
  const std::string raw_address = ip_literal_bytes(host);
  const bool is_address = !raw_address.empty();
  const auto matches = [&host](const std::string& name) { return name_matches(name, host); };
  if (std::any_of(names.dns.begin(), names.dns.end(), matches)) return true;
  if (is_address && std::find(names.ip.begin(), names.ip.end(), raw_address) != names.ip.end()) return true;
  const bool has_own_type = is_address ? !names.ip.empty() : !names.dns.empty();
  return !has_own_type && name_matches(names.common_name, host);
}

}  // namespace pgark::protocol
