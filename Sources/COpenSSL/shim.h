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

// The 32 bytes of a state that took every block.
static inline void tacit_sha256_write(const SHA256_CTX *state, unsigned char *out) {
    for (int i = 0; i < 8; i++) {
        out[4 * i] = (unsigned char)(state->h[i] >> 24);
        out[4 * i + 1] = (unsigned char)(state->h[i] >> 16);
        out[4 * i + 2] = (unsigned char)(state->h[i] >> 8);
        out[4 * i + 3] = (unsigned char)state->h[i];
    }
}

// Ends a hash whose rest stands at the start of `blocks`, which has room for the padding: up to 55 bytes are one block, up to 119 two.
// `total` counts all bytes hashed. Blocks go to the compression function directly: buffering and wiping per call cost as much as a block.
static inline void tacit_sha256_end(SHA256_CTX *state, unsigned char *blocks, size_t count, size_t total, unsigned char *out) {
    const size_t end = count < 56 ? SHA256_CBLOCK : 2 * SHA256_CBLOCK;
    const unsigned long long bits = (unsigned long long)total * 8;
    blocks[count] = 0x80;
    memset(blocks + count + 1, 0, end - count - 1);
    for (int i = 0; i < 8; i++) blocks[end - 1 - i] = (unsigned char)(bits >> (8 * i));
    SHA256_Transform(state, blocks);
    if (end > SHA256_CBLOCK) SHA256_Transform(state, blocks + SHA256_CBLOCK);
    tacit_sha256_write(state, out);
}

// Writes the 32-byte digest of `bytes`.
static inline void tacit_sha256(const unsigned char *bytes, size_t count, unsigned char *out) {
    struct {
        SHA256_CTX state;
        unsigned char blocks[2 * SHA256_CBLOCK];
    } work;
    SHA256_Init(&work.state);
    if (count < 2 * SHA256_CBLOCK - 8) {
        if (count > 0) memcpy(work.blocks, bytes, count);
        tacit_sha256_end(&work.state, work.blocks, count, count, out);
    } else {
        SHA256_Update(&work.state, bytes, count);
        SHA256_Final(out, &work.state);
    }
    OPENSSL_cleanse(&work, sizeof work);
}

// Writes the 32-byte HMAC-SHA-256 (RFC 2104) of three parts one after the other; `out` may be memory that a part lies in.
// The pads, the states and the parts are wiped before it returns.
static inline void tacit_hmac_sha256(
    const unsigned char *key, size_t key_count, const unsigned char *first, size_t first_count, const unsigned char *second,
    size_t second_count, const unsigned char *third, size_t third_count, unsigned char *out) {
    // The states after the two pads of an empty key, which HKDF without a salt begins with. Made from the definition; a test compares.
    static const unsigned int inner_empty[8] = {
        0xf454dead, 0x9725214f, 0x90daf2a0, 0xdf1228ea, 0x64e5750f, 0xa3924181, 0x824a932b, 0xf8e04e32,
    };
    static const unsigned int outer_empty[8] = {
        0xd385480f, 0x7abb6477, 0x37c9c538, 0x5dd82467, 0x8e043a72, 0x753434b0, 0xdeb82818, 0x361d45a6,
    };
    struct {
        SHA256_CTX inner, outer;
        unsigned char blocks[2 * SHA256_CBLOCK];
    } work;
    SHA256_Init(&work.inner);
    work.outer = work.inner;
    if (key_count == 0) {
        for (int i = 0; i < 8; i++) {
            work.inner.h[i] = inner_empty[i];
            work.outer.h[i] = outer_empty[i];
        }
    } else {
        size_t count = key_count;
        if (count > SHA256_CBLOCK) {
            tacit_sha256(key, count, work.blocks);
            count = SHA256_DIGEST_LENGTH;
        } else {
            memcpy(work.blocks, key, count);
        }
        memset(work.blocks + count, 0, SHA256_CBLOCK - count);
        for (size_t i = 0; i < SHA256_CBLOCK; i++) work.blocks[i] ^= 0x36;
        SHA256_Transform(&work.inner, work.blocks);
        for (size_t i = 0; i < SHA256_CBLOCK; i++) work.blocks[i] ^= 0x36 ^ 0x5c;
        SHA256_Transform(&work.outer, work.blocks);
    }
    const size_t limit = 2 * SHA256_CBLOCK - 8;
    if (first_count < limit && second_count < limit && third_count < limit && first_count + second_count + third_count < limit) {
        if (first_count > 0) memcpy(work.blocks, first, first_count);
        if (second_count > 0) memcpy(work.blocks + first_count, second, second_count);
        if (third_count > 0) memcpy(work.blocks + first_count + second_count, third, third_count);
        const size_t count = first_count + second_count + third_count;
        tacit_sha256_end(&work.inner, work.blocks, count, SHA256_CBLOCK + count, work.blocks);
    } else {
        // The pad is a whole block, so nothing of it is buffered: only the count of bits is missing.
        work.inner.Nl = 8 * SHA256_CBLOCK;
        SHA256_Update(&work.inner, first, first_count);
        SHA256_Update(&work.inner, second, second_count);
        SHA256_Update(&work.inner, third, third_count);
        SHA256_Final(work.blocks, &work.inner);
    }
    tacit_sha256_end(&work.outer, work.blocks, SHA256_DIGEST_LENGTH, SHA256_CBLOCK + SHA256_DIGEST_LENGTH, out);
    OPENSSL_cleanse(&work, sizeof work);
}
#pragma clang diagnostic pop

#endif
