// What the Wire module sees of C: the generated messages, their description, and the arena that they live in.
#pragma once

#include "arena.h"
#include "firstline/descriptor_set.h"
#include "firstline/messages.h"
