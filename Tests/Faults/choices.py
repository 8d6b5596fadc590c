"""What a run of the fault harness is told: its length, and the seed of its choices."""
import os
import random

LONG = os.environ.get("FIRSTLINE_TEST_LONG") == "1"
SEED = int(os.environ.get("FIRSTLINE_TEST_SEED", random.SystemRandom().randrange(1 << 32)))
