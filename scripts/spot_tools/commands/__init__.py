"""The commands of scripts/: arguments, messages, exit codes; nothing imports them but each other."""
