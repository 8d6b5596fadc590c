#pragma once
#include <errno.h>
#include <gmime/gmime.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

// GMime's macros and casts as functions that Swift sees. Objects cross as `void *`, to be released by
// firstline_gmime_release where a function says that it returns a new reference.

enum { FIRSTLINE_GMIME_LEAF = 0, FIRSTLINE_GMIME_MULTIPART = 1, FIRSTLINE_GMIME_MESSAGE = 2, FIRSTLINE_GMIME_OTHER = 3 };

// Parses one message; a new reference, or NULL.
static inline void *firstline_gmime_parse(const unsigned char *bytes, size_t count) {
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)bytes, count);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
    g_mime_parser_set_persist_stream(parser, FALSE);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    g_object_unref(stream);
    return message;
}

static inline void firstline_gmime_release(void *object) {
    if (object) g_object_unref(object);
}

static inline void *firstline_gmime_root(void *message) { return g_mime_message_get_mime_part((GMimeMessage *)message); }

static inline int firstline_gmime_kind(void *object) {
    if (GMIME_IS_MULTIPART(object)) return FIRSTLINE_GMIME_MULTIPART;
    if (GMIME_IS_MESSAGE_PART(object)) return FIRSTLINE_GMIME_MESSAGE;
    if (GMIME_IS_PART(object)) return FIRSTLINE_GMIME_LEAF;
    return FIRSTLINE_GMIME_OTHER;
}

static inline int firstline_gmime_child_count(void *object) {
    return g_mime_multipart_get_count((GMimeMultipart *)object);
}

static inline void *firstline_gmime_child(void *object, int index) {
    return g_mime_multipart_get_part((GMimeMultipart *)object, index);
}

static inline const char *firstline_gmime_media_type(void *object) {
    GMimeContentType *type = g_mime_object_get_content_type((GMimeObject *)object);
    return type ? g_mime_content_type_get_media_type(type) : NULL;
}

static inline const char *firstline_gmime_media_subtype(void *object) {
    GMimeContentType *type = g_mime_object_get_content_type((GMimeObject *)object);
    return type ? g_mime_content_type_get_media_subtype(type) : NULL;
}

static inline const char *firstline_gmime_type_parameter(void *object, const char *name) {
    return g_mime_object_get_content_type_parameter((GMimeObject *)object, name);
}

static inline const char *firstline_gmime_content_id(void *object) {
    return g_mime_object_get_content_id((GMimeObject *)object);
}

// The raw value of a header field, undecoded; NULL when absent.
static inline const char *firstline_gmime_raw_header(void *object, const char *name) {
    GMimeHeaderList *headers = g_mime_object_get_header_list((GMimeObject *)object);
    GMimeHeader *header = headers ? g_mime_header_list_get_header(headers, name) : NULL;
    return header ? g_mime_header_get_raw_value(header) : NULL;
}

static inline int firstline_gmime_is_base64(void *object) {
    return GMIME_IS_PART(object) && g_mime_part_get_content_encoding((GMimePart *)object) == GMIME_CONTENT_ENCODING_BASE64;
}

// The first `limit` bytes of a leaf's content as they stand on the wire; g_byte_array_unref them.
static inline GByteArray *firstline_gmime_raw_content(void *object, size_t limit) {
    GByteArray *bytes = g_byte_array_new();
    GMimeDataWrapper *content = GMIME_IS_PART(object) ? g_mime_part_get_content((GMimePart *)object) : NULL;
    GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
    if (!stream) return bytes;
    char buffer[4096];
    ssize_t count = 0;
    g_mime_stream_reset(stream);
    while (bytes->len < limit && (count = g_mime_stream_read(stream, buffer, sizeof buffer)) > 0) {
        g_byte_array_append(bytes, (const guint8 *)buffer, (guint)count);
    }
    g_mime_stream_reset(stream);
    return bytes;
}

// The content of a leaf with its transfer encoding undone, or a nested message with CR LF; g_byte_array_unref it.
static inline GByteArray *firstline_gmime_content(void *object) {
    GByteArray *bytes = g_byte_array_new();
    GMimeStream *stream = g_mime_stream_mem_new_with_byte_array(bytes);
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *message = g_mime_message_part_get_message((GMimeMessagePart *)object);
        GMimeFormatOptions *options = g_mime_format_options_new();
        g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
        if (message) g_mime_object_write_to_stream((GMimeObject *)message, options, stream);
        g_mime_format_options_free(options);
    } else if (GMIME_IS_PART(object)) {
        GMimeDataWrapper *content = g_mime_part_get_content((GMimePart *)object);
        if (content) g_mime_data_wrapper_write_to_stream(content, stream);
    }
    g_mime_stream_flush(stream);
    g_object_unref(stream);
    return bytes;
}

static inline void *firstline_gmime_mailbox_list(const char *text) { return internet_address_list_parse(NULL, text); }

static inline int firstline_gmime_mailbox_count(void *list) {
    return internet_address_list_length((InternetAddressList *)list);
}

static inline void *firstline_gmime_mailbox_at(void *list, int index) {
    return internet_address_list_get_address((InternetAddressList *)list, index);
}

static inline const char *firstline_gmime_mailbox_name(void *address) {
    return internet_address_get_name((InternetAddress *)address);
}

// The address; NULL for a group.
static inline const char *firstline_gmime_mailbox_address(void *address) {
    if (!INTERNET_ADDRESS_IS_MAILBOX(address)) return NULL;
    return internet_address_mailbox_get_addr((InternetAddressMailbox *)address);
}

// The members of a group; NULL for a mailbox.
static inline void *firstline_gmime_mailbox_members(void *address) {
    if (!INTERNET_ADDRESS_IS_GROUP(address)) return NULL;
    return internet_address_group_get_members((InternetAddressGroup *)address);
}

// Converts to UTF-8 by iconv. What is invalid becomes U+FFFD and is counted in `bad`. The result is free()d by the
// caller; NULL when the charset is unknown.
static inline char *firstline_charset_to_utf8(const char *charset, const unsigned char *bytes, size_t count,
                                              size_t *length, size_t *bad) {
    *length = 0;
    *bad = 0;
    iconv_t converter = iconv_open("UTF-8", charset);
    if (converter == (iconv_t)-1) return NULL;
    size_t room = count * 2 + 64, used = 0;
    char *out = (char *)malloc(room);
    char *in = (char *)bytes;
    size_t left = count;
    while (out && left > 0) {
        char *target = out + used;
        size_t space = room - used;
        size_t result = iconv(converter, &in, &left, &target, &space);
        int reason = errno;
        used = room - space;
        if (result != (size_t)-1) break;
        if (reason == EILSEQ || reason == EINVAL) {
            *bad += 1;
            if (left > 0) { in++; left--; }
        }
        if (room - used < 16 + left) {
            room = room * 2;
            char *grown = (char *)realloc(out, room);
            if (!grown) free(out);
            out = grown;
        }
        if (out && (reason == EILSEQ || reason == EINVAL)) {
            memcpy(out + used, "\xEF\xBF\xBD", 3);
            used += 3;
        }
    }
    iconv_close(converter);
    *length = used;
    return out;
}
