#pragma once
#include <gumbo.h>

// gumbo's default options are a global that Swift cannot see as safe.
static inline GumboOutput *firstline_gumbo_parse(const char *html, size_t length) {
    return gumbo_parse_with_options(&kGumboDefaultOptions, html, length);
}

static inline void firstline_gumbo_free(GumboOutput *output) { gumbo_destroy_output(&kGumboDefaultOptions, output); }
