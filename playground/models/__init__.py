"""Neural networks: modules that import torch alone, not even each other.

Pictures are (B, C, H, W) float32 in [-1, 1]; pixels.py converts them from and to bytes. A condition is (B, A) int64, a
column for each attribute of the data set, with values 0 … n - 1, or n for "any".
"""
