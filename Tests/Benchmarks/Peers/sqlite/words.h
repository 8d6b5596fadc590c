// The words of Tests/Benchmarks/Store/Words.swift, bit for bit.
#ifndef WORDS_H
#define WORDS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct words {
    uint64_t state;
};

static inline struct words words_begin(int64_t index) {
    return (struct words){((uint64_t)index + 1) * 0x9E3779B97F4A7C15u};
}

static inline uint64_t words_next(struct words *words) {
    words->state ^= words->state >> 12;
    words->state ^= words->state << 25;
    words->state ^= words->state >> 27;
    return words->state * 0x2545F4914F6CDD1Du;
}

// Writes `count` words apart by spaces to `text`; returns the length.
static inline int words_text(struct words *words, int count, char *text) {
    static const char consonants[] = "bcdfghjklmnprstv", vowels[] = "aeio";
    char *end = text;
    for (int place = 0; place < count; place++) {
        if (place > 0) *end++ = ' ';
        uint64_t random = words_next(words);
        int first = (int)(random >> 20 & 0x3FFF), second = (int)(random >> 40 & 0x3FFF);
        int word = first < second ? first : second;
        do {
            *end++ = consonants[word & 15];
            *end++ = vowels[word >> 4 & 3];
            word >>= 6;
        } while (word > 0);
    }
    *end = 0;
    return (int)(end - text);
}

// Writes 32 hexadecimal digits.
static inline void words_token(struct words *words, char token[33]) {
    uint64_t high = words_next(words), low = words_next(words);
    snprintf(token, 33, "%016llx%016llx", (unsigned long long)high, (unsigned long long)low);
}

#endif
