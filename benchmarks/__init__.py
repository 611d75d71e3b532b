"""Where the README's figures come from: each module is one command that writes a JSON file into `results`."""
