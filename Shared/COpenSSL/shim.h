#pragma once
// OpenSSL 3 as a module. Much of its API is macros or variadic functions, which Swift does not see: those we use stand here as functions.
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// A file's certificates and key, and the names that it accepts.

static inline int firstline_SSL_CTX_set_tls13_only(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
}

static inline int firstline_SSL_CTX_set_tls12_or_later(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

static inline void firstline_SSL_CTX_set_lean(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

// Memory BIOs.

static inline long firstline_BIO_pending(BIO *bio) { return (long)BIO_ctrl_pending(bio); }
static inline void firstline_BIO_set_would_block(BIO *bio) { BIO_set_mem_eof_return(bio, -1); }
static inline long firstline_BIO_data(BIO *bio, char **bytes) { return BIO_get_mem_data(bio, bytes); }

// Keys and certificates.

static inline EVP_PKEY *firstline_EVP_P256_generate(void) { return EVP_EC_gen("P-256"); }
static inline int firstline_X509_set_not_before(X509 *certificate, long secondsFromNow) {
    return X509_gmtime_adj(X509_getm_notBefore(certificate), secondsFromNow) != NULL;
}
static inline int firstline_X509_set_not_after(X509 *certificate, long secondsFromNow) {
    return X509_gmtime_adj(X509_getm_notAfter(certificate), secondsFromNow) != NULL;
}

// The subject alternative names of a certificate.

static inline int firstline_GENERAL_NAME_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
static inline const GENERAL_NAME *firstline_GENERAL_NAME_at(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}
/// The name's bytes when it is a URI, else NULL. They live as long as the names.
static inline const unsigned char *firstline_GENERAL_NAME_uri(const GENERAL_NAME *name, int *length) {
    if (name->type != GEN_URI) return NULL;
    *length = ASN1_STRING_length(name->d.uniformResourceIdentifier);
    return ASN1_STRING_get0_data(name->d.uniformResourceIdentifier);
}
