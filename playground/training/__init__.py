"""Training: one file a family with its own loop, and the trainers that runs drive step by step (trainer.py).

A train state is all that a training consists of: nets, optimizers, EMA, random generator and step. `train(state)`
yields a record of every step. `state.state_dict()` is everything: a training that is stopped and resumed ends with the
same weights, bit for bit, as one that is not.
"""
