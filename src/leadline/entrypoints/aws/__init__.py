"""The AWS Lambda functions: one module with a thin handler for each."""

import gc

# Loading a function and its first answer make many objects that stay and no garbage. With Python's
# own threshold of 700 new objects, looking for some took an eighth of the CPU time of a cold start.
gc.set_threshold(100_000, 10, 10)

from leadline.entrypoints.aws import bundle  # noqa: E402 - what it imports makes such objects

bundle.load_from(f"{__path__[0]}/bundle.bin", __path__[0].removesuffix("/leadline/entrypoints/aws"))
