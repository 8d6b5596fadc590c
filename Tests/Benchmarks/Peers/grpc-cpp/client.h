#pragma once

#include "options.h"

// Makes unary calls, so many in flight on one connection; prints one line of JSON.
int run_client(const Options &options);

// Reads a stream of journal entries; prints one line of JSON.
int run_stream(const Options &options);
