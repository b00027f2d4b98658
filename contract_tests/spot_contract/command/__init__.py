"""The console command spot-contract: judging, merging shards, and output for CI."""
