"""The Text tab: a language model writes, and shows how each token was chosen."""
