// Memory for one message at a time: taken by moving a pointer, given back all at once.
#pragma once

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct firstline_arena firstline_arena;

// Where an arena stood, to go back to.
typedef struct {
    void *_Nonnull block;
    size_t used;
    size_t taken;
    size_t ceiling;
} firstline_arena_mark;

// The calling thread's arena, made when first asked for and freed with the thread. NULL when there is no memory for it.
firstline_arena *_Nullable firstline_arena_of_thread(void);

// Begins a use that may take `ceiling` bytes. Uses nest; each must be left before the one around it.
firstline_arena_mark firstline_arena_enter(firstline_arena *_Nonnull arena, size_t ceiling);

// Ends a use: everything taken since is gone.
void firstline_arena_leave(firstline_arena *_Nonnull arena, firstline_arena_mark mark);

// `size` bytes, aligned for any field of a message; NULL beyond the ceiling or without memory.
void *_Nullable firstline_arena_take(firstline_arena *_Nonnull arena, size_t size);

// Whether something was refused since the current use began.
bool firstline_arena_is_exhausted(const firstline_arena *_Nonnull arena);

// The arena as protobuf-c knows allocators.
ProtobufCAllocator *_Nonnull firstline_arena_allocator(firstline_arena *_Nonnull arena);

// What stands in a text.
typedef enum {
    FIRSTLINE_TEXT_ASCII,  // Bytes of 1 to 127 alone.
    FIRSTLINE_TEXT_OTHER,  // Bytes from 128 on too, but no NUL.
    FIRSTLINE_TEXT_NUL,
} firstline_text_kind;

// Looks at `count` bytes eight at a time. Inline, since most texts are short.
static inline firstline_text_kind firstline_kind_of_text(const uint8_t *_Nonnull bytes, size_t count) {
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t high = 0, zero = 0, word;
    size_t index = 0;
    for (; index + 8 <= count; index += 8) {
        memcpy(&word, bytes + index, 8);
        high |= word;
        zero |= (word - ones) & ~word;
    }
    if (index < count) {
        // Ones fill up what the text leaves of the last word.
        word = ones;
        for (size_t rest = 0; index + rest < count; rest++) ((uint8_t *)&word)[rest] = bytes[index + rest];
        high |= word;
        zero |= (word - ones) & ~word;
    }
    if (zero & highs) return FIRSTLINE_TEXT_NUL;
    return high & highs ? FIRSTLINE_TEXT_OTHER : FIRSTLINE_TEXT_ASCII;
}

// Copies a text; false when it contains NUL, which no message may.
static inline bool firstline_copy_text(uint8_t *_Nonnull target, const uint8_t *_Nullable bytes, size_t count) {
    if (count == 0) return true;
    memcpy(target, bytes, count);
    return memchr(target, 0, count) == NULL;
}
