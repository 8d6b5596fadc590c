#include "arena.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

// The smallest block, which a thread keeps.
static const size_t block_bytes = 64 * 1024;
// A larger block than this is not kept between uses.
static const size_t spare_bytes = 1024 * 1024;
// Enough for the pointers, 64-bit integers and doubles that messages are made of.
static const size_t alignment = 8;

typedef struct block {
    struct block *previous;
    size_t capacity;
    uint8_t bytes[];
} block;

struct firstline_arena {
    ProtobufCAllocator allocator;
    block *current;
    block *spare;
    size_t used;     // Of the current block.
    size_t taken;    // Since the current use began.
    size_t ceiling;  // Of the current use.
    bool exhausted;
};

static _Thread_local firstline_arena *arena_of_thread;
static pthread_key_t arena_key;
static pthread_once_t arena_once = PTHREAD_ONCE_INIT;

static void free_arena(void *pointer) {
    firstline_arena *arena = pointer;
    while (arena->current != NULL) {
        block *previous = arena->current->previous;
        free(arena->current);
        arena->current = previous;
    }
    free(arena->spare);
    free(arena);
    arena_of_thread = NULL;
}

static void make_key(void) {
    if (pthread_key_create(&arena_key, free_arena) != 0) abort();
}

static void *allocate(void *arena, size_t size) {
    return firstline_arena_take(arena, size);
}

static void ignore(void *arena, void *pointer) {
    (void)arena;
    (void)pointer;
}

static block *new_block(firstline_arena *arena, size_t size) {
    if (arena->spare != NULL && arena->spare->capacity >= size) {
        block *spare = arena->spare;
        arena->spare = NULL;
        return spare;
    }
    // Each block doubles the one before, so that a large message takes few of them.
    size_t capacity = arena->current == NULL ? block_bytes : arena->current->capacity * 2;
    if (capacity > spare_bytes) capacity = spare_bytes;
    if (capacity < size) capacity = size;
    block *made = malloc(sizeof(block) + capacity);
    if (made != NULL) made->capacity = capacity;
    return made;
}

firstline_arena *firstline_arena_of_thread(void) {
    if (arena_of_thread != NULL) return arena_of_thread;
    pthread_once(&arena_once, make_key);
    firstline_arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL) return NULL;
    arena->allocator = (ProtobufCAllocator){.alloc = allocate, .free = ignore, .allocator_data = arena};
    arena->current = new_block(arena, block_bytes);
    if (arena->current == NULL || pthread_setspecific(arena_key, arena) != 0) {
        free(arena->current);
        free(arena);
        return NULL;
    }
    arena->current->previous = NULL;
    arena_of_thread = arena;
    return arena;
}

firstline_arena_mark firstline_arena_enter(firstline_arena *arena, size_t ceiling) {
    firstline_arena_mark mark = {arena->current, arena->used, arena->taken, arena->ceiling};
    arena->taken = 0;
    arena->ceiling = ceiling;
    arena->exhausted = false;
    return mark;
}

void firstline_arena_leave(firstline_arena *arena, firstline_arena_mark mark) {
    while (arena->current != mark.block) {
        block *left = arena->current;
        arena->current = left->previous;
        if (arena->spare == NULL && left->capacity <= spare_bytes) {
            arena->spare = left;
        } else {
            free(left);
        }
    }
    arena->used = mark.used;
    arena->taken = mark.taken;
    arena->ceiling = mark.ceiling;
    arena->exhausted = false;
}

void *firstline_arena_take(firstline_arena *arena, size_t size) {
    if (size > arena->ceiling - arena->taken) {
        arena->exhausted = true;
        return NULL;
    }
    size_t rounded = (size + alignment - 1) & ~(alignment - 1);
    if (rounded > arena->ceiling - arena->taken) rounded = arena->ceiling - arena->taken;
    size_t start = (arena->used + alignment - 1) & ~(alignment - 1);
    if (start > arena->current->capacity || size > arena->current->capacity - start) {
        block *next = new_block(arena, size);
        if (next == NULL) {
            arena->exhausted = true;
            return NULL;
        }
        next->previous = arena->current;
        arena->current = next;
        start = 0;
    }
    arena->used = start + size;
    arena->taken += rounded;
    return arena->current->bytes + start;
}

bool firstline_arena_is_exhausted(const firstline_arena *arena) {
    return arena->exhausted;
}

ProtobufCAllocator *firstline_arena_allocator(firstline_arena *arena) {
    return &arena->allocator;
}
