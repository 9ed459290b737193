"""What each tab can do: plain functions and generators, without a page."""
