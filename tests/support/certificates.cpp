#include "support/certificates.hpp"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <stdexcept>

namespace pgark::test {
namespace {

void require(bool condition, const char* what) {
  if (!condition) throw std::runtime_error(std::string("certificate: ") + what);
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  require(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string alternative_names(const CertificateOptions& options) {
  std::string text;
  for (const std::string& name : options.dns_names) text += ",DNS:" + name;
  for (const std::string& address : options.ip_addresses) text += ",IP:" + address;
  return text.empty() ? text : text.substr(1);
}

template <class Write>
std::string to_pem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  require(write(out.get()) == 1, "cannot write PEM");
  const char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

int select_alpn(SSL* /*ssl*/, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                unsigned in_length, void* /*argument*/) {
  static constexpr unsigned char kPostgres[] = "\x0apostgresql";
  auto** selected = const_cast<unsigned char**>(out);
  const int found =
      SSL_select_next_proto(selected, out_length, kPostgres, sizeof kPostgres - 1, in, in_length);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

Certificate Certificate::make(const CertificateOptions& options, const Certificate* issuer) {
  static std::atomic<long> serial{1000};
  Certificate result;
  result.key_ = {EVP_EC_gen("P-256"), EVP_PKEY_free};
  result.certificate_ = {X509_new(), X509_free};
  X509* x509 = result.certificate_.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(x509), options.days_from * 86400L);
  X509_gmtime_adj(X509_getm_notAfter(x509), options.days_to * 86400L);
  X509_set_pubkey(x509, result.key_.get());
  X509_NAME* name = X509_get_subject_name(x509);
  const auto* text = reinterpret_cast<const unsigned char*>(options.common_name.data());
  if (!options.common_name.empty()) {
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, static_cast<int>(options.common_name.size()),
                               -1, 0);
  }
  X509* issuer_x509 = issuer == nullptr ? x509 : issuer->certificate_.get();
  X509_set_issuer_name(x509, X509_get_subject_name(issuer_x509));
  add_extension(x509, issuer_x509, NID_basic_constraints,
                issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  add_extension(x509, issuer_x509, NID_subject_key_identifier, "hash");
  const std::string names = alternative_names(options);
  if (!names.empty()) add_extension(x509, issuer_x509, NID_subject_alt_name, names);
  EVP_PKEY* signer = issuer == nullptr ? result.key_.get() : issuer->key_.get();
  require(X509_sign(x509, signer, EVP_get_digestbyname(options.digest.c_str())) > 0, "cannot sign");
  return result;
}

Certificate Certificate::authority(const std::string& common_name) {
  CertificateOptions options;
  options.common_name = common_name;
  return make(options, nullptr);
}

Certificate Certificate::issue(const CertificateOptions& options) const {
  return make(options, this);
}

std::string Certificate::revocation_list(const std::vector<Certificate>& revoked) const {
  const std::unique_ptr<X509_CRL, decltype(&X509_CRL_free)> list(X509_CRL_new(), X509_CRL_free);
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(certificate_.get()));
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> now(X509_gmtime_adj(nullptr, -3600),
                                                                  ASN1_TIME_free);
  const std::unique_ptr<ASN1_TIME, decltype(&ASN1_TIME_free)> later(X509_gmtime_adj(nullptr, 86400),
                                                                    ASN1_TIME_free);
  X509_CRL_set1_lastUpdate(list.get(), now.get());
  X509_CRL_set1_nextUpdate(list.get(), later.get());
  for (const Certificate& certificate : revoked) {
    X509_REVOKED* entry = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(certificate.certificate_.get()));
    X509_REVOKED_set_revocationDate(entry, now.get());
    X509_CRL_add0_revoked(list.get(), entry);
  }
  X509_CRL_sort(list.get());
  require(X509_CRL_sign(list.get(), key_.get(), EVP_sha256()) > 0, "cannot sign the revocation list");
  return to_pem([&list](BIO* out) { return PEM_write_bio_X509_CRL(out, list.get()); });
}

std::string Certificate::certificate_pem() const {
  return to_pem([this](BIO* out) { return PEM_write_bio_X509(out, certificate_.get()); });
}

std::string Certificate::key_pem(const std::string& password) const {
  return to_pem([this, &password](BIO* out) {
    const EVP_CIPHER* cipher = password.empty() ? nullptr : EVP_aes_256_cbc();
    return PEM_write_bio_PKCS8PrivateKey(out, key_.get(), cipher, password.c_str(),
                                         static_cast<int>(password.size()), nullptr, nullptr);
  });
}

std::string write_file(const std::filesystem::path& path, const std::string& content, unsigned mode) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!out || ::chmod(path.c_str(), mode) != 0) throw std::runtime_error("cannot write " + path.string());
  return path.string();
}

ServerTls::ServerTls(const Certificate& certificate, const ServerTlsOptions& options)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
  SSL_CTX* context = context_.get();
  require(SSL_CTX_use_certificate(context, certificate.certificate_.get()) == 1, "server certificate");
  require(SSL_CTX_use_PrivateKey(context, certificate.key_.get()) == 1, "server key");
  if (options.with_alpn) SSL_CTX_set_alpn_select_cb(context, select_alpn, nullptr);
  if (options.client_authority != nullptr) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), options.client_authority->certificate_.get());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
}

SSL* ServerTls::new_session() const {
  return SSL_new(context_.get());
}

}  // namespace pgark::test
