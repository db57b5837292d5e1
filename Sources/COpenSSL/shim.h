#ifndef TACIT_COPENSSL_SHIM_H
#define TACIT_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#include <openssl/sha.h>
#include <string.h>

#if OPENSSL_VERSION_MAJOR < 3
#error "OpenSSL 3.0 or later is needed"
#endif

// EVP_CIPHER_CTX_ctrl is a plain function, but its tag argument is `void *` even where it is only read; Swift would have to cast away const.
static inline int tacit_EVP_CIPHER_CTX_set_expected_tag(EVP_CIPHER_CTX *context, const unsigned char *tag, int count) {
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, count, (void *)tag);
}

// SHA-256 with its state on the stack. EVP spends more time on contexts and dispatch than a block takes to hash, and a proxied request
// hashes about twenty of them. OpenSSL 3 marks these functions deprecated, not removed; they are the same assembly underneath.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

// Writes the 32-byte digest of `bytes`.
static inline void tacit_sha256(const unsigned char *bytes, size_t count, unsigned char *out) {
    SHA256_CTX state;
    SHA256_Init(&state);
    SHA256_Update(&state, bytes, count);
    SHA256_Final(out, &state);
    OPENSSL_cleanse(&state, sizeof state);
}

// Writes the 32-byte HMAC-SHA-256 (RFC 2104) of three parts one after the other; `out` may be memory that a part lies in.
// The pads and the states are wiped before it returns.
static inline void tacit_hmac_sha256(
    const unsigned char *key, size_t key_count, const unsigned char *first, size_t first_count, const unsigned char *second,
    size_t second_count, const unsigned char *third, size_t third_count, unsigned char *out) {
    struct {
        SHA256_CTX state;
        unsigned char pad[SHA256_CBLOCK];
    } work;
    memset(work.pad, 0, sizeof work.pad);
    if (key_count > sizeof work.pad) {
        SHA256_Init(&work.state);
        SHA256_Update(&work.state, key, key_count);
        SHA256_Final(work.pad, &work.state);
    } else if (key_count > 0) {
        memcpy(work.pad, key, key_count);
    }
    for (size_t i = 0; i < sizeof work.pad; i++) work.pad[i] ^= 0x36;
    SHA256_Init(&work.state);
    SHA256_Update(&work.state, work.pad, sizeof work.pad);
    SHA256_Update(&work.state, first, first_count);
    SHA256_Update(&work.state, second, second_count);
    SHA256_Update(&work.state, third, third_count);
    SHA256_Final(out, &work.state);
    for (size_t i = 0; i < sizeof work.pad; i++) work.pad[i] ^= 0x36 ^ 0x5c;
    SHA256_Init(&work.state);
    SHA256_Update(&work.state, work.pad, sizeof work.pad);
    SHA256_Update(&work.state, out, SHA256_DIGEST_LENGTH);
    SHA256_Final(out, &work.state);
    OPENSSL_cleanse(&work, sizeof work);
}
#pragma clang diagnostic pop

#endif
