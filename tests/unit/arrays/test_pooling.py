"""What the poolings do where numbers are equal or nothing stands; the rest is compared with torch in test_sentiment."""

import numpy as np

from utils.arrays.pooling import pool, pool_back


def test_the_maximum_is_shared_by_words_alone_never_by_padding():
    h, real = np.zeros((1, 3, 1)), np.array([[True, True, False]])
    pooled = pool("max", h, real, None, 1)
    assert pool_back("max", h, real, None, pooled, np.ones((1, 1)), 1).ravel().tolist() == [0.5, 0.5, 0]
