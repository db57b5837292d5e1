#ifndef TACIT_COPENSSL_SHIM_H
#define TACIT_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>

#if OPENSSL_VERSION_MAJOR < 3
#error "OpenSSL 3.0 or later is needed"
#endif

// EVP_CIPHER_CTX_ctrl is a plain function, but its tag argument is `void *` even where it is only read; Swift would have to cast away const.
static inline int tacit_EVP_CIPHER_CTX_set_expected_tag(EVP_CIPHER_CTX *context, const unsigned char *tag, int count) {
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, count, (void *)tag);
}

#endif
