"""The console command spot-contract: judging, and what CI makes of a judgement."""
