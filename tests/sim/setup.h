/* setup: what is made of the seed also later than at the beginning. */
#pragma once

#include "crypto/key.h"

struct world;

/* A new key, from the world's seed. */
struct skey *setup_key(struct world *w, const char *name, enum key_type type);
