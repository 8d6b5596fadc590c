#pragma once

#include "options.h"

// Serves on a free port of loopback until SIGTERM. Prints {"port"} when it listens and {"cpu_seconds"}, since then, at the end.
[[noreturn]] void run_server(const Options &options);
