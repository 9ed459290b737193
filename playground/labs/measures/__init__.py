"""What a set of pictures is worth in numbers: pure functions of arrays, each with its interval and its source."""
