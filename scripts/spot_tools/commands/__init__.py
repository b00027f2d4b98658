"""The commands in scripts/: arguments, messages, exit codes. Only commands import commands."""
