"""How the picture models are trained: one file a family, each with its own loop, to be read from top to bottom.

A run is all that a training consists of: nets, optimisers, averages, random numbers and the step. `train(run)` yields a
record of every step; `run.state_dict()` is everything, so that a run that is stopped and resumed gives the same weights
to the last bit as one that is not.
"""
