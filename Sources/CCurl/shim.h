#ifndef TACIT_CCURL_SHIM_H
#define TACIT_CCURL_SHIM_H

#include <curl/curl.h>

#if LIBCURL_VERSION_NUM < 0x075500
#error "libcurl 7.85 or later is needed"
#endif

// Swift does not import C functions with variable arguments, and curl_easy_setopt and curl_easy_getinfo are such functions: hence one
// setter for each kind of argument. curl.h also defines macros of the same names that check the argument's type; the plain functions
// are called here (names in parentheses), because the option is not a constant in these functions and the macros could check nothing.

// Variable arguments: `long`. Every on/off, number and enumeration option takes exactly this width, which no promotion guarantees.
static inline CURLcode tacit_curl_set_long(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}

// Variable arguments: `curl_off_t`, 64 bits on every platform, for the options that end in _LARGE.
static inline CURLcode tacit_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}

// Variable arguments: `const char *`. libcurl copies the string.
static inline CURLcode tacit_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}

// Variable arguments: `void *`, for the context of a callback. libcurl keeps the pointer.
static inline CURLcode tacit_curl_set_context(CURL *handle, CURLoption option, void *context) {
    return (curl_easy_setopt)(handle, option, context);
}

// Variable arguments: `char *` to CURL_ERROR_SIZE bytes. libcurl keeps the pointer and writes there.
static inline CURLcode tacit_curl_set_error_buffer(CURL *handle, char *buffer) {
    return (curl_easy_setopt)(handle, CURLOPT_ERRORBUFFER, buffer);
}

// Variable arguments: `struct curl_slist *`. libcurl keeps the pointer; the list stays the caller's.
static inline CURLcode tacit_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
    return (curl_easy_setopt)(handle, option, list);
}

// Variable arguments: `struct curl_blob *`, whose bytes are `void *` even though they are only read; Swift would have to cast away
// const. libcurl copies the bytes.
static inline CURLcode tacit_curl_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = { (void *)bytes, count, CURL_BLOB_COPY };
    return (curl_easy_setopt)(handle, option, &blob);
}

// Variable arguments: a function pointer; also checks its type, as libcurl itself cannot. Body bytes in.
static inline CURLcode tacit_curl_set_write_function(CURL *handle, curl_write_callback function) {
    return (curl_easy_setopt)(handle, CURLOPT_WRITEFUNCTION, function);
}

// As above: header lines in.
static inline CURLcode tacit_curl_set_header_function(CURL *handle, curl_write_callback function) {
    return (curl_easy_setopt)(handle, CURLOPT_HEADERFUNCTION, function);
}

// As above: body bytes out.
static inline CURLcode tacit_curl_set_read_function(CURL *handle, curl_read_callback function) {
    return (curl_easy_setopt)(handle, CURLOPT_READFUNCTION, function);
}

// As above: going back in the body that is sent.
static inline CURLcode tacit_curl_set_seek_function(CURL *handle, curl_seek_callback function) {
    return (curl_easy_setopt)(handle, CURLOPT_SEEKFUNCTION, function);
}

// As above: the call that may end a transfer.
static inline CURLcode tacit_curl_set_progress_function(CURL *handle, curl_xferinfo_callback function) {
    return (curl_easy_setopt)(handle, CURLOPT_XFERINFOFUNCTION, function);
}

// Macros that name an enumeration constant are not imported: CURLVERSION_NOW.
static inline const curl_version_info_data *tacit_curl_version_info(void) {
    return curl_version_info(CURLVERSION_NOW);
}

// Macros computed from other macros are not imported: the flags of curl_global_init.
static inline CURLcode tacit_curl_global_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT);
}

#endif
