"""What everyone may use: errors, validation, recipes, hardware, paths, files. It imports nothing of the playground."""
