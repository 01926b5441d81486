"""What a run looks like: each view draws snapshots, keeps no truth and never asks for one."""
