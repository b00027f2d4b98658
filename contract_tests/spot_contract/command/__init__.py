"""The console command spot-contract: judging, merging shards, output for CI. The run itself is in `session`."""
