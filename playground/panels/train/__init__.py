"""The Train tab: every family of models learns live, and is broken on purpose."""
