// The part of libzstd's stable interface (zstd.h, "Streaming decompression") that reading a capture needs. The library is looked
// for when the first .zst file is opened: Debian has it on every machine, its headers on few, and nothing else here wants it.
#pragma once
#include <dlfcn.h>
#include <stddef.h>

typedef struct {
    const void *src;
    size_t size;
    size_t pos;
} cz_input;

typedef struct {
    void *dst;
    size_t size;
    size_t pos;
} cz_output;

typedef void *(*cz_create)(void);
typedef size_t (*cz_free)(void *stream);
typedef size_t (*cz_decompress)(void *stream, cz_output *output, cz_input *input);
typedef unsigned (*cz_is_error)(size_t code);
typedef const char *(*cz_error_name)(size_t code);
