"""What each tab shows: TITLE, build() and its handlers."""
