"""Training: a loop per family in its own file, and the trainers that runs drive step by step (trainer.py).

A train state holds a whole training: nets, optimizers, EMA, random generator and step. `train(state)` yields a record
of every step. A training resumed from `state.state_dict()` ends with the weights of an uninterrupted one, bit for bit.
"""
